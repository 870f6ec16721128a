import type { RunbookWindow } from './milestone.ts';
import { rowsOf } from './rows.ts';

export const GATE_IDS = ['gate-1', 'gate-2', 'gate-3'] as const;
export type GateId = (typeof GATE_IDS)[number];

/** Windows that a gate closes. */
export type GatedWindow = Extract<RunbookWindow, 'provision' | 'validate' | 'golive'>;

export interface Gate {
  id: GateId;
  name: string;
  /** The window that it closes. */
  window: GatedWindow;
  /** The window that it opens. */
  opens: RunbookWindow;
  planHours: number;
  /** Ids of the window's exit rows: the gate stays shut until each is met or waived. */
  exits: readonly string[];
}

const exitsOf = (window: GatedWindow): string[] => rowsOf(window).flatMap((r) => (r.kind === 'exit' ? [r.id] : []));

export const GATES: readonly Gate[] = [
  {
    id: 'gate-1',
    name: 'Gate 1 (provisioned)',
    window: 'provision',
    opens: 'validate',
    planHours: 24,
    exits: exitsOf('provision'),
  },
  { id: 'gate-2', name: 'Gate 2 (validated)', window: 'validate', opens: 'golive', planHours: 48, exits: exitsOf('validate') },
  { id: 'gate-3', name: 'Gate 3 (live)', window: 'golive', opens: 'after', planHours: 72, exits: exitsOf('golive') },
];

/** For names that come from outside: `undefined` when there is no such gate. */
export const findGate = (id: string): Gate | undefined => GATES.find((g) => g.id === id);

/**
 * Hard stops: a set that is not what was signed and approved is never deployed, whoever waives.
 * P3 the set is signed, W1.03 its digests are the signed ones, W1.04 every manifest validates.
 */
export const HARD_STOPS: readonly string[] = ['P3', 'W1.03', 'W1.04'];
