import type { Role } from '../roles.ts';

/** `pause` is reversible and may be lifted by the machine when its cause is gone; `shadow`, `halt` and `terminate` only by a person. */
export type StoppingAction = 'pause-ramp' | 'pause' | 'shadow' | 'halt' | 'ordered';

export interface StoppingRow {
  id: string;
  trigger: string;
  action: StoppingAction;
  /** What follows the first action, in operator's words. */
  then: string;
  scope: 'cohort' | 'dependents' | 'deployment' | 'any';
  /** Wall seconds; null where the row lasts until its cause is gone. */
  limitSeconds: number | null;
  told: readonly Role[];
}

const EVERYBODY: readonly Role[] = [
  'deployment-lead',
  'customer-lead',
  'security-lead',
  'operations-lead',
  'atlas-operator',
  'arx-standby',
  'connector-standby',
  'cfo',
  'ceo',
];

export const STOPPING_TABLE: readonly StoppingRow[] = [
  {
    id: 'write-rate',
    trigger: 'write rate above 2 × what the live share lets expect',
    action: 'shadow',
    then: 'landing checks, then a person promotes again',
    scope: 'cohort',
    limitSeconds: 60,
    told: ['deployment-lead'],
  },
  {
    id: 'wrong-identity',
    trigger: 'a connector authenticates as the wrong identity',
    action: 'halt',
    then: 'revoke, reissue, smoke again',
    scope: 'cohort',
    limitSeconds: 30 * 60,
    told: ['security-lead'],
  },
  {
    id: 'audit-integrity',
    trigger: 'the log is not what it was',
    action: 'halt',
    then: 'all stand still until the Security Lead has resolved it',
    scope: 'deployment',
    limitSeconds: null,
    told: EVERYBODY,
  },
  {
    id: 'manifest-drift',
    trigger: 'a live cohort differs from its manifest',
    action: 'halt',
    then: 'regenerate through Atlas, validate again, sign again',
    scope: 'cohort',
    limitSeconds: 2 * 60 * 60,
    told: ['atlas-operator'],
  },
  {
    id: 'connector-outage',
    trigger: 'a connector does not answer',
    action: 'pause',
    then: 'resume in order when it is back',
    scope: 'dependents',
    limitSeconds: null,
    told: ['connector-standby'],
  },
  {
    id: 'critical-level',
    trigger: 'error rate, p95 or p99 at its critical level for 5 minutes, or 5 health checks in a row failed',
    action: 'shadow',
    then: 'landing checks, then a person promotes again',
    scope: 'cohort',
    limitSeconds: 60,
    told: ['deployment-lead'],
  },
  {
    id: 'warning-level',
    trigger: 'error rate, p95 or p99 at its warning level for 15 minutes',
    action: 'pause-ramp',
    then: 'back to shadow if it lasts',
    scope: 'cohort',
    limitSeconds: null,
    told: ['deployment-lead'],
  },
  {
    id: 'volume-off',
    trigger: 'call volume more than 25 % off its baseline, or a spike of denied, warned or failed verdicts',
    action: 'pause-ramp',
    then: 'the Deployment Lead decides',
    scope: 'cohort',
    limitSeconds: 0,
    told: ['deployment-lead'],
  },
  {
    id: 'person',
    trigger: 'a person orders it',
    action: 'ordered',
    then: 'any of these, or terminate',
    scope: 'any',
    limitSeconds: 60,
    told: EVERYBODY,
  },
];
