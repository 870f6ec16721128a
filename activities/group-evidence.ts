import { putJsonEvidence } from '../clients/store/evidence.ts';
import { isLiveOrRamping } from '../domain/authority/promotable.ts';
import type { NewEntry } from '../domain/entry.ts';
import type { GroupCohort, GroupDocument } from '../domain/group-document.ts';
import { inTheWay } from '../domain/stop/in-the-way.ts';
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
  for (const [group, cohorts] of groupsToSign(view)) entries.push(...(await documentOf(d, view, group, cohorts)));
  return entries;
}

/** One group's document over the cohorts that it has, with what Atlas says now of those that it has built again. */
export async function renewedEvidence(d: Deployment, group: string, regenerated: Record<string, string>): Promise<NewEntry[]> {
  const view = await d.view();
  const cohorts = (view.groupEvidence[group]?.cohorts ?? []).flatMap((id) => view.cohorts[id] ?? []);
  return cohorts.length === 0 ? [] : documentOf(d, view, group, cohorts, regenerated);
}

async function documentOf(
  d: Deployment,
  view: DeploymentView,
  group: string,
  cohorts: CohortView[],
  regenerated: Record<string, string> = {},
): Promise<NewEntry[]> {
  const content: GroupDocument = {
    group,
    manifestSetDigest: d.setDigest,
    policyVersion: d.file.version,
    cohorts: await Promise.all(cohorts.map((c) => describe(d, view, c, regenerated[c.id]))),
  };
  const evidence = await putJsonEvidence(d.tenant.audit, d.tenant.auditPrefix, content, d.signal);
  if (view.groupEvidence[group]?.evidence.digest === evidence.digest) return [];
  const agents = cohorts.reduce((sum, c) => sum + c.agents, 0);
  const names = cohorts.map((c) => c.id);
  return [d.entry('group.evidence', `group-evidence/${group}/${evidence.digest}`, { group, cohorts: names, agents, evidence })];
}

/** Subject of what Atlas says of a cohort that it has built again; part of what its group is signed for. */
export const regeneratedSubject = (cohort: string): string => `regenerated:${cohort}`;

/** Who has been promoted stays in: a group's document without them would take away the signatures that they are live by. */
function groupsToSign(view: DeploymentView): Map<string, CohortView[]> {
  const cohorts = Object.values(view.cohorts);
  const toSign = cohorts.filter((c) => isSignable(c) && inTheWay(view, c).length === 0);
  const groups = new Set(toSign.map(({ group }) => group));
  const belongs = (c: CohortView) => toSign.includes(c) || (c.wave !== null && (isLiveOrRamping(c) || isSignable(c)));
  return new Map([...groups].map((group) => [group, cohorts.filter((c) => c.group === group && belongs(c))]));
}

async function describe(d: Deployment, view: DeploymentView, cohort: CohortView, again?: string): Promise<GroupCohort> {
  const regenerated = again ?? view.evidence[regeneratedSubject(cohort.id)]?.evidence.digest;
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
    ...(regenerated === undefined ? {} : { regenerated }),
    cost: {
      budgetDollars: manifest.budgetDollars,
      projectedDollarsPerMonth: Math.round(costPerAgentHour * cohort.agents * HOURS_PER_MONTH * 100) / 100,
    },
  };
}
