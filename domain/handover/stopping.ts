import type { CommandKind } from '../command.ts';
import { COMMAND_CATALOGUE } from '../runbook/commands.ts';
import type { Role } from '../roles.ts';

/** One way to keep or take agents back, as the pack tells it. */
export interface WayToStop {
  what: string;
  /** As it is typed; null: this version of golive does not do it. */
  command: string | null;
  /** What to do then instead. */
  instead: string | null;
  /** Roles that may give the order after the hand-over. */
  may: Role[];
}

const AFTER_HANDOVER = Number.POSITIVE_INFINITY;

const WAYS: { kind: CommandKind; what: string; command: string; instead: string }[] = [
  {
    kind: 'hold',
    what: 'Keep cohorts from rising; what is live stays live',
    command: 'golive hold --cohort COHORT --reason WHY --as PERSON',
    instead: '',
  },
  {
    kind: 'clock',
    what: 'Let the run stand still: nothing is promoted, nothing falls due',
    command: 'golive clock stop --reason WHY --as PERSON',
    instead: '',
  },
  {
    kind: 'pause',
    what: 'Stop calls for now; golive resume takes it back',
    command: 'golive pause --cohort COHORT --reason WHY --as PERSON',
    instead: 'Pause the cohort at the platform itself, then golive hold --ceiling paused keeps it there.',
  },
  {
    kind: 'rollback',
    what: 'Take live agents back to shadow; golive promote brings them live again',
    command: 'golive rollback --cohort COHORT --reason WHY --as PERSON',
    instead: "Lower the cohort's mode to shadow at the platform itself, then golive hold keeps it there.",
  },
  {
    kind: 'halt',
    what: 'Halt agents: no call at all until two people lift it (golive lift)',
    command: 'golive halt --cohort COHORT --reason WHY --as PERSON',
    instead: 'Halt the cohort at the platform itself, then golive hold --ceiling paused keeps it there.',
  },
  {
    kind: 'halt',
    what: 'Halt everything without Temporal: at the platform, with a key of your own that can only lower',
    command: 'golive halt --all --direct --as PERSON',
    instead: 'Halt the cohorts at the platform itself.',
  },
  {
    kind: 'terminate',
    what: 'End agents for good, with a signed attestation of what they did',
    command: 'golive terminate --cohort COHORT --reason WHY --as PERSON',
    instead: 'End the agents at the platform itself, and revoke their credentials in the vault.',
  },
  {
    kind: 'shutdown',
    what: 'Stop everything of the customer, and refuse every new start',
    command: 'golive shutdown --reason WHY --as PERSON',
    instead: 'Revoke the credentials at the platform itself; golive clock stop keeps the run from going on.',
  },
];

/** In order of how much they take away. A way that is not built is told with what to do instead, never left out. */
export const waysToStop = (): WayToStop[] =>
  WAYS.map(({ kind, what, command, instead }) => {
    const { built, allowed } = COMMAND_CATALOGUE[kind];
    const may = allowed.filter((rule) => (rule.untilPlanHours ?? AFTER_HANDOVER) >= AFTER_HANDOVER).flatMap((rule) => rule.roles);
    return { what, command: built ? command : null, instead: built ? null : instead, may: [...new Set(may)] };
  });
