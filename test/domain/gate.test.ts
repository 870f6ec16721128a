import { describe, expect, it } from 'vitest';
import type { MilestoneStatus } from '../../domain/entry.ts';
import { gateReady, isSettled, statusOf, unmetExits } from '../../domain/gate.ts';
import { GATES } from '../../domain/runbook/gates.ts';
import { rowsOf } from '../../domain/runbook/rows.ts';

const all = (status: MilestoneStatus) => Object.fromEntries(rowsOf('provision').map((r) => [r.id, status]));

describe('a gate', () => {
  it.each<[MilestoneStatus, boolean]>([
    ['met', true],
    ['late', true],
    ['waived', true],
    ['not-applicable', true],
    ['pending', false],
    ['missed', false],
  ])('with rows that are %s is ready: %s', (status, ready) => {
    expect(isSettled(status)).toBe(ready);
    expect(gateReady('gate-1', all(status))).toBe(ready);
  });

  it('waits for exit rows only', () => {
    expect(unmetExits('provision', { ...all('met'), 'W1.10': 'missed', 'W1.07': 'pending' })).toEqual([]);
    expect(unmetExits('provision', { ...all('met'), 'W1.09': 'missed', 'W1.06': 'pending' })).toEqual(['W1.06', 'W1.09']);
  });

  it('does not wait for rows that this version does not build, unless the log says otherwise', () => {
    expect(statusOf('W2.10', {})).toBe('waived');
    expect(statusOf('W1.12', {})).toBe('pending');
    expect(statusOf('W2.10', { 'W2.10': 'pending' })).toBe('pending');
    expect(unmetExits('validate', {})).toEqual(['W2.01', 'W2.02', 'W2.03', 'W2.04', 'W2.06', 'W2.07', 'W2.08', 'W2.09', 'W2.11']);
  });

  it('has the exit rows of its window as its criteria', () => {
    for (const gate of GATES) {
      expect(gate.exits).toEqual(rowsOf(gate.window).flatMap((r) => (r.kind === 'exit' ? [r.id] : [])));
    }
  });
});
