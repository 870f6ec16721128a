import type { Command } from '../command.ts';
import type { DeploymentFile } from '../deployment-file.ts';
import { addHold, exemptFrom, releaseHold, type Hold } from '../hold.ts';
import { approvalValidUntil } from '../set/approval.ts';
import { liftedBy } from './lifting.ts';
import { needsPersonal } from './quorum.ts';
import { own, subjects, type Decision, type DeploymentStateView, type Judgement } from './context.ts';

/**
 * The state after an order was judged: its answer is kept by its id, and what an applied decision counts for is counted.
 * A refused order changes nothing but `seen`. What follows from it in the world (gates, milestones, cohorts) is not said here.
 */
export const record = (
  state: DeploymentStateView,
  command: Command,
  judgement: Judgement,
  file: DeploymentFile,
  principal?: string,
): DeploymentStateView => {
  // Own names only: a forger must not be able to use up somebody else's command id.
  const unsigned =
    judgement.verdict === 'refused' && (judgement.code === 'signature_invalid' || judgement.code === 'unknown_person');
  if (unsigned || own(state.seen, command.id) !== undefined) return state;
  const seen = { ...state.seen, [command.id]: judgement };
  return judgement.verdict === 'applied'
    ? { ...lent(recordApplied(state, command, file), command, principal), seen }
    : { ...state, seen };
};

const recordApplied = (state: DeploymentStateView, command: Command, file: DeploymentFile): DeploymentStateView => {
  switch (command.kind) {
    case 'approve':
      return command.scope.level === 'set' ? setApproval(state, command, file) : decide(state, command, subjects.goAhead);
    case 'sign':
      return command.scope.names.reduce((s, group) => signed(s, command, group), state);
    case 'confirm':
      return held(count(state, command, subjects.confirm(command.scope.names[0] ?? '')), command);
    case 'waive':
      return count(state, command, subjects.waive(command.scope.names[0] ?? ''));
    case 'hold':
      return held(state, command);
    case 'release':
    case 'resume':
    case 'promote':
      return released(state, command);
    case 'lift':
      return released(count(state, command, subjects.lift(command.args.holdId ?? '', command.scope)), command);
    case 'clock':
      return clock(state, command);
    default:
      return state;
  }
};

/**
 * The holds that an applied order makes: a `hold` makes one under its own id; the no-goes of W2.08 make one per cohort,
 * which the Customer Lead who said no takes back.
 */
export const holdsMadeBy = (command: Command): Hold[] => {
  const { id, args, person: by, issuedAt: since } = command;
  if (command.kind === 'hold') {
    const { ceiling = 'shadow', releasedBy = 'deployment-lead' } = args;
    return [{ id, scope: command.scope, ceiling, by, why: command.reason, since, releasedBy }];
  }
  if (command.kind !== 'confirm') return [];
  return Object.entries(args.noGo ?? {}).map(([cohort, why]) => ({
    id: `${id}/${cohort}`,
    scope: { level: 'cohort', names: [cohort] },
    ceiling: 'shadow',
    by,
    why,
    since,
    releasedBy: 'customer-lead',
  }));
};

const held = (state: DeploymentStateView, command: Command): DeploymentStateView => ({
  ...state,
  holds: holdsMadeBy(command).reduce(addHold, state.holds),
});

const released = (state: DeploymentStateView, command: Command): DeploymentStateView => {
  const stone = { by: command.person, at: command.issuedAt };
  const holds = liftedBy(command, state).reduce((set, { hold, cohorts, agents, last }) => {
    const some = last ? undefined : (cohorts ?? agents);
    return some ? exemptFrom(set, hold, some) : releaseHold(set, hold, stone);
  }, state.holds);
  return { ...state, holds };
};

const clock = (state: DeploymentStateView, { args }: Command): DeploymentStateView => {
  if (args.clock === 'stop') return { ...state, clockRunning: false };
  if (args.clock !== 'start') return state;
  return { ...state, started: true, clockRunning: true, window: state.window === 'countdown' ? 'provision' : state.window };
};

const setApproval = (state: DeploymentStateView, command: Command, file: DeploymentFile): DeploymentStateView => {
  const decided = decide(state, command, subjects.set);
  if (command.args.decision !== 'approve') return decided;
  const until = approvalValidUntil(command.issuedAt, command.expiresAt, file.limits.approvalValidDays);
  return { ...decided, setApprovedUntil: { ...state.setApprovedUntil, [command.role]: until } };
};

const signed = (state: DeploymentStateView, command: Command, group: string): DeploymentStateView => {
  const after = decide(state, command, subjects.sign(group));
  if (!needsPersonal(state, group)) return after;
  const others = (own(state.personal, group) ?? []).filter((role) => role !== command.role);
  const isPersonal = command.attestation === undefined && command.args.decision === 'approve';
  return { ...after, personal: { ...state.personal, [group]: isPersonal ? [...others, command.role] : others } };
};

/** Who stands behind each voice of an order: nobody, unless it was given under a delegation. */
const lent = (state: DeploymentStateView, command: Command, principal: string | undefined): DeploymentStateView => {
  const named = command.kind === 'sign' || command.kind === 'confirm' || command.kind === 'waive';
  return (named ? command.scope.names : []).reduce((s, name) => {
    const subject = subjects[command.kind as 'sign' | 'confirm' | 'waive'](name);
    const behind = withoutRole(own(s.behind, subject), command);
    if (principal !== undefined) behind[command.role] = principal;
    return Object.keys(behind).length === 0 && own(s.behind, subject) === undefined
      ? s
      : { ...s, behind: { ...s.behind, [subject]: behind } };
  }, state);
};

/** For or against; each takes the place of the other in the same role. */
const decide = (state: DeploymentStateView, command: Command, subject: string): DeploymentStateView => {
  const [to, from] = command.args.decision === 'reject' ? (['rejected', 'decided'] as const) : (['decided', 'rejected'] as const);
  return {
    ...state,
    [to]: { ...state[to], [subject]: { ...own(state[to], subject), [command.role]: command.person } },
    [from]: { ...state[from], [subject]: withoutRole(own(state[from], subject), command) },
  };
};

const count = (state: DeploymentStateView, { role, person }: Command, subject: string): DeploymentStateView => ({
  ...state,
  decided: { ...state.decided, [subject]: { ...own(state.decided, subject), [role]: person } },
});

const withoutRole = (decision: Decision | undefined, { role }: Command): Decision =>
  Object.fromEntries(Object.entries(decision ?? {}).filter(([other]) => other !== role));
