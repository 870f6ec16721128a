import type { EntryData } from '../entry.ts';
import type { Recorded } from './recorded.ts';

/** What became of one stopping order, as far as the log knows. */
export interface StopView {
  /** The order's id, which is the hold's id as well. */
  stop: string;
  flipped: (EntryData['stop.flipped'] & Recorded) | null;
  landed: (EntryData['stop.landed'] & Recorded) | null;
  questionable: (EntryData['writes.questionable'] & Recorded & { cleaned: ({ by: string } & Recorded) | null }) | null;
  attested: (EntryData['exit.attested'] & Recorded)[];
}

export interface Firing extends Recorded {
  fired: EntryData['trigger.fired'];
  cleared: (EntryData['trigger.cleared'] & Recorded) | null;
}

/** A row of the stopping table about one subject, as it fired last. */
export interface TriggerView extends Firing {
  earlier: Firing[];
}

export interface IncidentView extends Recorded {
  incident: string;
  opened: EntryData['incident.opened'];
  openedBy: string;
  /** Person who took it on last. */
  ackedBy: string | null;
  notes: (EntryData['incident.noted'] & Recorded)[];
  closed: (EntryData['incident.closed'] & Recorded) | null;
}

export type BreakerView = EntryData['breaker.changed'] & Recorded;
