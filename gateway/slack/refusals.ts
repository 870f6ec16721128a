import { randomBytes } from 'node:crypto';
import type { Recorder } from '../../clients/recorder/port.ts';
import type { LogReader } from '../../clients/recorder/reader.ts';
import type { EntryOf } from '../../domain/entry.ts';
import { deploymentId } from '../../domain/ids.ts';
import type { TurnedAway } from './turned-away.ts';

type Entry = EntryOf<'gateway.refused'>;

export interface Noting {
  customer: string;
  log: Pick<LogReader, 'deployments'>;
  /** May add this one kind of entry, and nothing else. */
  notes: Pick<Recorder, 'add'>;
  now: () => number;
}

/**
 * What came from nobody that we know, counted: one entry a minute, however many there were, so that nobody can fill the log
 * from outside. What cannot be written yet is written with the next.
 */
export class Refusals {
  readonly #to: Noting;
  readonly #process = randomBytes(4).toString('hex');
  readonly #counts = new Map<TurnedAway, number>();
  #unwritten: Entry | undefined;
  #from: number;

  constructor(to: Noting) {
    this.#to = to;
    this.#from = to.now();
  }

  count(reason: TurnedAway): void {
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + 1);
  }

  /** Writes what was counted since the last time; throws, and keeps it, when the log does not take it. */
  async flush(signal?: AbortSignal): Promise<void> {
    this.#unwritten ??= await this.#counted(signal);
    if (this.#unwritten === undefined) return;
    // Repeated as it is: whether the log took it the first time is not known, and the same id is one entry.
    await this.#to.notes.add([this.#unwritten], signal);
    this.#unwritten = undefined;
  }

  async #counted(signal: AbortSignal | undefined): Promise<Entry | undefined> {
    const { customer, log, now } = this.#to;
    if (this.#counts.size === 0) {
      this.#from = now();
      return undefined;
    }
    const open = (await log.deployments(signal)).filter((d) => d.customer === customer && d.closedAt === null);
    const latest = open.sort((a, b) => (a.openedAt ?? '').localeCompare(b.openedAt ?? '')).at(-1);
    // Without an open deployment there is nothing that anybody could have changed; it is told under the next one.
    if (latest === undefined) return undefined;
    const counts = Object.fromEntries(this.#counts);
    const [began, ends] = [this.#from, now()];
    this.#counts.clear();
    this.#from = ends;
    const to = new Date(ends).toISOString();
    return {
      v: 1,
      id: `${deploymentId(latest)}/gateway-refused/${this.#process}/${began}`,
      at: to,
      kind: 'gateway.refused',
      customer,
      deployment: latest.deployment,
      actor: 'gateway',
      data: { from: new Date(began).toISOString(), to, counts },
    };
  }
}
