import type { Command, CommandKind, IncidentAct, Scope } from '../command.ts';
import { findRow } from '../runbook/rows.ts';
import { clause, list, roleName } from './words.ts';

/** @example scopeWords({ level: 'group', names: ['engineering-ic'] }) // 'engineering-ic' */
export function scopeWords({ level, names }: Scope): string {
  if (level === 'set') return 'the manifest set';
  if (level === 'customer') return 'everything of the customer';
  if (level === 'deployment' || names.length === 0) return 'the deployment';
  if (level === 'wave') return `wave ${list(names)}`;
  if (level === 'gate') return list(names.map((name) => name.replace(/^gate-/, 'gate ')));
  return list(names);
}

const VERBS: Record<CommandKind, string> = {
  go: 'says go for',
  approve: 'approves',
  sign: 'signs',
  promote: 'promotes',
  hold: 'holds',
  release: 'releases',
  pause: 'pauses',
  resume: 'resumes',
  confirm: 'confirms',
  ack: 'acknowledges',
  waive: 'waives',
  retry: 'retries',
  clock: 'changes the T-clock',
  rollback: 'rolls back',
  halt: 'halts',
  terminate: 'terminates',
  reissue: 'reissues the credentials of',
  reconcile: 'reconciles',
  shutdown: 'shuts down',
  distrust: 'distrusts',
  delegate: 'delegates for',
  revoke: 'revokes a delegation for',
  lift: 'lifts the stop of',
  incident: 'writes about an incident in',
};

/** Kinds whose reason is worth the line; with the others the reason is a formality. */
const WITH_REASON: ReadonlySet<CommandKind> = new Set([
  'hold',
  'pause',
  'waive',
  'rollback',
  'halt',
  'terminate',
  'shutdown',
  'distrust',
]);

/** @example 'CHRO approves the manifest set' @example 'Deployment Lead holds sales-ic: error rate' */
export function commandWords(command: Command): string {
  const { kind, args, reason } = command;
  const telling = WITH_REASON.has(kind) || args.decision === 'reject' || isExplanation(command);
  const why = telling && reason.trim() ? `: ${clause(reason)}` : '';
  const by = command.delegation === undefined ? '' : ` (${command.person} in their place)`;
  return `${roleName(command.role)}${by} ${orderWords(command)}${why}`;
}

/** A row that facts meet is not confirmed but explained. */
const isExplanation = ({ kind, scope }: Command): boolean =>
  kind === 'confirm' && findRow(scope.names[0] ?? '')?.owner === 'auto';

function amongPeople({ kind, args }: Command): string | undefined {
  if (kind === 'ack' && args.escalation !== undefined)
    return args.handTo === undefined ? `takes on ${args.escalation}` : `hands ${args.escalation} to ${args.handTo}`;
  if (kind === 'revoke' && args.delegationId !== undefined) return `revokes delegation ${args.delegationId}`;
  if (kind === 'incident' && args.incident !== undefined) return incidentWords(args.incident);
  if (kind !== 'delegate' || args.delegation === undefined) return undefined;
  const { to, mode, kinds, groups, until } = args.delegation;
  const about = groups === undefined ? '' : ` for ${list(groups)}`;
  return mode === 'watch' ? `lets ${to} watch until ${until}` : `lets ${to} ${list(kinds)}${about} in their place until ${until}`;
}

const incidentWords = ({ id = '', act }: IncidentAct): string => {
  if (act === 'open') return 'opens an incident';
  if (act === 'ack') return `takes on ${id}`;
  return act === 'close' ? `closes ${id}` : `says about ${id}: ${act.replace('-', ' ')}`;
};

function orderWords(command: Command): string {
  const { kind, scope, args } = command;
  if (isExplanation(command)) return `explains ${scopeWords(scope)}`;
  if (args.decision === 'reject') return `rejects ${scopeWords(scope)}`;
  if (kind === 'approve' && scope.level === 'deployment') return 'gives the go-ahead';
  if (kind === 'release' && args.holdId !== undefined) return `releases hold ${args.holdId}`;
  const among = amongPeople(command);
  if (among !== undefined) return among;
  if (kind === 'confirm' && args.role !== undefined) return `confirms: ${roleName(args.role)} is available for the whole 72 h`;
  if (kind === 'confirm' && args.evidence !== undefined) {
    return `confirms ${scopeWords(scope)} on report ${args.evidence.slice(0, 'sha256:'.length + 12)}`;
  }
  if (kind === 'confirm' && args.noGo && Object.keys(args.noGo).length > 0) {
    return `confirms ${scopeWords(scope)}, with no go for ${list(Object.keys(args.noGo))}`;
  }
  if (kind === 'clock') {
    if (args.clock === 'rebaseline') return `sets the T-clock back by ${args.shiftHours ?? 0} h`;
    return `${args.clock === 'stop' ? 'stops' : 'starts'} the T-clock`;
  }
  return `${VERBS[kind]} ${scopeWords(scope)}`;
}
