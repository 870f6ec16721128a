import type { DeploymentFile } from '../../domain/deployment-file.ts';
import type { DirectRecord } from '../../domain/direct.ts';

/** A stop of one wave without Temporal, by the first person who is the Operations Lead. */
export function directRecord(file: DeploymentFile, over: Partial<DirectRecord> = {}): DirectRecord {
  const { customer, deployment, environment, logOrigin } = file;
  const scope = { level: 'wave' as const, names: ['research'] };
  const at = (second: number): string => `2026-03-02T09:00:0${second}.000Z`;
  return {
    ...{ v: 1, customer, deployment, environment, logOrigin },
    person: file.people.find((p) => p.roles.includes('operations-lead'))?.id ?? '',
    role: 'operations-lead',
    commandId: '20260302t090000000-halt-9f3c2a1b00',
    kind: 'halt',
    scope,
    reason: 'Writes to the wrong queue.',
    startedAt: at(0),
    intents: [{ at: at(0), scope, ceiling: 'halted' }],
    outcomes: [
      { at: at(1), scope, result: 'applied' },
      { at: at(2), scope: { level: 'cohort', names: ['sales-ic-research'] }, result: 'unknown', detail: 'no answer' },
    ],
    ...over,
  };
}
