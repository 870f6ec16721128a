import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { httpPlatform } from '../../../clients/platform/http.ts';
import { ClientError } from '../../../clients/error.ts';
import type { Command } from '../../../domain/command.ts';
import { RunningPlatform } from '../../rehearsal/running-platform.ts';
import { Steps } from '../../rehearsal/steps.ts';
import { specOf } from '../../rehearsal/world.ts';
import { stopWorker } from '../../support/stop-worker.ts';
import { openDesk, type Desk } from './desk.ts';

/** A line in Slack, a real platform at the other end, and between them what a stop worker does: judge, then bring down. */
let platform: RunningPlatform;
let desk: Desk;
let orders: { command: Command; verdict: string }[];

const clientOf = (power: string) => httpPlatform({ endpoint: platform.endpoint, key: `${platform.customer}-${power}` });
const modes = async () =>
  Object.fromEntries((await clientOf('read').cohorts(desk.o.d.name.deployment)).map((c) => [c.cohort, c.mode]));

beforeAll(async () => {
  platform = await RunningPlatform.start({ guests: 20 });
});
afterAll(() => platform.stop());
beforeEach(async () => {
  platform.nextGuest();
  orders = [];
  desk = await openDesk();
  desk.c.platform = clientOf('read');
  desk.c.commands = stopWorker({
    file: () => desk.o.d.file,
    platform: () => clientOf('lower'),
    heard: (command, verdict) => void orders.push({ command, verdict }),
  });
  const steps = new Steps(platform, desk.o.d.name.deployment);
  await steps.provision(
    specOf('hr-research', { agents: 3, group: 'hr', shape: 'research' }),
    specOf('sales-research', { agents: 3, group: 'sales', shape: 'production' }),
  );
  for (const cohort of ['hr-research', 'sales-research']) {
    await steps.flip(cohort, 'shadow', { run: true });
    await steps.flip(cohort, 'live');
  }
});
afterEach(() => desk.close());

describe('a stop from Slack', () => {
  it.each([
    ['rollback all too many writes', { 'hr-research': 'shadow', 'sales-research': 'shadow' }, { level: 'deployment', names: [] }],
    ['halt hr wrong identity', { 'hr-research': 'halted', 'sales-research': 'live' }, { level: 'group', names: ['hr'] }],
    ['pause production', { 'hr-research': 'live', 'sales-research': 'paused' }, { level: 'wave', names: ['production'] }],
    [
      'NAME halt sales-research',
      { 'hr-research': 'live', 'sales-research': 'halted' },
      { level: 'cohort', names: ['sales-research'] },
    ],
  ])('%s: done, and told from the platform itself', async (text, after, scope) => {
    const { said } = await desk.slash('lea', text.replace('NAME', desk.o.d.name.deployment));
    // On a machine that is busy the person is told in two steps; what was done is the same.
    expect(said).toMatch(/^(Fence #\d+ stands at the platform: .* all of it is down, [\d,]+ ms after the order\.|Handed in:)/);
    expect(await modes()).toEqual(after);
    expect(orders).toMatchObject([{ verdict: 'applied', command: { scope, person: 'lea', attestation: { channel: 'slack' } } }]);
  });

  it('works with the log and the bucket away, by names that are taken as they stand', async () => {
    const gone = () => Promise.reject(new ClientError('recorder_unreachable', 'away'));
    Object.assign(desk.c.log, { deployments: gone, state: gone, find: gone });
    desk.c.file = () => Promise.reject(new Error('the bucket is away'));
    expect((await desk.slash('otto', 'halt hr')).said).toContain('say cohort:NAME');
    expect(await modes()).toMatchObject({ 'hr-research': 'live' });
    expect((await desk.slash('otto', 'halt cohort:hr-research log is gone')).said).toMatch(
      /The log has it as soon as it answers|^Handed in:/,
    );
    await desk.slash('otto', 'halt all log is gone');
    expect(await modes()).toEqual({ 'hr-research': 'halted', 'sales-research': 'halted' });
  });

  it('under a name that there is not is asked for again, and of nobody in the deployment is not taken', async () => {
    expect((await desk.slash('lea', 'halt marketing now')).said).toContain('there is no cohort, group or wave marketing');
    expect((await desk.slash('lea', 'halt')).said).toContain('<cohort, group, wave or all>');
    const acted = await desk.slack.act({
      ...{ type: 'command', user: 'U0STRANGER', command: '/golive', text: 'halt all', channel: 'C0GOLIVE', patienceMs: 0 },
    });
    expect(acted.answers[0]?.body).toContain('You are not among the people');
    expect(orders).toEqual([]);
    expect(await modes()).toEqual({ 'hr-research': 'live', 'sales-research': 'live' });
  });

  it('by somebody who holds no such role is handed in, and refused where the power is', async () => {
    await desk.slash('finn', 'halt all');
    expect(orders).toMatchObject([{ verdict: 'refused', command: { role: 'cfo' } }]);
    expect(await modes()).toEqual({ 'hr-research': 'live', 'sales-research': 'live' });
  });

  it('that cannot be handed in names the way without the engine', async () => {
    desk.c.commands = { handIn: () => Promise.reject(new Error('away')) };
    expect((await desk.slash('lea', 'halt all')).said).toContain('golive halt --direct');
  });
});
