import { describe, expect, it } from 'vitest';
import { paintFor } from '../../../scripts/cli/paint.ts';
import { breakerLines } from '../../../scripts/cli/status/breaker-lines.ts';
import { statusJson } from '../../../scripts/cli/status/json.ts';
import { statusModel } from '../../../scripts/cli/status/model.ts';
import { MOMENTS } from './moments.ts';

describe('golive status while a dependency is away', () => {
  it('names it, for whom and for how long, until it answers again', async () => {
    const world = await MOMENTS['minting']!();
    const shown = async () => {
      const rest = { file: world.file, platform: null, nowMs: world.nowMs, audit: null, notes: [] };
      const model = statusModel({ view: await world.view(), ...rest });
      const options = { paint: paintFor({ isTTY: false }), width: 100, command: () => '' };
      return { lines: breakerLines(model, options), json: statusJson(model)['breakers'] };
    };
    expect(await shown()).toEqual({ lines: [], json: [] });
    const s3 = { dependency: 'S3', part: 'engine', because: '5 calls in a row were not answered.' };
    await world.add('breaker.changed', { ...s3, state: 'open' });
    world.nowMs += 90_000;
    const { lines, json } = await shown();
    expect(lines).toEqual(['  AWAY', '  ■ S3 does not answer engine for 1 min 30 s; its work waits, stops do not']);
    expect(json).toMatchObject([{ dependency: 'S3', part: 'engine', state: 'open' }]);
    await world.add('breaker.changed', { ...s3, state: 'closed' });
    expect(await shown()).toEqual({ lines: [], json: [] });
  });
});
