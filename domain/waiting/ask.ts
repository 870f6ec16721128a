import { own, subjects, type Decision, type DeploymentStateView } from '../authority/context.ts';
import { actingFor } from '../authority/delegation.ts';
import { samePerson } from '../authority/order.ts';
import { missingConfirmations } from '../authority/quorum.ts';
import type { CommandKind } from '../command.ts';
import type { DeploymentFile } from '../deployment-file.ts';
import { isSettled, statusOf } from '../gate.ts';
import type { Role } from '../roles.ts';
import { holdsRole, personById } from '../set/approval.ts';
import type { CommandView, DeploymentView } from '../view.ts';

/** Somebody whose order the run cannot go on without, or will soon need. */
export interface Waiting {
  /** The same as long as it is the same thing that is waited for: `sign/cfo`, `go/gate-1`. */
  id: string;
  role: Role;
  /** Who may do it now, by their ids in the deployment file: holders of the role, deputies, those to whom it was delegated. Empty: nobody can. */
  persons: string[];
  /** What they are asked for, to follow "to": `sign 12 cohort groups`. */
  what: string;
  /** Since when, ISO 8601. */
  since: string | null;
  /** Cohort groups to sign for. */
  groups?: readonly string[];
  /** Arguments of `golive`, as the first of the persons would give them. */
  command: string[];
  /** What they run before it: `golive …` writes the report, as JSON to its standard output, that `command` names as a file. */
  report?: { command: string[]; file: string };
}

export interface Situation {
  view: DeploymentView;
  file: DeploymentFile;
  state: DeploymentStateView;
  nowIso: string;
  /** Negative infinity before T-0. */
  plan: number;
}

interface Asked {
  id: string;
  role: Role;
  what: string;
  since: string | null | undefined;
  verb: string[];
  /** Who was counted in the same matter: nobody is asked to be counted twice. */
  voices?: readonly Decision[];
  report?: Waiting['report'];
  groups?: readonly string[];
}

export function ask(s: Situation, { id, role, what, since, verb, voices = [], report, groups }: Asked): Waiting {
  const { file } = s;
  const impartial = verb[0] === 'approve' || verb[0] === 'sign';
  const counted = voices.flatMap((voice) => Object.values(voice));
  const others = impartial ? [...counted, file.startedBy] : counted;
  // Who acts for somebody is counted with them.
  const candidates = [...holders(file, role).map((person) => [person]), ...delegates(s, role, verb)];
  const free = candidates.filter((ids) => !ids.some((one) => others.some((other) => samePerson(file, other, one))));
  const persons = [...new Set(free.flatMap(([person]) => person ?? []))];
  const [first] = persons;
  return {
    id,
    role,
    persons,
    what,
    since: since ?? null,
    command: [...verb, ...(first === undefined ? [] : asPerson(file, first, role))],
    ...(report === undefined ? {} : { report }),
    ...(groups === undefined ? {} : { groups }),
  };
}

/** Those who hold a role first-hand, then its deputies. */
export const holders = (file: DeploymentFile, role: Role): string[] => {
  const all = file.people.filter((p) => holdsRole(p, role));
  return [...all.filter((p) => p.roles.includes(role)), ...all.filter((p) => !p.roles.includes(role))].map((p) => p.id);
};

/** Each with the one in whose place they act. Availability (C4) is everybody's own. */
const delegates = ({ view, file, nowIso }: Situation, role: Role, [kind, what]: readonly string[]): string[][] =>
  what === 'C4'
    ? []
    : actingFor(view, file, { role, kind: kind as CommandKind }, nowIso).map(({ to, principal }) => [to, principal]);

/** The role is said only where the person has several, or acts in one that is not theirs, and could mean another. */
const asPerson = (file: DeploymentFile, id: string, role: Role): string[] => {
  const person = personById(file, id);
  const theirs = new Set([...(person?.roles ?? []), ...(person?.deputyOf ?? [])]);
  return ['--as', id, ...(theirs.size > 1 || !theirs.has(role) ? ['--role', role] : [])];
};

export const isApplied = (c: CommandView, kind: CommandKind): boolean => c.outcome === 'applied' && c.kind === kind;

export const appliedOrder = (view: DeploymentView, kind: CommandKind, fits: (c: CommandView) => boolean): boolean =>
  Object.values(view.commands).some((c) => isApplied(c, kind) && fits(c));

export const lastSettled = ({ view }: Situation, rows: readonly string[]): string | null =>
  latest(rows.map((id) => view.milestones[id]?.at));

export const latest = (times: readonly (string | null | undefined)[]): string | null =>
  times.reduce<string | null>((last, time) => (time != null && (last === null || time > last) ? time : last), null);

export function confirmation(
  s: Situation,
  row: string,
  what: string,
  since: readonly (string | null | undefined)[],
  { options = [], report }: { options?: readonly string[]; report?: Waiting['report'] } = {},
): Waiting[] {
  if (isSettled(statusOf(row, s.state.milestones))) return [];
  return missingConfirmations(s.state, row).map((role) =>
    ask(s, {
      id: `confirm-${row}/${role}`,
      role,
      what,
      since: latest(since),
      verb: ['confirm', row, ...options],
      ...(report === undefined ? {} : { report }),
      voices: [own(s.state.decided, subjects.confirm(row)) ?? {}, own(s.state.behind, subjects.confirm(row)) ?? {}],
    }),
  );
}
