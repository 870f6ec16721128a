import { isSignedOff } from '../../domain/authority/quorum.ts';
import { pinBaseline } from '../baseline.ts';
import { confirmed } from './confirmed.ts';
import { DRILL } from './drill.ts';
import { allThere, met, wallOf, type Probe, type Probes } from './facts.ts';

/** Plan hours of shadow telemetry under the baseline. */
const BASELINE_HOURS = 6;

/** Running, with real verdicts and no committed write, by the platform's journal. */
const inShadow: Probe = async (f) => {
  const cohorts = await f.platformCohorts();
  if (!allThere(f, cohorts) || cohorts.some((c) => (c.byLifecycle.running ?? 0) < c.created || c.mode !== 'shadow')) return null;
  const from = f.view.clock.startedAtMs ?? f.nowMs;
  const telemetry = await f.d.tenant.platform.telemetry(f.d.name.deployment, iso(from), iso(f.nowMs), f.d.signal);
  const committed = telemetry.cohorts.reduce((sum, c) => sum + c.live.writesCommitted + c.shadow.writesCommitted, 0);
  const running = cohorts.reduce((sum, c) => sum + c.created, 0);
  if (committed > 0) return null;
  return met(f, `${running} agents run in shadow, no write committed`);
};

const examples: Probe = (f) =>
  f.active.length > 0 && f.active.every((c) => f.view.verdicts[`example:${c.id}`]?.verdict === 'pass')
    ? met(f, `${f.active.length} cohorts answered as their schema declares`)
    : null;

/** Six hours after every cohort ran: what they did is pinned by digest. */
const baseline: Probe = async (f) => {
  const since = f.view.milestones['W2.01'];
  if (since?.doneAt == null || since.donePlanHours === null) return null;
  const to = wallOf(f, since.donePlanHours + BASELINE_HOURS);
  if (to === undefined || f.nowMs < to) return null;
  const evidence = await pinBaseline(f.d, since.doneAt, iso(to));
  return { ...met(f, `${BASELINE_HOURS} hours of shadow telemetry`), doneAtMs: to, evidence };
};

/** Signed for each group; at its hour, whoever is not signed for is held in shadow by name and the others proceed. */
const signedOff: Probe = (f) => {
  const groups = Object.keys(f.view.groupEvidence);
  const signed = groups.filter((g) => isSignedOff(f.state, g));
  if (groups.length === 0 || signed.length === 0) return null;
  const open = groups.filter((g) => !signed.includes(g));
  if (open.length === 0) return met(f, `${signed.length} groups, three executives each`);
  const due = wallOf(f, 48);
  return due !== undefined && f.nowMs >= due
    ? met(f, `${signed.length} groups signed; held in shadow: ${open.join(', ')}`)
    : null;
};

const iso = (ms: number): string => new Date(ms).toISOString();

export const VALIDATE: Probes = {
  'W2.01': inShadow,
  'W2.02': examples,
  'W2.03': baseline,
  ...DRILL,
  'W2.08': confirmed('W2.08'),
  'W2.09': confirmed('W2.09'),
  'W2.11': signedOff,
};
