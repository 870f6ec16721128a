import { findRow } from '../../../domain/runbook/rows.ts';
import type { DeploymentView } from '../../../domain/view.ts';

/** The close is one entry, each cohort's hand-over another, which may come after it. */
export const isOver = ({ header, cohorts }: DeploymentView): boolean =>
  header.closedAt !== null && Object.values(cohorts).every(({ phase }) => phase !== 'live');

/** What must not depend on whether anything died on the way; when things came about is not part of it. */
export const finalState = (view: DeploymentView) => ({
  result: view.header.result,
  agents: view.agents,
  cohorts: Object.values(view.cohorts).map(({ id, mode, livePercent, phase, holds, unknown }) => ({
    ...{ id, mode, livePercent, phase, holds, unknown: Object.keys(unknown) },
  })),
  milestones: Object.fromEntries(
    Object.values(view.milestones)
      // A target is about being in time, and nothing else.
      .filter(({ row }) => findRow(row)?.kind !== 'target')
      .map(({ row, status }) => [row, status === 'late' ? 'met' : status] as const)
      .sort(),
  ),
  signOffs: view.signOffs
    .filter((s) => s.current)
    .map(({ group, role, decision }) => `${group} ${role} ${decision}`)
    .sort(),
  holds: Object.values(view.holds)
    .filter(({ released }) => released === null)
    .map(({ scope, ceiling }) => ({ scope, ceiling })),
});

export type FinalState = ReturnType<typeof finalState>;
