import { planTime, type MilestoneRow } from './milestone.ts';

const DAY = 24;

const countdown = (row: Omit<MilestoneRow, 'window' | 'kind'>): MilestoneRow => ({ ...row, window: 'countdown', kind: 'exit' });

/** Before T-0. All are exit criteria: with one missing the clock does not start. */
export const COUNTDOWN_ROWS: readonly MilestoneRow[] = [
  countdown({
    id: 'C1',
    title: "A mock deployment in the customer's staging environment was closed with the same frozen set.",
    owner: 'deployment-lead',
    duePlanHours: planTime(-7 * DAY),
    waivedBecause:
      'not built yet: golive does not keep the records of a staging deployment; show the mock deployment by other means',
  }),
  countdown({
    id: 'C2',
    title: 'The manifest set is frozen and signed, and its digest is recorded.',
    owner: 'atlas-operator',
    duePlanHours: planTime(-5 * DAY),
  }),
  countdown({
    id: 'C3',
    title: 'CEO, CHRO, CFO and CISO approved exactly this set.',
    owner: 'ceo',
    alsoBy: ['customer-lead', 'cfo', 'security-lead'],
    duePlanHours: planTime(-3 * DAY),
    confirmedBy: 'approve',
  }),
  countdown({
    id: 'C4',
    title: 'Every role confirmed that it is available for the whole 72 hours.',
    owner: 'deployment-lead',
    alsoBy: ['customer-lead', 'security-lead', 'operations-lead', 'atlas-operator', 'arx-standby', 'connector-standby'],
    duePlanHours: planTime(-1 * DAY),
    confirmedBy: 'confirm',
  }),
  countdown({
    id: 'P1',
    title: "Atlas's pods are running in the customer's cluster.",
    owner: 'auto',
    toldTo: 'arx-standby',
    duePlanHours: 0,
  }),
  countdown({
    id: 'P2',
    title: 'The egress policy in the cluster is the reviewed one, by digest.',
    owner: 'auto',
    toldTo: 'security-lead',
    duePlanHours: 0,
  }),
  countdown({
    id: 'P3',
    title: 'The manifest set is in S3 and signed.',
    owner: 'auto',
    toldTo: 'atlas-operator',
    duePlanHours: 0,
  }),
  countdown({
    id: 'P4',
    title: "The executives' approvals are in the audit bucket.",
    owner: 'auto',
    toldTo: 'customer-lead',
    duePlanHours: 0,
  }),
  countdown({
    id: 'P5',
    title: 'Every connector named in a manifest is deployed.',
    owner: 'auto',
    toldTo: 'connector-standby',
    duePlanHours: 0,
  }),
  countdown({
    id: 'P6',
    title: 'HRIS authenticates and lists employees.',
    owner: 'auto',
    toldTo: 'connector-standby',
    duePlanHours: 0,
  }),
  countdown({
    id: 'P7',
    title: 'Every manager has a queue.',
    owner: 'auto',
    toldTo: 'arx-standby',
    duePlanHours: 0,
  }),
  countdown({
    id: 'P8',
    title: 'Audit bucket and key work, and a witness signature landed in the last five minutes.',
    owner: 'auto',
    toldTo: 'security-lead',
    duePlanHours: 0,
  }),
];
