import { readFileSync } from 'node:fs';
import type { JournalEvent, ModeEvent } from './events.ts';

/** The events of a journal file in order. A torn last line is left out: it was never answered. */
export function* readJournal(file: string): Generator<JournalEvent> {
  const bytes = readFileSync(file);
  let start = 0;
  for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
    if (end > start) yield JSON.parse(bytes.toString('utf8', start, end)) as JournalEvent;
    start = end + 1;
  }
}

export interface JournalSummary {
  lines: number;
  /** Effects: agents created, bound, minted, smoked, revoked; cohorts registered; mode changes up and down; escalations tried and passed on; fences, lifts. */
  effects: Record<string, number>;
  /** Distinct agents (cohorts for raise and lower, escalations for drill and reassign) that each operation touched. */
  distinct: Record<string, number>;
  /** Things that were done twice. All zero in a sound run without reissues. */
  duplicates: { created: number; minted: number; raised: number; keys: number };
  /** Per customer/deployment/cohort: wall times of its mode changes. */
  modes: { cohort: string; at: number; op: 'raise' | 'lower'; mode: string; livePercent: number }[];
}

/** Counts what was really done, from the journal alone: the ground truth for tests and for the report. */
export function summarise(events: Iterable<JournalEvent>): JournalSummary {
  const tally = new Tally();
  for (const event of events) tally.add(event);
  return tally.summary();
}

/** A raise to where the cohort already was, that found no agent left to raise: it had been done before. */
const raisedNothing = (event: ModeEvent): boolean =>
  event.changed === 0 && event.from.mode === event.mode && event.from.livePercent === event.livePercent;

class Tally {
  #lines = 0;
  readonly #effects = new Map<string, number>();
  readonly #touched = new Map<string, Set<string>>();
  readonly #keys = new Set<string>();
  readonly #duplicates = { created: 0, minted: 0, raised: 0, keys: 0 };
  readonly #modes: JournalSummary['modes'] = [];

  add(event: JournalEvent): void {
    this.#lines++;
    switch (event.op) {
      case 'create':
      case 'bind':
      case 'mint':
      case 'smoke':
      case 'revoke':
        for (const item of event.items) {
          const again = this.#effect(event.op, `${event.customer}/${event.deployment}/${item.agent}`);
          if (again && event.op === 'create') this.#duplicates.created++;
          if (again && event.op === 'mint') this.#duplicates.minted++;
          this.#key(event.customer, item.key);
        }
        break;
      case 'raise':
      case 'lower': {
        const cohort = `${event.customer}/${event.deployment}/${event.cohort}`;
        this.#effect(event.op, cohort);
        this.#key(event.customer, event.key);
        if (event.op === 'raise' && raisedNothing(event)) this.#duplicates.raised++;
        this.#modes.push({ cohort, at: event.at, op: event.op, mode: event.mode, livePercent: event.livePercent });
        break;
      }
      case 'register':
        for (const { cohort } of event.cohorts) this.#effect('register', `${event.customer}/${event.deployment}/${cohort}`);
        this.#key(event.customer, event.key);
        break;
      case 'example':
      case 'regenerate':
        this.#effect(event.op, `${event.customer}/${event.deployment}/${event.cohort}`);
        this.#key(event.customer, event.key);
        break;
      case 'drill':
      case 'reassign':
        for (const item of event.items) {
          this.#effect(event.op, item.escalation);
          this.#key(event.customer, item.key);
        }
        break;
      default:
        this.#effect(event.op, String(this.#lines));
    }
  }

  summary(): JournalSummary {
    return {
      lines: this.#lines,
      effects: Object.fromEntries(this.#effects),
      distinct: Object.fromEntries([...this.#touched].map(([op, names]) => [op, names.size])),
      duplicates: { ...this.#duplicates },
      modes: [...this.#modes],
    };
  }

  /** True when this operation has touched the same thing before. */
  #effect(op: string, what: string): boolean {
    this.#effects.set(op, (this.#effects.get(op) ?? 0) + 1);
    const touched = this.#touched.get(op) ?? new Set();
    this.#touched.set(op, touched);
    const again = touched.has(what);
    touched.add(what);
    return again;
  }

  #key(customer: string, key: string): void {
    const scoped = `${customer} ${key}`;
    if (this.#keys.has(scoped)) this.#duplicates.keys++;
    this.#keys.add(scoped);
  }
}
