import { createHash } from 'node:crypto';
import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleBytes, bundleEntries, tilePath, tilesOf, type Tile } from '../../../../audit/tlog/tiles.ts';
import type { RecordedEntry } from '../../../../domain/entry.ts';
import { actionsOf, summarise } from '../../../../scripts/cli/audit/counts.ts';
import { openDesk, type Desk, type Ran } from '../desk.ts';
import { MOMENTS } from '../moments.ts';
import type { World } from '../world.ts';
import { publishFolder, type PublishedLog } from './published.ts';

let desk: Desk;
let world: World;
let folder: string;
let published: PublishedLog;

beforeAll(async () => {
  world = (await MOMENTS['signing']?.()) as World;
  await world.add(
    'command.refused',
    {
      commandId: 'refused-1',
      kind: 'promote',
      scope: { level: 'wave', names: ['research'] },
      code: 'role_not_allowed',
      sentence: 'The role may not do this.',
      envelope: { ref: 'evidence/9', digest: `sha256:${'9'.repeat(64)}` },
      latencyMs: 12,
    },
    { actor: 'mallory' },
  );
  desk = await openDesk(world);
  folder = join(desk.dir, 'audit');
  published = await publishFolder(
    folder,
    world.log.all.map(({ index: _index, ...entry }) => entry),
    [40, world.log.all.length],
  );
});
afterAll(() => desk.close());

const audit = (...words: string[]): Promise<Ran> => desk.golive({ columns: 140 }, 'audit', ...words);
const copied = (...words: string[]): Promise<Ran> => audit(...words, '--folder', folder);
const lines = (text: string): string[] => text.trimEnd().split('\n');

describe('golive audit query', () => {
  it('shows what matches, from the running log and from a copy alike', async () => {
    for (const source of [[], ['--folder', folder]]) {
      const { out, err, code } = await audit('query', '--kind', 'clock.started,command.refused', ...source);
      expect(code).toBe(0);
      expect(lines(out)).toHaveLength(3);
      expect(out).toMatch(/# +when \(UTC\) +kind +who +what/);
      expect(out).toMatch(/#\d+ +03-10 08:00:00 +clock\.started +golive +The T-clock starts at T\+0:00/);
      expect(out).toMatch(/command\.refused +mallory +Refused: promote by mallory\./);
      expect(err).toBe('2 entries.\n');
    }
  });

  it('narrows by cohort, actor, decision and time', async () => {
    const count = async (...words: string[]) =>
      ((await copied('query', '--json', ...words)).json()['entries'] as unknown[]).length;
    expect(await count('--decision', 'refused')).toBe(1);
    expect(await count('--decision', 'approve', '--kind', 'command.applied')).toBe(5);
    expect(await count('--actor', 'mallory')).toBe(1);
    expect(await count('--until', '2026-03-10T07:59:00Z', '--decision', 'applied')).toBe(11);
    expect(await count('--since', '2100-01-01T00:00Z')).toBe(0);
    const cohort = lines((await copied('query', '--cohort', 'hr-lead-research', '--jsonl')).out).map(
      (l) => JSON.parse(l) as RecordedEntry,
    );
    expect(cohort.map((e) => e.kind)).toEqual(expect.arrayContaining(['plan.recorded', 'group.evidence', 'cohort.phase']));
    expect(cohort.map((e) => e.index)).toEqual(cohort.map((e) => e.index).sort((a, b) => a - b));
  });

  it('says where to go on when there is more', async () => {
    const first = await copied('query', '--limit', '3');
    expect(lines(first.out).filter((line) => line.includes('#')).length - 1).toBe(3);
    expect(first.err).toBe('There are more: go on with --from 3\n');
    expect((await copied('query', '--from', '3', '--limit', '1', '--json')).json()).toMatchObject({
      next: 4,
      entries: [{ index: 3 }],
    });
  });

  it('names what it does not know', async () => {
    expect(await copied('query', '--kind', 'sign-of')).toMatchObject({
      code: 2,
      err: expect.stringContaining('did you mean sign-off?') as string,
    });
    expect(await copied('query', '--decision', 'maybe')).toMatchObject({ code: 2 });
    expect(await copied('query', '--since', 'yesterday')).toMatchObject({ code: 2 });
  });
});

describe('golive audit summary, actions and decisions', () => {
  it('counts by kind, action, decision and actor, with what is recent beside it', async () => {
    const { out } = await copied('summary');
    expect(out).toMatch(/total +last 60 s +last 300 s/);
    expect(out).toMatch(/^refused +1 +1 +1$/m);
    expect(out).toContain('the last entry of the copy');
    const json = (await copied('summary', '--json')).json() as {
      kinds: Record<string, { total: number }>;
      entries: { total: number };
    };
    expect(json.entries.total).toBe(world.log.all.length);
    expect(Object.values(json.kinds).reduce((sum, c) => sum + c.total, 0)).toBe(world.log.all.length);
  });

  it('takes the last minute and five minutes from now, to the millisecond', async () => {
    const at = (iso: string, index: number): RecordedEntry => ({ ...(world.log.all[0] as RecordedEntry), at: iso, index });
    const entries = ['10:00:00.000Z', '10:04:00.000Z', '10:04:00.001Z', '10:05:00.000Z'].map((t, i) => at(`2026-03-10T${t}`, i));
    const { entries: count } = await summarise(stream(entries), Date.parse('2026-03-10T10:05:00.001Z'));
    expect(count).toEqual({ total: 4, last60s: 2, last300s: 3 });
  });

  it('lists orders with who, what, outcome and entry number', async () => {
    const { out, err } = await copied('decisions');
    expect(out).toMatch(/#\d+ .*mallory +refused +promote wave research\. The role may not do this\. \[role_not_allowed\]/);
    expect(out).toMatch(/applied +Deployment Lead starts the T-clock/);
    expect(err).toMatch(/^\d+ orders, 1 refused\.\n$/);
    const { decisions } = (await copied('decisions', '--decision', 'refused', '--json')).json();
    expect(decisions).toMatchObject([
      { person: 'mallory', outcome: 'refused', code: 'role_not_allowed', envelope: { ref: 'evidence/9' } },
    ]);
  });

  it('tells what was announced and not answered', async () => {
    const [intent, outcome] = [
      { kind: 'intent', index: 7, data: { operation: 'mint', agents: ['a', 'b', 'c'], key: 'k', authority: 1 } },
      { kind: 'outcome', index: 8, data: { operation: 'mint', key: 'k/a', result: 'applied', intent: 7 } },
    ] as unknown as RecordedEntry[];
    const unknown = {
      ...outcome,
      index: 9,
      data: { operation: 'mint', key: 'k/b', result: 'unknown', intent: 7 },
    } as RecordedEntry;
    expect(await actionsOf(stream([intent as RecordedEntry, outcome as RecordedEntry, unknown]))).toEqual([
      { operation: 'mint', intents: 1, applied: 1, notApplied: 0, unknown: 1, withoutOutcome: 1 },
    ]);
    expect((await copied('actions')).out + (await copied('actions')).err).toMatch(
      /operation +announced +applied|Nothing was done/,
    );
  });
});

describe('golive audit export', () => {
  it('writes a whole file and tells its count and digest', async () => {
    for (const format of ['json', 'jsonl']) {
      const out = join(desk.dir, `all.${format}`);
      const told = (await copied('export', '--format', format, '--out', out, '--json')).json();
      const text = await readFile(out, 'utf8');
      const entries = (format === 'json' ? JSON.parse(text) : lines(text).map((l) => JSON.parse(l) as unknown)) as unknown[];
      expect(entries).toEqual(world.log.all);
      expect(told).toMatchObject({ entries: entries.length, bytes: Buffer.byteLength(text) });
      expect(told['digest']).toBe(`sha256:${createHash('sha256').update(text).digest('hex')}`);
    }
    expect((await readdir(desk.dir)).filter((name) => name.endsWith('.part'))).toEqual([]);
    expect(await copied('export', '--format', 'xml', '--out', 'x')).toMatchObject({ code: 2 });
    expect(await copied('export')).toMatchObject({ code: 2 });
  });

  it('leaves a valid file when nothing matches', async () => {
    const out = join(desk.dir, 'none.json');
    await copied('export', '--format', 'json', '--out', out, '--actor', 'nobody');
    expect(JSON.parse(await readFile(out, 'utf8'))).toEqual([]);
  });
});

describe('golive audit receipt', () => {
  const policy = (): string => join(folder, 'policy');

  it('of an order verifies offline, and of another entry does not', async () => {
    const out = join(desk.dir, 'receipts', 'one.tlog-proof');
    const made = await copied('receipt', 'refused-1', '--out', out);
    expect(made).toMatchObject({ code: 0, out: `${out}\n${out.replace('.tlog-proof', '.entry')}\n` });
    const verified = await desk.golive('audit', 'receipt', 'verify', out, '--policy', policy());
    expect(verified).toMatchObject({ code: 0 });
    expect(verified.out).toMatch(
      /^Verified: entry #\d+ is in the first \d+ entries of golive\.test\/northwind; cosigned by witness/,
    );
    expect(verified.out).toContain('by mallory: Refused: promote');

    const entry = out.replace('.tlog-proof', '.entry');
    await writeFile(entry, (await readFile(entry, 'utf8')).replace('mallory', 'malory'));
    const wrong = await desk.golive('audit', 'receipt', 'verify', out, '--entry', entry, '--policy', policy(), '--json');
    expect(wrong.code).toBe(6);
    expect(wrong.json()).toMatchObject({ ok: false, problem: expect.stringContaining('not what the log holds') as string });
  });

  it('under another policy does not verify', async () => {
    const other = await publishFolder(join(desk.dir, 'other'), world.log.all.slice(0, 3));
    const file = join(desk.dir, 'other.policy');
    await writeFile(file, other.policyText);
    const out = join(desk.dir, 'two.tlog-proof');
    await copied('receipt', '5', '--out', out);
    expect(await desk.golive('audit', 'receipt', 'verify', out, '--policy', file)).toMatchObject({ code: 6 });
    expect(await copied('receipt', '5', '--out', out, '--policy', file)).toMatchObject({ code: 6 });
  });

  it('of what is not there says so', async () => {
    expect(await copied('receipt', '100000')).toMatchObject({ code: 2 });
    expect(await copied('receipt', 'nobody-0001')).toMatchObject({ code: 2 });
  });
});

describe('golive audit sample', () => {
  it('draws what everybody else draws, and verifies each', async () => {
    const told = (await copied('sample', '--json')).json();
    const size = world.log.all.length;
    expect(told).toMatchObject({ size, root: published.checkpoint.root.toString('base64'), verified: Math.ceil(size / 100) });
    expect((await copied('sample', '--json')).json()).toEqual(told);
    expect((await copied('sample', '--size', '40', '--json')).json()).toMatchObject({
      size: 40,
      root: published.tree.root(40).toString('base64'),
    });
    expect(await copied('sample', '--share', '0.5')).toMatchObject({ code: 2 });
    expect(await audit('sample')).toMatchObject({ code: 2, err: expect.stringContaining('--policy') as string });
  });
});

describe('a copy that is not what was signed', () => {
  it('is not shown: exit 6', async () => {
    const broken = join(desk.dir, 'broken');
    await cp(folder, broken, { recursive: true });
    const [first] = tilesOf(world.log.all.length);
    const file = join(broken, 'log', tilePath(first as Tile));
    const entries = bundleEntries(await readFile(file)) ?? [];
    await writeFile(file, bundleBytes([...entries.slice(0, -1), Buffer.from('{}')]));
    for (const verb of ['query', 'summary', 'decisions']) {
      expect(await audit(verb, '--folder', broken)).toMatchObject({ code: 6, out: '' });
    }
    expect(await audit('query', '--folder', join(desk.dir, 'nowhere'))).toMatchObject({ code: 2 });
  });
});

async function* stream<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}
