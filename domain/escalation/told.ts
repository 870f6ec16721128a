import { isReachable } from '../contact-hours.ts';
import type { DeploymentFile } from '../deployment-file.ts';
import { ESCALATION_LEVELS, type EscalationLevel } from '../notices/entries.ts';
import type { Role } from '../roles.ts';
import { APPROVING_ROLES, personById } from '../set/approval.ts';
import { holders } from '../waiting/ask.ts';
import type { DeploymentView } from '../view.ts';
import type { Ask } from './asks.ts';
import { answeredBy } from './ended.ts';

export interface Told {
  view: Pick<DeploymentView, 'delegations'>;
  file: DeploymentFile;
  nowMs: number;
  /** Who has it in hand, instead of its owner. */
  handedTo: string | null;
}

/**
 * Whom a level tells. Whoever is waited for hears of it every time: their deputies from the second level on, or at once
 * when none of them can be reached at this hour. Besides, the level's own people, likewise.
 */
export function toldAt(
  level: EscalationLevel,
  ask: Pick<Ask, 'id' | 'owner' | 'persons'>,
  { view, file, nowMs, handedTo }: Told,
): string[] {
  const later = level !== ESCALATION_LEVELS[0];
  const awaited = handedTo === null ? withDeputies(file, ask.owner, ask.persons, nowMs, later) : [handedTo];
  return [...new Set([...awaited, ...watching(view, ask, nowMs), ...levelPeople(level, file, nowMs)])];
}

/** Whom the role's holder asked to watch with them: they are told, and decide nothing. */
const watching = ({ delegations }: Told['view'], { id, owner }: Pick<Ask, 'id' | 'owner'>, nowMs: number): string[] => {
  const kind = answeredBy(id);
  return Object.values(delegations)
    .filter((d) => d.mode === 'watch' && d.role === owner && d.revoked === null && Date.parse(d.until) > nowMs)
    .filter((d) => kind === undefined || d.kinds.includes(kind))
    .map((d) => d.to);
};

function levelPeople(level: EscalationLevel, file: DeploymentFile, nowMs: number): string[] {
  const holding = (role: Role): string[] => withDeputies(file, role, holders(file, role), nowMs, false);
  switch (level) {
    case 'on-call':
      return holding('arx-standby');
    case 'deployment-lead':
      return holding('deployment-lead');
    case 'platform-lead': {
      const named = file.platformLead === undefined ? undefined : personById(file, file.platformLead);
      if (named) return [named.id];
      const standby = holders(file, 'arx-standby');
      const deputies = standby.filter((id) => isDeputy(file, id, 'arx-standby'));
      return deputies.length > 0 ? deputies : standby;
    }
    case 'executives':
      return APPROVING_ROLES.flatMap(holding);
  }
}

/** Those of `persons` who hold the role or act for who does; their deputies too when asked for, or when nobody else is reachable. */
function withDeputies(
  file: DeploymentFile,
  role: Role,
  persons: readonly string[],
  nowMs: number,
  deputiesToo: boolean,
): string[] {
  const first = persons.filter((id) => !isDeputy(file, id, role));
  const reachable = first.some((id) => isReachable(personById(file, id)?.contactHours, nowMs));
  return deputiesToo || !reachable ? [...persons] : first;
}

const isDeputy = (file: DeploymentFile, id: string, role: Role): boolean => {
  const person = personById(file, id);
  return person !== undefined && !person.roles.includes(role) && person.deputyOf.includes(role);
};
