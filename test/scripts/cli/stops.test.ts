import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readDirectRecord } from '../../../audit/direct.ts';
import { CommandsUnreachable } from '../../../clients/commands/port.ts';
import { ClientError } from '../../../clients/error.ts';
import { httpPlatform } from '../../../clients/platform/http.ts';
import type { Platform } from '../../../clients/platform/port.ts';
import type { Command } from '../../../domain/command.ts';
import { RunningPlatform } from '../../rehearsal/running-platform.ts';
import { Steps } from '../../rehearsal/steps.ts';
import { specOf } from '../../rehearsal/world.ts';
import { stopWorker } from '../../support/stop-worker.ts';
import { openDesk, type Desk } from './desk.ts';
import { World } from './world.ts';

/**
 * The command line in front of a real reference platform; between them, what a stop worker does with an order: judge it, then
 * bring down. Log and bucket are away throughout: a stop asks neither.
 */
let platform: RunningPlatform;
let steps: Steps;
let desk: Desk;
let world: World;
let orders: Command[];
let files: string;

const clientOf = (power: string) => httpPlatform({ endpoint: platform.endpoint, key: `${platform.customer}-${power}` });
const who = (role: Parameters<World['holder']>[0]) => world.holder(role);
const stop = (...argv: string[]) => desk.golive(...argv, '--deployment', 'q4', '--timeout', '5s');
const modes = async () => {
  const cohorts = await clientOf('read').cohorts('q4');
  return Object.fromEntries(cohorts.map((c) => [c.cohort, c.mode]));
};
const away = () => Promise.reject(new Error('away'));

const worker = stopWorker({
  file: () => world.file,
  platform: () => clientOf('lower'),
  heard: (command) => void orders.push(command),
});

beforeAll(async () => {
  platform = await RunningPlatform.start({ guests: 24 });
});
afterAll(() => platform.stop());
beforeEach(async () => {
  platform.nextGuest();
  orders = [];
  world = new World();
  world.file.deployment = 'q4';
  desk = await openDesk(world);
  files = join(desk.dir, 'files');
  await desk.connect({ endpoint: platform.endpoint, key: 'read', lowerKey: 'lower' });
  desk.broken = {
    log: away,
    recorder: away,
    temporal: away,
    platform: async () => clientOf('read'),
    lowering: async () => clientOf('lower'),
    commands: async () => worker,
  };
  steps = new Steps(platform);
  await steps.provision(specOf('sales', { agents: 4 }), specOf('hr', { agents: 3, group: 'hr-lead', shape: 'research' }));
  for (const cohort of ['sales', 'hr']) {
    await steps.flip(cohort, 'shadow', { run: true });
    await steps.flip(cohort, 'live');
  }
});
afterEach(() => desk.close());

describe('a stop', () => {
  it.each([
    ['rollback', ['--all'], { sales: 'shadow', hr: 'shadow' }],
    ['halt', ['--group', 'hr-lead'], { sales: 'live', hr: 'halted' }],
    ['pause', ['--wave', 'production'], { sales: 'paused', hr: 'live' }],
    ['halt', ['--cohort', 'sales'], { sales: 'halted', hr: 'live' }],
  ])('%s %j is told from the platform, with log and bucket away', async (kind, scope, after) => {
    const { code, out, err } = await stop(kind, ...scope, '--as', who('security-lead'));
    expect(out).toMatch(/^Fence #\d+ stands at the platform: .*\nAll of it is down, [\d,]+ ms after the order\.\n/);
    expect(out).toContain('The log does not hold it yet');
    expect(code).toBe(0);
    expect(await modes()).toEqual(after);
    expect(err).toContain('Next: golive');
  });

  it('of one agent leaves its cohort as it is', async () => {
    const { code } = await stop('halt', '--agent', 'sales-2', '--as', who('connector-standby'), '--json');
    expect(code).toBe(0);
    expect(await modes()).toEqual({ sales: 'live', hr: 'live' });
    const { agents } = await clientOf('read').agents('q4', { agent: 'sales-2' });
    expect(agents.map((a) => a.mode)).toEqual(['halted']);
  });

  it('of the customer is for a shutdown, with its reason', async () => {
    expect(await stop('shutdown', '--as', who('security-lead'))).toMatchObject({ code: 2 });
    const { code } = await stop('shutdown', '--reason', 'keys leaked', '--as', who('security-lead'));
    expect([code, await modes()]).toEqual([0, { sales: 'halted', hr: 'halted' }]);
    expect(orders[0]?.scope).toEqual({ level: 'customer', names: [] });
  });

  it('says in a dry run what it would touch, and signs nothing', async () => {
    const { code, out, err } = await stop('rollback', '--all', '--dry-run', '--as', who('deployment-lead'));
    expect(code).toBe(0);
    expect(out).toContain('sales  live → shadow  4 agents');
    expect(out).toContain('2 cohorts with 7 agents would go down to shadow');
    expect(err).toContain('dry run');
    expect(orders).toEqual([]);
    expect(await modes()).toEqual({ sales: 'live', hr: 'live' });
  });

  it('under a misspelt name is not given, unless one insists', async () => {
    const ran = await stop('halt', '--cohort', 'salse', '--as', who('deployment-lead'));
    expect(ran).toMatchObject({ code: 2, out: '' });
    expect(ran.err).toContain('did you mean sales?');
    expect(orders).toEqual([]);
    expect((await stop('halt', '--cohort', 'not-yet-there', '--yes', '--as', who('deployment-lead'))).code).toBe(0);
  });

  it.each([
    [['halt', '--as', 'x'], 'Say what it is about'],
    [['halt', '--all', '--cohort', 'sales'], 'in one way'],
    [['rollback', '--wave', 'reserch'], 'did you mean research?'],
  ])('%j is a question of usage', async (argv, said) => {
    const ran = await stop(...argv);
    expect(ran.code).toBe(2);
    expect(ran.err).toContain(said);
  });

  it('by somebody without such a role is refused before it is signed', async () => {
    expect(await stop('halt', '--all', '--as', who('cfo'))).toMatchObject({ code: 5 });
    expect((await stop('pause', '--all', '--as', who('cfo'))).code).toBe(0);
  });

  it('that cannot be handed in names the way around', async () => {
    desk.broken.commands = async () => ({
      handIn: () => Promise.reject(new CommandsUnreachable('gateway', 'The gateway does not answer.')),
    });
    const ran = await stop('halt', '--cohort', 'sales', '--as', who('deployment-lead'), '--reason', 'it writes nonsense');
    expect(ran.code).toBe(4);
    expect(ran.err).toMatch(/now: golive halt --cohort sales --direct --as \S+ --reason 'it writes nonsense'/);
    const [, envelope = ''] = /golive halt --envelope (\S+)/.exec(ran.err) ?? [];
    desk.broken.commands = async () => worker;
    expect((await stop('halt', '--envelope', envelope)).code).toBe(0);
    expect(await modes()).toEqual({ sales: 'halted', hr: 'live' });
  });
});

describe('--direct', () => {
  const direct = (...argv: string[]) => stop(...argv, '--direct', '--out', files);

  it('stops with a key that can only lower, and leaves what was ordered, meant and done, signed', async () => {
    desk.broken.commands = away;
    const ran = await direct('halt', '--all', '--reason', 'golive is gone', '--as', who('security-lead'), '--json');
    expect(ran.code).toBe(0);
    expect(await modes()).toEqual({ sales: 'halted', hr: 'halted' });
    expect(ran.json()).toMatchObject({ outcome: 'stopped', down: 2, left: [] });
    const left = await readdir(files);
    expect(left.map((name) => name.split('.').at(-3)).sort()).toEqual(['intent', 'order', 'outcome']);
    const read = async (what: string) => {
      const name = left.find((n) => n.includes(`.${what}.`)) ?? '';
      return readDirectRecord(await readFile(join(files, name)), world.file);
    };
    expect(await read('intent')).toMatchObject({ intents: [{ ceiling: 'halted' }], outcomes: [], person: who('security-lead') });
    expect(await read('outcome')).toMatchObject({
      outcomes: [{ result: 'applied' }, { result: 'applied' }, { result: 'applied' }],
      reason: 'golive is gone',
    });
  });

  it('stops where nothing can be written either', async () => {
    const ran = await stop(
      'rollback',
      '--cohort',
      'hr',
      '--direct',
      '--out',
      join(desk.connections, 'no-folder'),
      '--as',
      who('deployment-lead'),
    );
    expect(ran.code).toBe(0);
    expect(ran.err).toContain('the stop goes on');
    expect(await modes()).toEqual({ sales: 'live', hr: 'shadow' });
  });

  it('asks a platform that does not answer again, and goes on where it was', async () => {
    let asked = 0;
    const lowering = clientOf('lower');
    desk.broken.lowering = async () => ({
      ...lowering,
      cohorts: (...args: Parameters<Platform['cohorts']>) =>
        ++asked === 1
          ? Promise.reject(new ClientError('platform_unreachable', 'connect ECONNREFUSED'))
          : lowering.cohorts(...args),
    });
    const ran = await direct('halt', '--all', '--as', who('security-lead'));
    expect(ran.code).toBe(0);
    expect(ran.err).toContain('The platform does not answer; it is asked again');
    expect(await modes()).toEqual({ sales: 'halted', hr: 'halted' });
  });

  it('leaves what it did where the platform goes away in the middle, and says what is not down', async () => {
    desk.broken.lowering = async () => ({
      ...clientOf('lower'),
      setMode: () => Promise.reject(new ClientError('platform_unreachable', 'connect ECONNREFUSED')),
    });
    const ran = await direct('halt', '--cohort', 'sales', '--as', who('security-lead'));
    expect(ran.code).toBe(1);
    expect(ran.err).toContain('Not down: sales.');
    const outcome = (await readdir(files)).find((name) => name.includes('.outcome.')) ?? '';
    expect(readDirectRecord(await readFile(join(files, outcome)), world.file)).toMatchObject({
      outcomes: [{ result: 'applied' }, { scope: { names: ['sales'] }, result: 'unknown' }],
    });
  });

  it('says in the end that nothing was stopped, with the line to give once more', async () => {
    desk.broken.lowering = async () => ({
      ...clientOf('lower'),
      fence: () => Promise.reject(new ClientError('platform_unreachable', 'connect ECONNREFUSED')),
    });
    const ran = await direct('shutdown', '--reason', 'keys are out', '--yes', '--as', who('security-lead'));
    expect(ran.code).toBe(4);
    expect(ran.err).toContain('nothing is stopped');
    expect(ran.err).toMatch(/golive shutdown --direct --as \S+ --reason 'keys are out'/);
  });

  it('given twice under one order is one fence', async () => {
    await direct('pause', '--cohort', 'sales', '--as', who('deployment-lead'));
    const { fences } = await clientOf('read').fences('q4');
    expect(fences).toHaveLength(1);
  });
});

describe('golive drill rollback', () => {
  it('times a real rollback, and is marked as a drill', async () => {
    const ran = await stop('drill', 'rollback', '--cohort', 'sales', '--as', who('deployment-lead'), '--json');
    expect(ran.json()).toMatchObject({ drill: 'rollback', passed: true, left: [] });
    expect(orders[0]).toMatchObject({ kind: 'rollback', args: { drill: true } });
    expect(await modes()).toEqual({ sales: 'shadow', hr: 'live' });
  });

  it('is nothing for production', async () => {
    Object.assign(world.file, { environment: 'production', speed: 1 });
    await world.upload();
    expect(await stop('drill', 'rollback', '--all', '--as', who('deployment-lead'))).toMatchObject({ code: 5 });
    expect(await modes()).toEqual({ sales: 'live', hr: 'live' });
  });
});
