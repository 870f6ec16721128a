import { describe, expect, it } from 'vitest';
import { DEPENDENCIES } from '../../../domain/dependency.ts';
import { paintFor } from '../../../scripts/cli/paint.ts';
import { breakerLines } from '../../../scripts/cli/status/breaker-lines.ts';
import { statusJson } from '../../../scripts/cli/status/json.ts';
import { statusModel } from '../../../scripts/cli/status/model.ts';
import { MOMENTS } from './moments.ts';

const BECAUSE = '5 calls in a row were not answered.';

describe('golive status while a dependency is away', () => {
  async function world() {
    const at = await MOMENTS['minting']!();
    const shown = async (width = 100) => {
      const rest = { file: at.file, platform: null, nowMs: at.nowMs, audit: null, notes: [] };
      const model = statusModel({ view: await at.view(), ...rest });
      const options = { paint: paintFor({ isTTY: false }), width, command: () => '' };
      return { lines: breakerLines(model, options), json: statusJson(model)['breakers'] };
    };
    const said = (dependency: string, part: string, state: 'open' | 'closed') =>
      at.add('breaker.changed', { dependency, part, because: BECAUSE, state });
    return { at, shown, said };
  }

  it('names it, for whom, for how long, and what that means, until it answers again', async () => {
    const { at, shown, said } = await world();
    expect(await shown()).toEqual({ lines: [], json: [] });
    await said('S3', 'engine', 'open');
    at.nowMs += 90_000;
    const { lines, json } = await shown();
    expect(lines).toEqual([
      '  AWAY',
      '  ■ S3 does not answer engine for 1 min 30 s',
      '      nothing is recorded, so nothing moves forward; stops go on, and are recorded when it is back',
    ]);
    expect(json).toMatchObject([{ dependency: 'S3', part: 'engine', state: 'open', meanwhile: lines[2]?.trim() }]);
    await said('S3', 'engine', 'closed');
    expect(await shown()).toEqual({ lines: [], json: [] });
  });

  it('tells the two stop workers apart: one that has it back does not hide that the other has not', async () => {
    const { shown, said } = await world();
    for (const part of ['engine', 'stop-1', 'stop-2']) await said('log', part, 'open');
    expect((await shown()).lines[1]).toBe('  ■ log does not answer engine, stop-1 and stop-2 for 0 s');
    await said('log', 'stop-2', 'closed');
    expect((await shown()).lines[1]).toBe('  ■ log does not answer engine and stop-1 for 0 s');
  });

  it.each(DEPENDENCIES)('says of %s what waits and what goes on, in 80 columns', async (dependency) => {
    const { shown, said } = await world();
    for (const part of ['control', 'engine', 'stop-1', 'stop-2']) await said(dependency, part, 'open');
    const { lines } = await shown(80);
    expect(lines.length).toBeGreaterThan(2);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
    expect(lines.join(' ')).not.toContain('…');
  });
});
