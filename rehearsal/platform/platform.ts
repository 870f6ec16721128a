import { appendFileSync, chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from './config.ts';
import type { ControlAction } from './control.schema.ts';
import type { CustomerEvent, FaultUsedEvent, JournalEvent } from './events.ts';
import { Journal } from './journal.ts';
import { apply, applyControl } from './state/apply.ts';
import { Bucket } from './state/bucket.ts';
import { Customer } from './state/customer.ts';
import type { Power } from './types.ts';

/** Fence calls have a bucket of their own, so that no other traffic can use up what a stop needs. */
const FENCES_PER_SECOND = 500;

type PlannedFault = FaultUsedEvent['kind'];

/** An event before its time is put on it. */
export type Unstamped<T> = T extends unknown ? Omit<T, 'at'> : never;

export class Platform {
  readonly config: Config;
  readonly customers = new Map<string, Customer>();
  readonly fenceCalls = new Map<string, Bucket>();
  readonly journalFile: string;
  unavailableUntil = 0;
  /** A secret that slips into everything that the platform says; null in a careful one. */
  leaked: string | null = null;
  readonly #keys = new Map<string, { customer: Customer; power: Power }>();
  readonly #faults = new Map<string, number>();
  readonly #journal: Journal;
  readonly #vault: string;
  #lastNow = 0;

  constructor(config: Config, dir: string) {
    this.config = config;
    for (const entry of config.customers) {
      const customer = new Customer(entry, config.speed);
      this.customers.set(entry.customer, customer);
      this.fenceCalls.set(entry.customer, new Bucket(FENCES_PER_SECOND, 0));
      for (const power of ['read', 'lower', 'forward'] as const) this.#keys.set(entry.keys[power], { customer, power });
    }
    this.#vault = join(dir, 'vault', 'secrets.jsonl');
    mkdirSync(join(dir, 'vault'), { recursive: true, mode: 0o700 });
    writeFileSync(this.#vault, '', { flag: 'a', mode: 0o600 });
    chmodSync(this.#vault, 0o600);
    this.journalFile = join(dir, 'journal.jsonl');
    this.#journal = new Journal(this.journalFile, (event) => this.#apply(event));
    this.#lastNow = this.#journal.lastAt;
  }

  /** Wall time in ms that never goes back, not even over a restart: what was counted up to now stays counted. */
  now(): number {
    this.#lastNow = Math.max(this.#lastNow, Date.now());
    return this.#lastNow;
  }

  holderOf(key: string): { customer: Customer; power: Power } | undefined {
    return this.#keys.get(key);
  }

  /** First on disk, then in effect, then answered. `at`: the moment for which the request was judged, where a later one could differ. */
  commit(event: Unstamped<CustomerEvent>, at = this.now()): void {
    this.#write({ ...event, at });
  }

  control(action: ControlAction): void {
    this.#write({ at: this.now(), customer: 'customer' in action ? action.customer : '', op: 'control', action });
  }

  /** Spends one planned failure of that kind, if there is one. */
  takeFault(kind: PlannedFault, operation: string): boolean {
    if ((this.#faults.get(`${kind} ${operation}`) ?? 0) === 0) return false;
    this.#write({ at: this.now(), customer: '', op: 'fault-used', operation, kind });
    return true;
  }

  /** Secrets leave the platform for the vault only; the caller keeps their fingerprints. */
  intoVault(secrets: readonly { vaultRef: string; version: number; secret: string }[]): void {
    appendFileSync(this.#vault, secrets.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
  }

  close(): void {
    this.#journal.close();
  }

  #write(event: JournalEvent): void {
    this.#journal.append(event);
    this.#apply(event);
  }

  #apply(event: JournalEvent): void {
    if (event.op === 'fault-used') return this.#plan(event.kind, event.operation, -1);
    if (event.op === 'control' && event.customer === '') return this.#planned(event.action, event.at);
    const customer = this.customers.get(event.customer);
    if (!customer) throw new Error(`the journal names customer ${event.customer}, which the config does not have`);
    if (event.op === 'control') applyControl(customer, event);
    else apply(customer, event);
  }

  #planned(action: ControlAction, at: number): void {
    if (action.action === 'careless') this.leaked = action.secret;
    if (action.action === 'unavailable-for') this.unavailableUntil = at + action.ms;
    if (action.action === 'execute-then-timeout') this.#plan('timeout', action.operation, action.n);
    if (action.action === 'execute-then-garble') this.#plan('garble', action.operation, action.n);
    if (action.action === 'refuse-next') this.#plan('refuse', action.operation, action.n);
  }

  #plan(kind: PlannedFault, operation: string, n: number): void {
    const key = `${kind} ${operation}`;
    this.#faults.set(key, Math.max(0, (this.#faults.get(key) ?? 0) + n));
  }
}
