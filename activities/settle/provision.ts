import { SMOKE_SHARE } from '../../domain/set/chunk.ts';
import { ROOT } from '../../domain/notices/due.ts';
import { row } from '../../domain/runbook/rows.ts';
import { LATE_GRACE } from '../../domain/runbook/time-rules.ts';
import type { CohortState } from '../../clients/platform/port.ts';
import { confirmed } from './confirmed.ts';
import { allThere, byEvidence, met, type Probe, type Probes } from './facts.ts';
import { WITNESS } from './witness.ts';

/** "First ~2,000 agents": smaller deployments have no such moment. */
const FIRST_BATCH = 2000;
const HOUR_MS = 3_600_000;

const total = (cohorts: readonly CohortState[], count: (c: CohortState) => number): number =>
  cohorts.reduce((sum, c) => sum + count(c), 0);

/** Met once every cohort that is still on its way satisfies it, by the platform's counts. */
const everyCohort =
  (holds: (c: CohortState) => boolean, say: (cohorts: readonly CohortState[]) => string): Probe =>
  async (f) => {
    const cohorts = await f.platformCohorts();
    return allThere(f, cohorts) && cohorts.every(holds) ? met(f, say(cohorts)) : null;
  };

const goAhead: Probe = ({ view }) => {
  const order = Object.values(view.commands).find(
    (c) => c.outcome === 'applied' && c.kind === 'approve' && c.scope?.level === 'deployment' && c.args.decision === 'approve',
  );
  return order ? { status: 'met', doneAtMs: Date.parse(order.at), reason: `${order.person}, entry #${order.index}` } : null;
};

/** Over this long a rate means something; before, a few first credentials would decide. */
const RATE_HOURS = 1;

/**
 * At or above the target, measured from the first credential over an hour or more, or over all when that is sooner. The
 * grace of every due time (15 min of plan, 10 s of wall time) counts here too, or a small fast rehearsal could never meet it.
 */
const mintRate: Probe = async (f) => {
  const cohorts = await f.platformCohorts();
  const first = f.view.series.minted.points[0];
  if (first === undefined || f.planNow === null) return null;
  const hours = Math.max(0, f.planNow - first.planHours);
  const minted = total(cohorts, (c) => c.credentialled);
  const whole = minted === total(cohorts, (c) => c.agents);
  if (!whole && hours < RATE_HOURS) return null;
  const target = f.d.file.limits.mintTargetPerHour;
  const graceHours = (LATE_GRACE.planMs + LATE_GRACE.wallMs * f.view.clock.speed) / HOUR_MS;
  const reason = `${minted} credentials in ${hours.toFixed(1)} h of plan; the target is ${target}/h`;
  if (minted >= target * Math.max(0, hours - graceHours)) return met(f, reason);
  const due = Math.max(row('W1.10').duePlanHours, first.planHours + RATE_HOURS);
  return f.planNow < due ? null : { status: 'missed', doneAtMs: f.nowMs, reason };
};

const firstBatch: Probe = async (f) => {
  const agents = Object.values(f.view.cohorts).reduce((sum, c) => sum + c.agents, 0);
  if (agents < FIRST_BATCH) return { status: 'not-applicable', reason: `the deployment has ${agents} agents` };
  const created = total(await f.platformCohorts(), (c) => c.created);
  return created >= FIRST_BATCH ? met(f, `${created} agents exist`) : null;
};

const sampleSize = (c: CohortState): number => Math.ceil(c.agents * SMOKE_SHARE);

/** By Slack's own time of the message; a deployment that has no channel has nothing to open. */
const rootPosted: Probe = ({ d, view, nowMs }) => {
  if (d.file.slack === undefined) return { status: 'not-applicable', reason: 'the deployment file names no Slack channel' };
  const place = view.notices[ROOT]?.sent.slack?.place;
  if (place == null) return null;
  const postedMs = Number(place.ts) * 1000;
  return {
    status: 'met',
    doneAtMs: postedMs > 0 ? Math.min(postedMs, nowMs) : nowMs,
    reason: `the root message in ${place.channel}, at ${place.ts}`,
  };
};

export const PROVISION: Probes = {
  'W1.01': rootPosted,
  'W1.02': goAhead,
  'W1.03': byEvidence('set:pulled'),
  'W1.04': byEvidence('set:pulled'),
  'W1.05': byEvidence('cohort-set'),
  'W1.06': byEvidence('preflight'),
  'W1.07': firstBatch,
  'W1.08': byEvidence('hris-snapshot'),
  'W1.09': everyCohort(
    (c) => c.created === c.agents && c.bound === c.agents,
    (all) => `${total(all, (c) => c.bound)} agents created and bound`,
  ),
  'W1.10': mintRate,
  'W1.11': everyCohort(
    (c) => c.smoked >= sampleSize(c),
    (all) => `ALLOW in every sample, ${total(all, sampleSize)} agents or more`,
  ),
  'W1.12': everyCohort(
    (c) => c.credentialled === c.agents && c.smoked === c.agents,
    (all) => `${total(all, (c) => c.smoked)} credentials, each with ALLOW`,
  ),
  ...WITNESS,
  'W1.14': confirmed('W1.14'),
};
