import { chmod, cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ClientError } from '../../../clients/error.ts';
import { connectionPlaces, parseConnections } from '../../../scripts/cli/connections.ts';
import { nearest } from '../../../scripts/cli/nearest.ts';
import { bar, clip, cut, wrap } from '../../../scripts/cli/paint.ts';
import { milliseconds } from '../../../scripts/cli/verb.ts';
import { golive, span } from '../../../scripts/cli/words.ts';
import { generateCustomer } from '../../../scripts/generate/customer.ts';
import { freeze } from '../../audit/signed-set.ts';
import { openDesk, type Desk } from './desk.ts';
import { MOMENTS } from './moments.ts';
import { World } from './world.ts';

let desk: Desk;
const deskAt = async (moment: string) => (desk = await openDesk((await MOMENTS[moment]?.()) ?? new World()));
beforeEach(async () => {
  desk = await openDesk(new World());
});
afterEach(() => desk.close());

describe('golive status', () => {
  it('shows the screen, or JSON, and who is who', async () => {
    await deskAt('signing');
    const { out, code } = await desk.golive('status');
    expect(code).toBe(0);
    expect(out).toContain('golive sign --all --as');
    expect((await desk.golive('status', '--json')).json()).toMatchObject({
      window: 'validate',
      waiting: [{ id: 'confirm-W2.09/security-lead' }, { id: 'sign/cfo' }],
    });
    expect((await desk.golive('status', '--who')).out).toContain('CFO ');
    expect((await desk.golive('status', '--who', '--json')).json()).toMatchObject({ startedBy: desk.world.file.startedBy });
    expect((await desk.golive('status', '--cohorts')).out.split('\n')).toHaveLength(6);
  });

  it('ends with 3 when its time ran out while somebody is waited for, and says for whom', async () => {
    await deskAt('signing');
    const ran = await desk.golive('status', '--timeout', '5ms');
    expect(ran.code).toBe(3);
    expect(ran.err).toMatch(
      /^Still waiting for security-lead to check a sample.*: golive audit sample --json .*> W2\.09\.json && golive confirm W2\.09/,
    );
    expect(ran.out.split('\n')).toHaveLength(2); // one line where nobody looks
  });

  it('watches until the deployment is closed', async () => {
    await deskAt('closed');
    expect((await desk.golive('status', '--watch')).code).toBe(0);
    await desk.world.add('deployment.closed', { result: 'failed' });
  });

  it('goes on without the bucket, and says what is missing', async () => {
    await deskAt('signing');
    desk.broken = { manifests: async () => Promise.reject(new ClientError('store_unreachable', 'S3 is away')) };
    const ran = await desk.golive('status');
    expect(ran.code).toBe(0);
    expect(ran.out).toContain('⚠ S3 is away So who is waited for is not shown.');
  });

  it('ends with 130 when it is interrupted', async () => {
    await deskAt('signing');
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 50);
    expect(await desk.golive({ signal: stop.signal }, 'status', '--watch')).toMatchObject({ code: 130 });
  });

  it('ends with 4 when the log is away, and with 5 when it knows no such deployment', async () => {
    expect(await desk.golive('status', '--deployment', 'q1')).toMatchObject({ code: 5, out: '' });
    desk.broken = { log: async () => Promise.reject(new ClientError('recorder_unreachable', 'away')) };
    expect(await desk.golive('status')).toMatchObject({ code: 4 });
  });
});

describe('golive history', () => {
  it('tells the deployment, or a cohort, with the hours of the clock as it was', async () => {
    await deskAt('stopped');
    const all = await desk.golive('history');
    expect(all.out).toMatch(/ T\+2:30 .* The T-clock stands still at T\+2:30: HRIS is down/);
    await deskAt('waves');
    const lines = (await desk.golive('history', '--cohort', 'hr-lead-coordination', '--json')).out
      .trim()
      .split('\n')
      .map((l) => JSON.parse(l) as { sentence: string; t: string | null });
    expect(lines.map((l) => l.sentence)).toContain('running in shadow');
    expect(lines.map((l) => l.sentence)).toContain('CFO signs hr-lead');
    expect(lines.some((l) => l.sentence.startsWith('Hold on hr-lead-coordination'))).toBe(true);
    expect(lines.some((l) => l.sentence.includes('sales-ic'))).toBe(false);
    expect(lines.every((l, i) => i === 0 || l.t !== null)).toBe(true);
  });

  it('follows until the deployment is closed', async () => {
    await deskAt('signing');
    const following = desk.golive('history', '--follow', '--json');
    setTimeout(() => void desk.world.add('deployment.closed', { result: 'live' }), 30);
    expect((await following).out.trim().split('\n').at(-1)).toContain('The deployment is closed: live');
  });

  it('knows no other cohort', async () => {
    await deskAt('signing');
    expect(await desk.golive('history', '--cohort', 'hr-lead')).toMatchObject({ code: 2 });
  });
});

describe('golive plan and start', () => {
  const uploadSet = async (change?: (files: Map<string, Uint8Array>) => void) => {
    const files = await freeze();
    change?.(files);
    for (const [key, bytes] of files) await desk.world.store.put(`sets/1/${key}`, bytes);
  };

  it('shows what would be done with a valid set, and changes nothing', async () => {
    const folder = join(desk.dir, 'acme');
    await generateCustomer({
      ...{
        dir: folder,
        customer: 'acme',
        deployment: 'q4',
        seed: 3,
        agents: 60,
        cohorts: 5,
        managers: 8,
        now: new Date(desk.world.nowMs - 1000).toISOString(),
      },
      ...{
        logOrigin: 'log.acme.example/q4',
        manifestSet: { bucket: 'manifests', prefix: 'q4/set' },
        audit: { bucket: 'audit', prefix: '' },
      },
      ...{ platform: { endpoint: 'http://127.0.0.1:1' }, clusterEndpoint: 'http://127.0.0.1:1' },
    });
    const alone = { env: {} };
    const ran = await desk.golive(alone, 'plan', folder, '--mint-limit', '5', '--connections', join(desk.dir, 'none.yaml'));
    expect(ran).toMatchObject({ code: 0 });
    expect(ran.out).toContain('60 agents in 5 cohorts');
    expect(ran.out).toContain('⚠ 60 credentials at 5/h take 12.0 h and miss T+12');
    expect(ran.out.split('\n').every((line) => line.length <= 100)).toBe(true);

    await cp(folder, join(desk.dir, 'bad'), { recursive: true });
    const manifest = join(desk.dir, 'bad', 'set', 'index.json');
    await chmod(manifest, 0o644);
    await writeFile(manifest, `${await readFile(manifest, 'utf8')} `);
    const bad = await desk.golive('plan', join(desk.dir, 'bad', 'set'), '--connections', join(desk.dir, 'none.yaml'));
    expect(bad).toMatchObject({ code: 2 });
    expect(bad.out).toMatch(/✖ index\.json {2}index_malformed\n/);
  });

  it('refuses to start on a set that is not what was signed', async () => {
    await uploadSet((files) => files.set('manifests/extra.yaml', Buffer.from('x')));
    const ran = await desk.golive('start', '--deployment', 'q1');
    expect(ran.code).toBe(2);
    expect(desk.world.starts).toBe(0);
  });

  it('says so when the deployment file is not signed under the root', async () => {
    await desk.world.store.put('q1/deployment.yaml', 'kind: Deployment');
    const ran = await desk.golive('start', '--deployment', 'q1');
    expect(ran).toMatchObject({ code: 2 });
    expect(ran.err).toContain('is not to be believed');
  });
});

describe('golive list', () => {
  it('lists what the logs know', async () => {
    await deskAt('closed');
    expect((await desk.golive('list')).out).toMatch(/northwind\/q1 +live with exceptions/);
    expect((await desk.golive('list', '--json')).out).toContain('"state": "closed"');
    desk.broken = { log: async () => Promise.reject(new Error('the log is away')) };
    expect(await desk.golive('list')).toMatchObject({ code: 4, err: 'northwind: the log is away\n' });
  });
});

describe('help', () => {
  it('starts with examples, for golive and each verb; what is not built says so and what to do instead', async () => {
    expect((await desk.golive('--help')).out).toMatch(/^EXAMPLES\n {2}golive plan/);
    expect((await desk.golive('sign', '--help')).out).toMatch(/^EXAMPLES\n {2}golive sign --all/);
    const ran = await desk.golive('gate', '--release', 'x');
    expect(ran).toMatchObject({ code: 2 });
    expect(ran.err).toMatch(/^golive gate is not built yet; nothing was done\.\n/);
    for (const verb of [
      'pause',
      'rollback',
      'halt',
      'terminate',
      'shutdown',
      'resume',
      'lift',
      'reissue',
      'reconcile',
      'drill',
      'incident',
    ])
      expect(await desk.golive(verb, '--help')).toMatchObject({
        code: 0,
        out: expect.stringMatching(`^EXAMPLES\n  golive ${verb}`) as string,
      });
    const stop = await desk.golive('stop', '--all');
    expect([stop.code, stop.err.split('\n')[1]]).toEqual([2, expect.stringMatching(/^golive pause --all --as YOU/)]);
    expect(await desk.golive('stauts')).toMatchObject({
      code: 2,
      err: "error: unknown command 'stauts'\n(Did you mean status?)\n",
    });
  });
});

describe('the connections file', () => {
  it('is looked for in its places, and read strictly', () => {
    expect(connectionPlaces(undefined, { GOLIVE_CONNECTIONS: '/etc/a.yaml' })).toEqual([
      { path: '/etc/a.yaml', why: 'GOLIVE_CONNECTIONS' },
    ]);
    expect(connectionPlaces(undefined, { HOME: '/h' }).at(-1)?.path).toBe('/h/.config/golive/golive.yaml');
    expect(() =>
      parseConnections(Buffer.from('apiVersion: golive/v1\nkind: Connections\ncustomers: {}\ntypo: 1\n'), 'x.yaml'),
    ).toThrow(/typo/);
    expect(() => parseConnections(Buffer.from('a: *b'), 'x.yaml')).toThrow(/x\.yaml: line 1/);
  });

  it('is asked for when there is none', async () => {
    const ran = await desk.golive('list', '--connections', join(desk.dir, 'nowhere.yaml'));
    expect(ran).toMatchObject({ code: 2 });
    expect(ran.err).toContain('There is no connections file');
  });
});

describe('words', () => {
  it('are cut, wrapped and counted as people read them', () => {
    expect([cut('abcdef', 4), wrap('a bb ccc', 4), clip('one two three four', 9)]).toEqual([
      'abc…',
      ['a bb', 'ccc'],
      ['one two', 'three fo…'],
    ]);
    expect([bar(0, 4), bar(0.01, 4), bar(0.99, 4), bar(1, 4)]).toEqual(['░░░░', '█░░░', '███░', '████']);
    expect([span(400), span(95_000), span(3_600_000), span(200 * 3_600_000)]).toEqual(['0 s', '1 min 35 s', '1 h', '8 d']);
    expect([milliseconds('90s'), milliseconds('2m'), milliseconds('1.5h'), milliseconds('7')]).toEqual([
      90_000, 120_000, 5_400_000, 7_000,
    ]);
    expect([nearest('gate1', ['gate-1']), nearest('xyz', ['gate-1'])]).toEqual(['; did you mean gate-1?', '.']);
    expect(golive({ options: { customer: 'acme' } }, ['waive', 'W1.10', '--reason', "it's slow"])).toBe(
      "golive waive W1.10 --reason 'it'\\''s slow' --customer acme",
    );
  });
});
