import type { CohortState, Platform } from '../../clients/platform/port.ts';
import type { LogReader } from '../../clients/recorder/reader.ts';
import { planHours, wallAt } from '../../domain/clock.ts';
import type { DeploymentStateView } from '../../domain/authority/context.ts';
import { stateViewOf } from '../../domain/state-view.ts';
import type { CohortView, DeploymentView } from '../../domain/view.ts';
import type { Deployment } from '../deployment.ts';
import type { Settled } from './milestone.ts';

/** What a probe may look at, read once per round: the fold of the log, and the platform when a probe asks for it. */
export interface Facts {
  d: Deployment;
  view: DeploymentView;
  state: DeploymentStateView;
  nowMs: number;
  /** Null before T-0. */
  planNow: number | null;
  /** Cohorts that are still on their way: not isolated, parked or held; those are named in the reason instead. */
  active: CohortView[];
  aside: CohortView[];
  /** The platform's own counts of the active cohorts. */
  platformCohorts(): Promise<CohortState[]>;
  escalations: () => ReturnType<Platform['escalations']>;
  /** The next manager-approved writes after those that the log has already. */
  nextWrites: () => ReturnType<Platform['writes']>;
  orchestrations: () => ReturnType<Platform['orchestrations']>;
  /** How far the log is published and witnessed, by its own word. */
  audit: () => ReturnType<LogReader['audit']>;
}

/** Null: not yet. */
export type Probe = (facts: Facts) => Promise<Settled | null> | Settled | null;
export type Probes = Record<string, Probe>;

/** As many as the platform gives in one answer. */
export const WRITES_AT_ONCE = 1000;

export function factsOf(d: Deployment, view: DeploymentView): Facts {
  const nowMs = d.now();
  const { platform } = d.tenant;
  const { deployment } = d.name;
  const aside = Object.values(view.cohorts).filter((c) => c.phase === 'isolated' || c.phase === 'parked' || c.phase === 'held');
  const names = new Set(aside.map((c) => c.id));
  const active = Object.values(view.cohorts).filter((c) => !names.has(c.id));
  return {
    d,
    view,
    state: stateViewOf(view, d.file, d.setDigest),
    nowMs,
    planNow: planHours(view.clock, nowMs),
    active,
    aside,
    platformCohorts: once(async () => (await platform.cohorts(deployment, d.signal)).filter((c) => !names.has(c.cohort))),
    escalations: once(() => platform.escalations(deployment, { limit: 50, synthetic: false }, d.signal)),
    nextWrites: once(() => platform.writes(deployment, WRITES_AT_ONCE, d.signal, view.writes.count)),
    orchestrations: once(() => platform.orchestrations(deployment, 1, d.signal)),
    audit: once(() => d.tenant.log.audit(d.signal)),
  };
}

/** The platform may know fewer cohorts than are on their way; then nothing can be said of all of them. */
export const allThere = ({ active }: Facts, cohorts: readonly CohortState[]): boolean =>
  cohorts.length > 0 && active.every((a) => cohorts.some((c) => c.cohort === a.id));

function once<T>(read: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => (result ??= read());
}

/** Settled by a document in the log: it was recorded when the work was done. */
export const byEvidence =
  (subject: string): Probe =>
  ({ view }) => {
    const found = view.evidence[subject];
    return found ? { status: 'met', doneAtMs: Date.parse(found.at), reason: found.summary, evidence: found.evidence } : null;
  };

export const met = (facts: Facts, reason?: string): Settled => ({
  status: 'met',
  doneAtMs: facts.nowMs,
  reason: withAside(facts, reason),
});

/** Who is not counted is named, so that "every cohort" says which. */
export function withAside({ aside }: Facts, reason = ''): string {
  if (aside.length === 0) return reason;
  const named = aside.map((c) => `${c.id} (${c.code ?? c.phase ?? ''})`).join(', ');
  return `${reason}${reason === '' ? '' : '; '}without ${named}`.slice(0, 2000);
}

/** Wall time of a plan hour on the clock as it is, or undefined while it stands still. */
export const wallOf = (facts: Facts, hours: number): number | undefined => wallAt(facts.view.clock, hours) ?? undefined;
