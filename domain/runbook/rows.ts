import type { Role } from '../roles.ts';
import { AFTER_ROWS } from './after.ts';
import { COUNTDOWN_ROWS } from './countdown.ts';
import type { MilestoneRow, RunbookWindow } from './milestone.ts';
import { WINDOW_1_ROWS } from './window1.ts';
import { WINDOW_2_ROWS } from './window2.ts';
import { WINDOW_3_ROWS } from './window3.ts';

/** Every row of the runbook, in its order. */
export const ROWS: readonly MilestoneRow[] = [
  ...COUNTDOWN_ROWS,
  ...WINDOW_1_ROWS,
  ...WINDOW_2_ROWS,
  ...WINDOW_3_ROWS,
  ...AFTER_ROWS,
];

/** For ids that come from outside: `undefined` when there is no such row. */
export const findRow = (id: string): MilestoneRow | undefined => ROWS.find((r) => r.id === id);

/** For ids written in our own code; an unknown one is a programming error. */
export const row = (id: string): MilestoneRow => {
  const found = findRow(id);
  if (found === undefined) throw new Error(`The runbook has no row ${id}`);
  return found;
};

export const rowsOf = (window: RunbookWindow): MilestoneRow[] => ROWS.filter((r) => r.window === window);

/**
 * The roles that meet a row by a command, or, for rows met by facts, the role that is told.
 * @example rowOwners(row('C3'))    // ['ceo', 'customer-lead', 'cfo', 'security-lead']
 * @example rowOwners(row('W1.12')) // ['connector-standby']
 */
export const rowOwners = (r: MilestoneRow): Role[] => {
  const first = r.owner === 'auto' ? (r.toldTo ?? 'deployment-lead') : r.owner;
  return [first, ...(r.alsoBy ?? [])];
};
