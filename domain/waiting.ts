import { own, subjects } from './authority/context.ts';
import { promotable } from './authority/promotable.ts';
import { missingApprovals, missingConfirmations, validApprovals } from './authority/quorum.ts';
import { planHours, wallAt } from './clock.ts';
import type { DeploymentFile } from './deployment-file.ts';
import { plural } from './describe/words.ts';
import { isSettled, statusOf, unmetExits } from './gate.ts';
import { SHAPES, type Shape } from './mode.ts';
import { HANDOVER_PLAN_HOURS, rolesAllowed } from './runbook/commands.ts';
import { GATES } from './runbook/gates.ts';
import { rowsOf } from './runbook/rows.ts';
import { WAVES } from './runbook/waves.ts';
import { acceptSubject, stateViewOf } from './state-view.ts';
import type { DeploymentView } from './view.ts';
import { appliedOrder, ask, confirmation, lastSettled, latest, type Situation, type Waiting } from './waiting/ask.ts';
import { silentQueues } from './waiting/drill.ts';
import { logReviews } from './waiting/security.ts';
import { signatures } from './waiting/sign.ts';
import { afterStops } from './waiting/stops.ts';

export type { Waiting } from './waiting/ask.ts';

/** Plan hour from which the evidence is there that W2.08 reviews. */
const REVIEW_FROM = 38;
/** A wave may be promoted this many plan hours before it opens; it starts at its hour all the same. */
const PROMOTE_AHEAD = 5 / 60;

/**
 * Who is being waited for, in the order of the runbook: what `status` shows, and all that a scripted person acts on.
 * Pure: the fold of the log, the signed deployment file, the time. An order whose consequences are still on their way into
 * the log is not asked for a second time.
 */
export function waitingFor(view: DeploymentView, file: DeploymentFile, nowMs: number): Waiting[] {
  if (view.header.openedAt === null || view.header.closedAt !== null) return [];
  const state = stateViewOf(view, file, manifestSetDigestOf(view));
  const s: Situation = {
    view,
    file,
    state,
    nowIso: new Date(nowMs).toISOString(),
    plan: planHours(view.clock, nowMs) ?? Number.NEGATIVE_INFINITY,
  };
  return [
    ...setApprovals(s),
    ...availability(s),
    ...clockStart(s),
    ...goAhead(s),
    ...review(s),
    ...logReviews(s),
    ...silentQueues(s),
    ...signatures(s),
    ...waves(s),
    ...afterStops(s),
    ...handOver(s),
    ...gates(s),
  ];
}

/** The set that orders are about now. Empty as long as none was looked at. */
export const manifestSetDigestOf = (view: DeploymentView): string =>
  view.set.verified?.manifestSetDigest ?? view.header.manifestSetDigest ?? '';

function setApprovals(s: Situation): Waiting[] {
  const { view, state } = s;
  if (view.set.verified === null || own(state.decided, subjects.goAhead) !== undefined) return [];
  const rejected = own(state.rejected, subjects.set) ?? {};
  const voices = { ...validApprovals(state, s.nowIso), ...rejected };
  return missingApprovals(state, s.nowIso)
    .filter((role) => rejected[role] === undefined)
    .map((role) =>
      ask(s, {
        id: `approve-set/${role}`,
        role,
        what: 'approve the manifest set',
        since: view.set.verified?.at,
        verb: ['approve', 'set'],
        voices: [voices],
      }),
    );
}

function availability(s: Situation): Waiting[] {
  if (isSettled(statusOf('C4', s.state.milestones))) return [];
  return missingConfirmations(s.state, 'C4').map((role) =>
    ask(s, {
      id: `confirm-C4/${role}`,
      role,
      what: 'confirm availability for the whole 72 hours',
      since: s.view.header.openedAt,
      verb: ['confirm', 'C4'],
    }),
  );
}

/** T-0, once what people and set owe is there (the prerequisites are read at that very moment); or a clock that was stopped. */
function clockStart(s: Situation): Waiting[] {
  const { view, state } = s;
  const start = { role: 'deployment-lead' as const, verb: ['clock', 'start'] };
  if (!state.started) {
    const rows = rowsOf('countdown').filter((r) => r.id.startsWith('C'));
    const open = unmetExits('countdown', state.milestones).some((id) => id.startsWith('C'));
    if (open || view.set.verified === null || appliedOrder(view, 'clock', (c) => c.args.clock === 'start')) return [];
    return [
      ask(s, {
        ...start,
        id: 'clock-start',
        what: 'start the T-clock',
        since: lastSettled(
          s,
          rows.map((r) => r.id),
        ),
      }),
    ];
  }
  const { stoppedAtMs } = view.clock;
  if (stoppedAtMs === null || appliedOrder(view, 'clock', (c) => c.args.clock === 'start' && Date.parse(c.at) >= stoppedAtMs))
    return [];
  return [ask(s, { ...start, id: 'clock-restart', what: 'let the T-clock go on', since: new Date(stoppedAtMs).toISOString() })];
}

function goAhead(s: Situation): Waiting[] {
  const { state, view } = s;
  if (!state.started || state.window !== 'provision' || missingApprovals(state, s.nowIso).length > 0) return [];
  if (own(state.decided, subjects.goAhead) !== undefined || own(state.rejected, subjects.goAhead) !== undefined) return [];
  return [
    ask(s, {
      id: 'go-ahead',
      role: 'customer-lead',
      what: 'give the go-ahead',
      since: view.header.startedAt,
      verb: ['approve', 'go-ahead'],
    }),
  ];
}

function review(s: Situation): Waiting[] {
  const evidence = Object.values(s.view.groupEvidence);
  if (s.state.window !== 'validate' || s.plan < REVIEW_FROM || evidence.length === 0) return [];
  return confirmation(
    s,
    'W2.08',
    'review the telemetry and say go or no-go per cohort',
    evidence.map((e) => e.at),
  );
}

function waves(s: Situation): Waiting[] {
  if (!s.state.gatesPassed.includes('gate-2') || !s.state.clockRunning) return [];
  return SHAPES.filter((shape) => isWaveDue(s, shape)).map((shape) => {
    const { opensAt, after } = WAVES[shape];
    const role = rolesAllowed('promote', 'wave', s.plan)[0] ?? 'deployment-lead';
    const opened = wallAt(s.view.clock, opensAt - PROMOTE_AHEAD);
    const since = latest([
      opened === null ? null : new Date(opened).toISOString(),
      after === null ? null : s.view.milestones[after]?.at,
      s.view.gates['gate-2']?.at,
    ]);
    const { cohorts } = promotable(s.state, { level: 'wave', names: [shape] });
    return ask(s, {
      id: `promote/${shape}`,
      role,
      what: `promote the ${shape} wave, ${plural(cohorts.length, 'cohort')}`,
      since,
      verb: ['promote', shape],
    });
  });
}

function isWaveDue({ view, state, plan }: Situation, shape: Shape): boolean {
  const { opensAt, promoted, after } = WAVES[shape];
  if (plan < opensAt - PROMOTE_AHEAD || own(view.waves, shape) !== undefined || isSettled(statusOf(promoted, state.milestones)))
    return false;
  if (after !== null && !isSettled(statusOf(after, state.milestones))) return false;
  if (appliedOrder(view, 'promote', (c) => c.scope?.level === 'wave' && c.scope.names.includes(shape))) return false;
  return promotable(state, { level: 'wave', names: [shape] }).cohorts.some((id) => view.cohorts[id]?.phase === 'signed-off');
}

function handOver(s: Situation): Waiting[] {
  if (s.state.window !== 'golive' || s.plan < HANDOVER_PLAN_HOURS) return [];
  const hour = wallAt(s.view.clock, HANDOVER_PLAN_HOURS);
  const from = hour === null ? null : new Date(hour).toISOString();
  const pack = own(s.view.evidence, acceptSubject('W3.13'));
  return [
    ...(pack === undefined ? [] : confirmation(s, 'W3.13', 'read the pack (golive handover) and accept ownership', [pack.at])),
    ...confirmation(s, 'W3.15', 'confirm the deliverable schedule', [from]),
  ];
}

function gates(s: Situation): Waiting[] {
  const gate = GATES.find((g) => g.window === s.state.window);
  if (gate === undefined || !s.state.clockRunning || unmetExits(gate.window, s.state.milestones).length > 0) return [];
  if (appliedOrder(s.view, 'go', (c) => c.scope?.names[0] === gate.id)) return [];
  return [
    ask(s, {
      id: `go/${gate.id}`,
      role: 'deployment-lead',
      what: `say go for ${gate.name}`,
      since: lastSettled(s, gate.exits),
      verb: ['go', gate.id],
    }),
  ];
}
