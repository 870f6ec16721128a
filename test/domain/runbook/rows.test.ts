import { describe, expect, it } from 'vitest';
import { RUNBOOK_WINDOWS } from '../../../domain/runbook/milestone.ts';
import { GATES, HARD_STOPS } from '../../../domain/runbook/gates.ts';
import { findRow, row, rowOwners, ROWS, rowsOf } from '../../../domain/runbook/rows.ts';
import { WAVES } from '../../../domain/runbook/waves.ts';

const NOT_BUILT = 'C1 W2.10 W3.02 W3.03 W3.10 A1 A2 A3'.split(' ');

describe('the rows of the runbook', () => {
  it('are all there: 12 before T-0, 42 in the windows, 3 after', () => {
    const numbers = Object.fromEntries(RUNBOOK_WINDOWS.map((w) => [w, rowsOf(w).length]));
    expect(numbers).toEqual({ countdown: 12, provision: 15, validate: 11, golive: 16, after: 3 });
    expect(new Set(ROWS.map((r) => r.id)).size).toBe(ROWS.length);
  });

  it('are numbered without a gap', () => {
    expect(rowsOf('validate').map((r) => r.id)).toEqual(
      Array.from({ length: 11 }, (_, i) => `W2.${String(i + 1).padStart(2, '0')}`),
    );
    expect(rowsOf('golive').at(-1)?.id).toBe('W3.16');
    expect(rowsOf('provision').at(-1)?.id).toBe('W1.15');
  });

  it('come in the order in which they are due', () => {
    for (const window of RUNBOOK_WINDOWS) {
      const due = rowsOf(window).map((r) => r.duePlanHours);
      expect(due).toEqual([...due].sort((a, b) => a - b));
    }
  });

  it('are due in their own window', () => {
    const bounds = { countdown: [-168, 0], provision: [0, 24], validate: [24, 48], golive: [48, 72], after: [72, 720] };
    for (const r of ROWS) {
      const [from = 0, to = 0] = bounds[r.window];
      expect(r.duePlanHours, r.id).toBeGreaterThanOrEqual(from);
      expect(r.duePlanHours, r.id).toBeLessThanOrEqual(to);
    }
  });

  it('that are not built say so in words, and no other does', () => {
    const waived = ROWS.filter((r) => r.waivedBecause !== undefined);
    expect(waived.map((r) => r.id).sort()).toEqual([...NOT_BUILT].sort());
    for (const r of waived) expect(r.waivedBecause, r.id).toMatch(/^not built yet: /);
  });

  it('met by facts name who is told; the others are met by a command, but for the frozen set, the mock and the brief', () => {
    for (const r of ROWS) expect(r.owner === 'auto', r.id).toBe(r.toldTo !== undefined);
    const byHand = ROWS.filter((r) => r.owner !== 'auto' && r.confirmedBy === undefined);
    expect(byHand.map((r) => r.id)).toEqual(['C1', 'C2', 'W3.16']);
  });

  it('have plain sentences as titles', () => {
    for (const r of ROWS) expect(r.title, r.id).toMatch(/^[A-Z].*\.$/);
  });

  it.each([
    ['C3', ['ceo', 'customer-lead', 'cfo', 'security-lead']],
    ['W2.11', ['customer-lead', 'security-lead', 'cfo']],
    ['W1.12', ['connector-standby']],
    ['W3.13', ['operations-lead']],
  ])('%s is owned by %s', (id, owners) => {
    expect(rowOwners(row(id))).toEqual(owners);
  });

  it('that do not exist are not found', () => {
    expect(findRow('W9.99')).toBeUndefined();
    expect(() => row('W9.99')).toThrow('no row W9.99');
  });

  it('are what gates, hard stops and waves refer to', () => {
    expect(GATES.map((g) => [g.id, g.planHours])).toEqual([
      ['gate-1', 24],
      ['gate-2', 48],
      ['gate-3', 72],
    ]);
    for (const id of HARD_STOPS) expect(row(id).kind).toBe('exit');
    for (const [shape, wave] of Object.entries(WAVES)) {
      expect(row(wave.promoted).title.toLowerCase(), shape).toContain(shape);
      expect(row(wave.promoted).duePlanHours).toBe(wave.opensAt);
      if (wave.after !== null) expect(row(wave.after).duePlanHours).toBe(wave.opensAt);
    }
  });
});
