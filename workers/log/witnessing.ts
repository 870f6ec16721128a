import { verifiedCheckpoint, type Checkpoint } from '../../audit/tlog/checkpoint.ts';
import { cosignedAt } from '../../audit/tlog/cosignature.ts';
import type { MerkleTree } from '../../audit/tlog/merkle.ts';
import type { Verifier } from '../../audit/tlog/note.ts';
import type { WitnessState } from '../../clients/recorder/reader.ts';
import type { Store } from '../../clients/store/port.ts';
import { parseCopy } from './layout.ts';
import { NotCosigned, WitnessClient, type Cosigned, type WitnessSettings } from './witness-client.ts';

export interface WitnessObserver {
  cosigned(): void;
  /** `refused`: the witness has seen another history; else it is only away. */
  failed(error: NotCosigned, first: boolean): void;
}

/** What the log knows of its witness: what it cosigned last, and why it does not at the moment. */
export class Witnessing {
  readonly #client: WitnessClient;
  readonly #name: string;
  readonly #tree: MerkleTree;
  readonly #observe: WitnessObserver;
  readonly #since = Date.now();
  #last: Cosigned | undefined;
  #failing: { since: number; reason: string; refused: boolean } | undefined;

  constructor(settings: WitnessSettings, tree: MerkleTree, last: Cosigned | undefined, observe: WitnessObserver) {
    this.#client = new WitnessClient(settings, last?.checkpoint.size ?? 0);
    this.#name = settings.verifier.name;
    this.#tree = tree;
    this.#last = last;
    this.#observe = observe;
  }

  /** The largest tree that was cosigned, with the witness's line. */
  get last(): Cosigned | undefined {
    return this.#last;
  }

  get state(): WitnessState {
    const failing = this.#failing;
    return {
      name: this.#name,
      size: this.#last?.checkpoint.size ?? 0,
      at: this.#last ? iso(this.#last.unixSeconds * 1000) : null,
      lagMs: this.lagMs,
      failingSince: failing ? iso(failing.since) : null,
      ...(failing ? { reason: failing.reason } : {}),
      refused: failing?.refused ?? false,
    };
  }

  get lagMs(): number {
    return Math.max(0, Date.now() - (this.#last ? this.#last.unixSeconds * 1000 : this.#since));
  }

  /** The checkpoint with the witness's line, or undefined when there is none to be had now. */
  async ask(checkpoint: Checkpoint, signal: AbortSignal): Promise<Cosigned | undefined> {
    try {
      this.#last = await this.#client.cosign(checkpoint, this.#tree, signal);
      this.#failing = undefined;
      this.#observe.cosigned();
      return this.#last;
    } catch (error) {
      if (!(error instanceof NotCosigned)) throw error;
      const first = this.#failing?.reason !== error.message;
      this.#failing = { since: this.#failing?.since ?? Date.now(), reason: error.message, refused: error.refused };
      this.#observe.failed(error, first);
      return undefined;
    }
  }
}

const iso = (ms: number): string => new Date(ms).toISOString();

/** The last copy that carries the witness's line; those of a time without witness are passed over. */
export async function lastCosigned(
  audit: Store,
  copies: readonly string[],
  keys: { log: Verifier; witness: Verifier },
  signal?: AbortSignal,
): Promise<Cosigned | undefined> {
  // Of one second, the larger: a tree that was cosigned never shrinks.
  const named = copies.map((key) => ({ key, ...(parseCopy(key) ?? { size: 0, unixSeconds: 0 }) }));
  for (const { key } of named.sort((a, b) => b.unixSeconds - a.unixSeconds || b.size - a.size)) {
    const bytes = await audit.get(key, signal);
    const checkpoint = bytes && verifiedCheckpoint(bytes, keys.log);
    const unixSeconds = checkpoint && cosignedAt(checkpoint.note, keys.witness);
    if (checkpoint && unixSeconds !== undefined) return { checkpoint, unixSeconds };
  }
  return undefined;
}
