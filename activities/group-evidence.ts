import { putJsonEvidence } from '../clients/store/evidence.ts';
import type { NewEntry } from '../domain/entry.ts';
import type { GroupCohort, GroupDocument } from '../domain/group-document.ts';
import type { CohortView, DeploymentView } from '../domain/view.ts';
import { manifestOf, type Deployment } from './deployment.ts';
import { pinnedBaseline } from './baseline.ts';

const HOURS_PER_MONTH = 730;

/** May this cohort be signed for? It runs in shadow and its example matched; whoever was held back at a gate or by a wave still does. */
export const isSignable = (c: CohortView): boolean => c.phase === 'shadow' || c.phase === 'signed-off' || c.phase === 'held';

/**
 * One document per cohort group: which cohorts, how many agents, their set, their shadow baseline, what they will cost.
 * The same facts give the same bytes, so a sign-off is void exactly when something in it has changed.
 */
export async function groupEvidence(d: Deployment): Promise<NewEntry[]> {
  const view = await d.view();
  const entries: NewEntry[] = [];
  for (const [group, cohorts] of groupsToSign(view)) {
    const content: GroupDocument = {
      group,
      manifestSetDigest: d.setDigest,
      policyVersion: d.file.version,
      cohorts: await Promise.all(cohorts.map((c) => describe(d, view, c))),
    };
    const evidence = await putJsonEvidence(d.tenant.audit, d.tenant.auditPrefix, content, d.signal);
    if (view.groupEvidence[group]?.evidence.digest === evidence.digest) continue;
    const agents = cohorts.reduce((sum, c) => sum + c.agents, 0);
    entries.push(
      d.entry('group.evidence', `group-evidence/${group}/${evidence.digest}`, {
        group,
        cohorts: cohorts.map((c) => c.id),
        agents,
        evidence,
      }),
    );
  }
  return entries;
}

function groupsToSign(view: DeploymentView): Map<string, CohortView[]> {
  const groups = new Map<string, CohortView[]>();
  for (const cohort of Object.values(view.cohorts)) {
    if (!isSignable(cohort) || cohort.holds.length > 0) continue;
    groups.set(cohort.group, [...(groups.get(cohort.group) ?? []), cohort]);
  }
  return groups;
}

async function describe(d: Deployment, view: DeploymentView, cohort: CohortView): Promise<GroupCohort> {
  const manifest = await manifestOf(d, cohort.id);
  const baseline = await pinnedBaseline(d, view);
  const measured = baseline?.cohorts.find((c) => c.cohort === cohort.id);
  const hours = measured?.shadowAgentHours ?? 0;
  const costPerAgentHour = measured && hours > 0 ? measured.shadow.costDollars / hours : 0;
  return {
    cohort: cohort.id,
    shape: cohort.shape,
    agents: cohort.agents,
    connectors: manifest.connectors,
    shadow: measured?.shadow ?? null,
    cost: {
      budgetDollars: manifest.budgetDollars,
      projectedDollarsPerMonth: Math.round(costPerAgentHour * cohort.agents * HOURS_PER_MONTH * 100) / 100,
    },
  };
}
