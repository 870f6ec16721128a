import { describe, expect, it } from 'vitest';
import { emptyView } from '../../../../domain/fold/empty.ts';
import { judge } from '../../../../scripts/cli/backup/goes-on-judge.ts';

const standing = { stage: 'countdown' as const, gates: {}, answered: [] };
const view = emptyView('acme', 'q4');

describe('a restored workflow beside a restored log', () => {
  it('may stand where the log stands, or behind it', () => {
    expect(judge(standing, view)).toEqual([]);
    const started = { ...view, clock: { ...view.clock, startedAtMs: 1 } };
    expect(judge(standing, started)).toEqual([]);
    expect(judge({ ...standing, stage: 'provision' }, started)).toEqual([]);
  });

  it('may not know what the log does not: a stage, an order, a gate', () => {
    expect(judge({ ...standing, stage: 'validate' }, view)).toEqual([
      'its workflow is in validate, and the log only in countdown',
    ]);
    expect(judge({ ...standing, answered: ['order-1'] }, view)[0]).toContain('order-1');
    expect(judge({ ...standing, gates: { 'gate-1': 7 } }, view)[0]).toContain('entry #7');
  });
});
