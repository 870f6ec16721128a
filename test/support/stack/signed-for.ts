import type { DeploymentView } from '../../../domain/view.ts';

/** The group's evidence names the cohort, and three executives have signed on exactly that. */
export const signedFor =
  (cohort: string) =>
  ({ groupEvidence, cohorts, signOffs }: DeploymentView): boolean => {
    const group = cohorts[cohort]?.group ?? '';
    const signed = signOffs.filter((s) => s.current && s.group === group && s.decision === 'approve');
    return groupEvidence[group]?.cohorts.includes(cohort) === true && signed.length === 3;
  };
