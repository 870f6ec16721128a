import type { CohortView, DeploymentView } from '../view.ts';

/** Holds that keep a cohort from being signed for and promoted: all but a rollback, which ends by the promotion itself. */
export const inTheWay = ({ holds }: Pick<DeploymentView, 'holds'>, cohort: Pick<CohortView, 'holds'>): string[] =>
  cohort.holds.filter((id) => holds[id]?.liftedBy !== 'promote');
