import { planTime, type MilestoneRow } from './milestone.ts';

const validate = (row: Omit<MilestoneRow, 'window'>): MilestoneRow => ({ ...row, window: 'validate' });

const NO_DRILL = 'not built yet: golive does not send synthetic escalations to the manager queues';

/** T+24 to T+48: cohorts run in shadow, people look at what they did and sign per cohort group. */
export const WINDOW_2_ROWS: readonly MilestoneRow[] = [
  validate({
    id: 'W2.01',
    title: 'Cohorts run in shadow: real verdicts, and no write is committed.',
    kind: 'exit',
    owner: 'auto',
    toldTo: 'arx-standby',
    duePlanHours: planTime(24),
  }),
  validate({
    id: 'W2.02',
    title: "Each cohort's example request gave output that matches its schema.",
    kind: 'exit',
    owner: 'auto',
    toldTo: 'atlas-operator',
    duePlanHours: planTime(25),
  }),
  validate({
    id: 'W2.03',
    title: 'Six hours of telemetry are in, and the drift baseline is pinned by digest.',
    kind: 'exit',
    owner: 'auto',
    toldTo: 'arx-standby',
    duePlanHours: planTime(30),
  }),
  validate({
    id: 'W2.04',
    title: 'Every manager with a bound agent got one synthetic escalation.',
    kind: 'exit',
    owner: 'auto',
    toldTo: 'customer-lead',
    duePlanHours: planTime(30),
    waivedBecause: NO_DRILL,
  }),
  validate({
    id: 'W2.05',
    title: 'Eighty percent of the managers answered within four hours.',
    kind: 'target',
    owner: 'auto',
    toldTo: 'customer-lead',
    duePlanHours: planTime(34),
    waivedBecause: NO_DRILL,
  }),
  validate({
    id: 'W2.06',
    title: 'Unanswered escalations went to the skip-level, at least once.',
    kind: 'exit',
    owner: 'auto',
    toldTo: 'customer-lead',
    duePlanHours: planTime(38),
    waivedBecause: NO_DRILL,
  }),
  validate({
    id: 'W2.07',
    title: 'Every queue has a decision, and the notification adapters work.',
    kind: 'exit',
    owner: 'auto',
    toldTo: 'customer-lead',
    duePlanHours: planTime(42),
    waivedBecause: NO_DRILL,
  }),
  validate({
    id: 'W2.08',
    title: 'The Customer Lead reviewed the telemetry and said go or no-go per cohort.',
    kind: 'exit',
    owner: 'customer-lead',
    duePlanHours: planTime(42),
    confirmedBy: 'confirm',
  }),
  validate({
    id: 'W2.09',
    title: 'One percent of the log entries was drawn, checked and confirmed.',
    kind: 'exit',
    owner: 'security-lead',
    duePlanHours: planTime(44),
    confirmedBy: 'confirm',
    report: 'the JSON report of golive audit sample',
  }),
  validate({
    id: 'W2.10',
    title: 'The cost projection per group is within tolerance of the forecast, or explained.',
    kind: 'exit',
    owner: 'cfo',
    duePlanHours: planTime(46),
    confirmedBy: 'confirm',
    waivedBecause: 'not built yet: golive does not project costs',
  }),
  validate({
    id: 'W2.11',
    title: 'Customer Lead, Security Lead and CFO signed per cohort group; what is not signed is held in shadow.',
    kind: 'exit',
    owner: 'customer-lead',
    alsoBy: ['security-lead', 'cfo'],
    duePlanHours: planTime(48),
    confirmedBy: 'sign',
  }),
];
