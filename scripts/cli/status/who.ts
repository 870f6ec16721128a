import type { DeploymentFile } from '../../../domain/deployment-file.ts';
import { EXECUTIVE_ROLES, ROLE_TITLES, STANDING_ROLES, type Role } from '../../../domain/roles.ts';
import { COMMAND_CATALOGUE, HANDOVER_PLAN_HOURS, type CatalogueEntry } from '../../../domain/runbook/commands.ts';
import { COMMAND_KINDS } from '../../../domain/command.ts';
import { ROWS, rowOwners } from '../../../domain/runbook/rows.ts';
import { personById } from '../../../domain/set/approval.ts';
import { holders } from '../../../domain/waiting/ask.ts';
import { cut, wrap, type Paint } from '../paint.ts';

const ALL: readonly Role[] = [...STANDING_ROLES, ...EXECUTIVE_ROLES];

/** Who holds which role, who stands in, and what each may do beyond what everybody may. */
export function whoLines(file: DeploymentFile, { paint, width }: { paint: Paint; width: number }): string[] {
  const everybody = COMMAND_KINDS.filter((kind) => COMMAND_CATALOGUE[kind].built && mayAll(COMMAND_CATALOGUE[kind]));
  const roles = ALL.flatMap((role) => {
    const people = holders(file, role).map((id) => {
      const person = personById(file, id);
      return `${person?.name ?? id} (${id}${person?.roles.includes(role) === true ? '' : ', deputy'})`;
    });
    const may = [
      ...COMMAND_KINDS.filter((kind) => !everybody.includes(kind)).flatMap((kind) => mayWords(kind, role)),
      ...confirms(role),
    ];
    return [
      `${paint.bold(ROLE_TITLES[role].padEnd(24))}${people.length > 0 ? cut(people.join(' · '), width - 24) : paint.bad('nobody')}`,
      ...wrap(may.length > 0 ? may.join(', ') : 'nothing but what everybody may', width - 24).map(
        (line) => `${' '.repeat(24)}${paint.dim(line)}`,
      ),
    ];
  });
  return [
    ...roles,
    '',
    ...wrap(
      `Everybody with a role may: ${everybody.join(', ')} (a release is for the role that the hold names, a confirmation or waiver for the row's).`,
      width,
    ),
    `${file.startedBy} starts the deployment, and neither approves nor signs off.`,
  ];
}

const mayAll = (entry: CatalogueEntry): boolean =>
  entry.allowed.some((rule) => rule.levels === undefined && ALL.every((role) => rule.roles.includes(role)));

function mayWords(kind: (typeof COMMAND_KINDS)[number], role: Role): string[] {
  const entry = COMMAND_CATALOGUE[kind];
  if (!entry.built) return [];
  return entry.allowed
    .filter((rule) => rule.roles.includes(role))
    .map((rule) => {
      const about = kind === 'approve' ? (rule.levels?.[0] === 'set' ? ' set' : ' go-ahead') : '';
      const until = rule.untilPlanHours === undefined ? '' : ` until T+${rule.untilPlanHours}`;
      const from = rule.fromPlanHours === undefined ? '' : ` from T+${rule.fromPlanHours}`;
      return `${kind}${about}${until}${from}`;
    });
}

const confirms = (role: Role): string[] =>
  ROWS.filter((r) => r.confirmedBy === 'confirm' && r.waivedBecause === undefined && rowOwners(r).includes(role)).map(
    (r) => `confirm ${r.id}`,
  );

export function whoJson(file: DeploymentFile): Record<string, unknown> {
  return {
    startedBy: file.startedBy,
    handoverPlanHours: HANDOVER_PLAN_HOURS,
    roles: ALL.map((role) => ({
      role,
      title: ROLE_TITLES[role],
      holders: file.people.filter((p) => p.roles.includes(role)).map((p) => p.id),
      deputies: file.people.filter((p) => !p.roles.includes(role) && p.deputyOf.includes(role)).map((p) => p.id),
      may: [...COMMAND_KINDS.flatMap((kind) => mayWords(kind, role)), ...confirms(role)],
    })),
    people: file.people.map(({ id, name, email, roles, deputyOf, slack, contactHours }) => ({
      id,
      name,
      email,
      roles,
      deputyOf,
      slack,
      contactHours,
    })),
  };
}
