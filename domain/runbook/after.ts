import { planTime, type MilestoneRow } from './milestone.ts';

const DAY = 24;
const NO_AFTERCARE = 'not built yet: golive ends at T+72';

const after = (row: Omit<MilestoneRow, 'window' | 'owner' | 'waivedBecause'>): MilestoneRow => ({
  ...row,
  window: 'after',
  owner: 'auto',
  waivedBecause: NO_AFTERCARE,
});

/** T+72 to T+30 d. No gate follows, so none is an exit criterion: what is missed is a watch item. */
export const AFTER_ROWS: readonly MilestoneRow[] = [
  after({
    id: 'A1',
    title: 'Drift was watched from T+72 to T+96.',
    kind: 'target',
    toldTo: 'operations-lead',
    duePlanHours: planTime(96),
  }),
  after({
    id: 'A2',
    title: 'True-up figures were gathered up to T+30 d.',
    kind: 'target',
    toldTo: 'cfo',
    duePlanHours: planTime(30 * DAY),
  }),
  after({
    id: 'A3',
    title: 'Managers who answered late are listed, and a refresher is assigned.',
    kind: 'target',
    toldTo: 'customer-lead',
    duePlanHours: planTime(30 * DAY),
  }),
];
