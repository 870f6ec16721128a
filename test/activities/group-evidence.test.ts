import { beforeEach, describe, expect, it } from 'vitest';
import { groupEvidence } from '../../activities/group-evidence.ts';
import { record } from '../../activities/entries.ts';
import { sha256Hex } from '../../audit/keys.ts';
import type { Deployment } from '../../activities/deployment.ts';
import type { CohortPhase, EvidenceRef } from '../../domain/entry.ts';
import { newOffice, SET, type Office } from './office/office.ts';

const EVIDENCE: EvidenceRef = { ref: 'plan', digest: SET };
const BYTES = Buffer.from('a manifest');
const COHORTS = ['data-ic-research', 'data-ic-coordination'];
const [RESEARCH = '', COORDINATION = ''] = COHORTS;

let o: Office;
let d: Deployment;

const phase = (cohort: string, to: CohortPhase) =>
  record(o.log, [o.d.entry('cohort.phase', `${cohort}/${to}`, { phase: to }, { cohort })]);
/** What is written now; and the cohorts that the group's document has after it. */
const compiled = async () => {
  const entries = await groupEvidence(d);
  if (entries.length > 0) await record(o.log, entries);
  return { written: entries.length, cohorts: (await d.view()).groupEvidence['data-ic']?.cohorts };
};

/** One group of two cohorts, both in shadow. */
beforeEach(async () => {
  o = newOffice();
  const manifest = (name: string) => ({
    name,
    connectors: [],
    budgetDollars: 1,
    expected: { callsPerHour: 1, writesPerHour: 0 },
  });
  d = {
    ...o.d,
    index: COHORTS.map((id) => ({ key: `manifests/${id}.yaml`, sha256: sha256Hex(BYTES), size: BYTES.length, agents: 5 })),
    source: { list: async () => [], get: async () => BYTES, parse: () => ({ manifest: manifest('any') as never }) },
  };
  const plan = { managers: 3, plan: EVIDENCE, forecastMintHours: 1 };
  const cohorts = COHORTS.map(
    (id) => ({ id, group: 'data-ic', shape: id.endsWith('research') ? 'research' : 'coordination', agents: 5 }) as const,
  );
  await o.write('plan.recorded', 'plan', { cohorts, ...plan });
  for (const cohort of COHORTS) await phase(cohort, 'shadow');
});

describe("a group's document", () => {
  it('keeps who is live by it, so that their signatures still count', async () => {
    expect(await compiled()).toEqual({ written: 1, cohorts: COHORTS });
    await o.write('wave.started', 'wave/research', {
      wave: 'research',
      shape: 'research',
      cohorts: [RESEARCH],
      ramp: [100],
      authority: 1,
    });
    await phase(RESEARCH, 'ramping');
    expect(await compiled()).toEqual({ written: 0, cohorts: COHORTS });
  });

  it('is without who was held before it could be signed for', async () => {
    const scope = { level: 'cohort' as const, names: [COORDINATION] };
    await o.write('hold.added', 'hold/1', { holdId: 'h-1', scope, ceiling: 'shadow', why: 'no-go', releasedBy: 'customer-lead' });
    expect(await compiled()).toEqual({ written: 1, cohorts: [RESEARCH] });
  });
});
