import { describe, expect, it } from 'vitest';
import { STOPPING_TABLE } from '../../../domain/runbook/stopping.ts';
import { MEASURES } from '../../../domain/stop/triggers/thresholds.ts';
import { firesOf, readFaults } from '../../../scripts/rehearsal/fault-file.ts';

const faults = await readFaults('rehearsal/faults/every-row.yaml');
const fires = faults.flatMap((fault) => firesOf(fault) ?? []);

/** What a person may order, besides what golive orders by itself. */
const ORDERED = ['pause', 'rollback', 'halt', 'terminate'];

describe('rehearsal/faults/every-row.yaml', () => {
  it.each(STOPPING_TABLE.map(({ id }) => id))('makes %s fire, by each of its measures', (row) => {
    const measures = row === 'person' ? ORDERED : MEASURES[row as keyof typeof MEASURES];
    const meant = fires.filter((f) => f.row === row).map(({ measure }) => measure);
    expect([...meant].sort()).toEqual([...measures].sort());
  });

  it('makes no cohort fall twice by the same row: people would first find out why', () => {
    const stops = fires
      .filter(({ row }) => row !== 'volume-off' && row !== 'person')
      .map(({ row, subject }) => `${row} ${subject}`);
    expect(new Set(stops).size).toBe(stops.length);
  });

  it('has a rollback drilled before anything that writes is live', () => {
    const drill = faults.find((f) => 'golive' in f && f.golive[0] === 'drill');
    expect(drill?.at).toBeLessThan(54);
  });
});
