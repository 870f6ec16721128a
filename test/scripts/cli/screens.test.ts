import { describe, expect, it } from 'vitest';
import stringWidth from 'string-width';
import { paintFor } from '../../../scripts/cli/paint.ts';
import { cohortTable } from '../../../scripts/cli/status/cohort-table.ts';
import { statusJson } from '../../../scripts/cli/status/json.ts';
import { statusModel } from '../../../scripts/cli/status/model.ts';
import { statusScreen } from '../../../scripts/cli/status/screen.ts';
import { whoLines } from '../../../scripts/cli/status/who.ts';
import { MOMENTS } from './moments.ts';

const paint = paintFor({ isTTY: false });
const command = (argv: readonly string[]) => ['golive', ...argv].join(' ');

async function modelAt(moment: string) {
  const world = await MOMENTS[moment]?.();
  if (!world) throw new Error(moment);
  return statusModel({
    view: await world.view(),
    file: world.file,
    platform: null,
    nowMs: world.nowMs,
    logSize: 1234,
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

  it('tells what could not be read, and shows the rest', async () => {
    const { facts } = await modelAt('minting');
    const model = statusModel({ ...facts, file: null, notes: ['S3 does not answer.'] });
    expect(model.waiting).toEqual([]);
    expect(statusScreen(model, { paint, width: 80, command }).at(-1)).toBe('  ⚠ S3 does not answer.');
  });
});
