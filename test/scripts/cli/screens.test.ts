import { describe, expect, it } from 'vitest';
import stringWidth from 'string-width';
import { paintFor } from '../../../scripts/cli/paint.ts';
import { cohortTable } from '../../../scripts/cli/status/cohort-table.ts';
import type { AuditState, WitnessState } from '../../../clients/recorder/reader.ts';
import { statusJson } from '../../../scripts/cli/status/json.ts';
import { statusModel } from '../../../scripts/cli/status/model.ts';
import { statusScreen } from '../../../scripts/cli/status/screen.ts';
import { whoLines } from '../../../scripts/cli/status/who.ts';
import { MOMENTS } from './moments.ts';

const paint = paintFor({ isTTY: false });
const command = (argv: readonly string[]) => ['golive', ...argv].join(' ');

const WITNESS: WitnessState = {
  ...{ name: 'witness.northwind.example/golive', size: 1234, at: '2026-03-10T08:00:00.000Z', lagMs: 1500 },
  ...{ failingSince: null, refused: false },
};
const AUDIT: AuditState = { origin: 'log', size: 1240, root: '', published: null, witness: WITNESS, failing: null, halted: null };

async function modelAt(moment: string) {
  const world = await MOMENTS[moment]?.();
  if (!world) throw new Error(moment);
  return statusModel({
    view: await world.view(),
    file: world.file,
    platform: null,
    nowMs: world.nowMs,
    audit: AUDIT,
    notes: [],
  });
}

describe('golive status', () => {
  for (const moment of Object.keys(MOMENTS)) {
    it(`looks as it should: ${moment}`, async () => {
      const model = await modelAt(moment);
      const screen = statusScreen(model, { paint, width: 100, command });
      await expect(`${screen.join('\n')}\n`).toMatchFileSnapshot(`screens/${moment}.txt`);
      for (const width of [80, 100]) {
        const lines = statusScreen(model, { paint, width, command }).filter((line) => !line.includes('golive '));
        expect(lines.filter((line) => stringWidth(line) > width)).toEqual([]);
      }
    });
  }

  it('says the same as JSON', async () => {
    const json = statusJson(await modelAt('minting'));
    expect(json).toMatchObject({
      window: 'provision',
      gate: { id: 'gate-1', planHours: 24 },
      waiting: [],
      tasks: [{ code: 'smoke_failed' }],
    });
    expect(JSON.parse(JSON.stringify(json))).toBeTruthy();
  });

  it('lists every cohort, and who is who', async () => {
    const model = await modelAt('minting');
    await expect(`${cohortTable(model, { paint, width: 100, command }).join('\n')}\n`).toMatchFileSnapshot('screens/cohorts.txt');
    const file = model.facts.file;
    if (!file) throw new Error('no file');
    await expect(`${whoLines(file, { paint, width: 100 }).join('\n')}\n`).toMatchFileSnapshot('screens/who.txt');
  });

  it.each<[string, Partial<AuditState>, string]>([
    ['signs as it should', {}, '  witness.northwind.example/golive signed 1,234 entries 2 s ago'],
    [
      'is away for longer than it may',
      { witness: { ...WITNESS, lagMs: 60_000, reason: 'no answer' } },
      '  ▲ witness.northwind.example/golive signed 1,234 entries 1 min ago: no answer',
    ],
    [
      'has never signed',
      { witness: { ...WITNESS, size: 0, at: null, lagMs: 60_000 } },
      '  ▲ witness.northwind.example/golive has not signed yet, for 1 min',
    ],
    [
      'sees two histories',
      { witness: { ...WITNESS, refused: true, reason: 'size 9 does not continue size 8' } },
      '  ■ witness.northwind.example/golive refuses the log: size 9 does not continue size 8',
    ],
    ['is not asked for', { witness: null }, '  no witness vouches for this log'],
    [
      'sees a log that has halted',
      { halted: 'the lock is not ours' },
      '  ■ the log takes nothing any more: the lock is not ours',
    ],
  ])('says last when the witness %s', async (_what, audit, line) => {
    const { facts } = await modelAt('minting');
    const screen = statusScreen(statusModel({ ...facts, audit: { ...AUDIT, ...audit } }), { paint, width: 100, command });
    expect(screen.at(-1)).toBe(line);
  });

  it('says that the log commits nothing while S3 is away, since when, and who vouches for what there is', async () => {
    const { facts } = await modelAt('minting');
    const failing = { what: 'S3', since: new Date(facts.nowMs - 90_000).toISOString() };
    const screen = statusScreen(statusModel({ ...facts, audit: { ...AUDIT, failing } }), { paint, width: 100, command });
    expect(screen.at(-2)).toBe('  ■ the log commits nothing for 1 min 30 s: S3 fails; work waits, nothing is lost');
    expect(screen.at(-1)).toContain('signed 1,234 entries');
  });

  it('tells what could not be read, and shows the rest', async () => {
    const { facts } = await modelAt('minting');
    const model = statusModel({ ...facts, file: null, notes: ['S3 does not answer.'] });
    expect(model.waiting).toEqual([]);
    expect(statusScreen(model, { paint, width: 80, command }).at(-1)).toBe('  ⚠ S3 does not answer.');
  });
});
