import { formatT } from '../clock.ts';
import type { DeploymentFile } from '../deployment-file.ts';
import type { Role } from '../roles.ts';
import { rowOwners, rowsOf } from '../runbook/rows.ts';

export interface Check {
  when: string;
  what: string;
  owner: Role;
  /** As it is typed; null: looked at elsewhere. */
  command: string | null;
}

/** What Operations look at from the first day on, and what the runbook still wants after T+72. */
export const firstWeekChecks = ({ bucket, prefix }: DeploymentFile['audit']): Check[] => [
  ...DAILY,
  {
    when: 'once in the week',
    what: 'The whole log is verified with the policy file that the auditor keeps',
    owner: 'security-lead',
    command: `golive verify s3://${bucket}/${prefix} --policy policy`,
  },
  ...rowsOf('after').map((r) => ({
    when: `until ${dueWords(r.duePlanHours)}`,
    what: `${r.id}: ${r.title}${r.waivedBecause === undefined ? '' : ` (${r.waivedBecause}; keep it by hand)`}`,
    owner: rowOwners(r)[0] ?? 'operations-lead',
    command: null,
  })),
];

/** @example dueWords(96) // 'T+96:00' @example dueWords(720) // 'T+30 d' */
const dueWords = (hours: number): string => (hours > 240 ? `T+${Math.round(hours / 24)} d` : formatT(hours));

const DAILY: Check[] = [
  {
    when: 'every day',
    what: 'Where the run stands: holds, tasks, watch items, who is waited for',
    owner: 'operations-lead',
    command: 'golive status',
  },
  {
    when: 'every day',
    what: 'What was decided, and what was refused to whom',
    owner: 'operations-lead',
    command: 'golive audit decisions',
  },
  {
    when: 'every day',
    what: "Managers' queues: nothing older than four hours, and who is passed over",
    owner: 'operations-lead',
    command: null,
  },
  {
    when: 'every day',
    what: 'The log is published and witnessed; a gap is explained on the day it opens',
    owner: 'security-lead',
    command: 'golive audit summary',
  },
  {
    when: 'once in the week',
    what: 'A backup is made and checked',
    owner: 'arx-standby',
    command: 'golive backup create',
  },
  {
    when: 'at each release of a hold',
    what: 'The cohort goes live in a wave of its own',
    owner: 'operations-lead',
    command: 'golive release HOLD --as PERSON && golive promote --cohort COHORT --as PERSON',
  },
];
