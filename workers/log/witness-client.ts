import { checkpointText, type Checkpoint } from '../../audit/tlog/checkpoint.ts';
import { cosignedAt } from '../../audit/tlog/cosignature.ts';
import type { MerkleTree } from '../../audit/tlog/merkle.ts';
import { linesOf, parseNote, type Verifier } from '../../audit/tlog/note.ts';
import { witnessRequest } from '../../audit/tlog/witness.ts';

export interface WitnessSettings {
  /** `http://127.0.0.1:7500`; the request goes to `/add-checkpoint` under it. */
  url: string;
  /** Its key, pinned: a line that does not hold under it is never published. */
  verifier: Verifier;
  timeoutMs?: number;
}

export interface Cosigned {
  /** With the log's line and the witness's. */
  checkpoint: Checkpoint;
  unixSeconds: number;
}

/** The witness did not cosign. `refused`: it has seen another history of this log, which no repetition mends. */
export class NotCosigned extends Error {
  override name = 'NotCosigned';
  readonly refused: boolean;
  constructor(message: string, refused = false) {
    super(message);
    this.refused = refused;
  }
}

const MAX_ANSWER_CHARACTERS = 16 * 1024;

/** C2SP tlog-witness over HTTP, from the log's side. */
export class WitnessClient {
  readonly #settings: WitnessSettings;
  /** Size of the tree that the witness is thought to remember. */
  #old: number;

  constructor(settings: WitnessSettings, old: number) {
    this.#settings = settings;
    this.#old = old;
  }

  /** `tree` may have grown beyond the checkpoint. Throws `NotCosigned`. */
  async cosign(checkpoint: Checkpoint, tree: MerkleTree, signal?: AbortSignal): Promise<Cosigned> {
    let answer = await this.#ask(checkpoint, tree, signal);
    if (answer.status === 409) {
      const remembered = Number(answer.text.trim());
      if (!/^\d{1,16}$/.test(answer.text.trim())) throw new NotCosigned(`it answered 409 without the size that it remembers`);
      if (remembered > checkpoint.size) {
        throw new NotCosigned(
          `it has cosigned ${remembered} entries, and this log has ${checkpoint.size}: the log was put back to an earlier state, or there are two`,
          true,
        );
      }
      if (remembered === this.#old) throw new NotCosigned(`it has cosigned another tree of ${remembered} entries`, true);
      this.#old = remembered;
      answer = await this.#ask(checkpoint, tree, signal);
    }
    if (answer.status === 422)
      throw new NotCosigned(`it has cosigned another history of the first ${this.#old} entries: ${sentence(answer.text)}`, true);
    if (answer.status !== 200) throw new NotCosigned(`it answered ${answer.status}: ${sentence(answer.text)}`);
    const cosigned = this.#accepted(checkpoint, answer.text);
    this.#old = checkpoint.size;
    return cosigned;
  }

  async #ask(checkpoint: Checkpoint, tree: MerkleTree, signal?: AbortSignal): Promise<{ status: number; text: string }> {
    const { url, timeoutMs = 5_000 } = this.#settings;
    // It may remember less than we thought, never more than this tree: that is for the witness to say.
    const old = Math.min(this.#old, checkpoint.size);
    const body = witnessRequest(old, tree.consistencyProof(old, checkpoint.size), checkpointText(checkpoint));
    const timeout = AbortSignal.timeout(timeoutMs);
    try {
      const answer = await fetch(`${url.replace(/\/+$/, '')}/add-checkpoint`, {
        method: 'POST',
        body,
        redirect: 'error',
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      });
      const text = await answer.text();
      return { status: answer.status, text: text.slice(0, MAX_ANSWER_CHARACTERS) };
    } catch (error) {
      signal?.throwIfAborted();
      throw new NotCosigned(`it does not answer: ${reasonOf(error)}`);
    }
  }

  #accepted(checkpoint: Checkpoint, lines: string): Cosigned {
    const { verifier } = this.#settings;
    const answered = parseNote(`${checkpoint.note.text}\n${lines}`);
    const signatures = answered ? linesOf(answered, verifier) : [];
    const note = { text: checkpoint.note.text, signatures: [...checkpoint.note.signatures, ...signatures] };
    const unixSeconds = cosignedAt(note, verifier);
    if (unixSeconds === undefined)
      throw new NotCosigned(`its line does not hold under the key ${verifier.name}+${verifier.keyId}`);
    return { checkpoint: { ...checkpoint, note }, unixSeconds };
  }
}

const sentence = (text: string): string => text.trim().slice(0, 300) || 'nothing more';

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message || error.cause.name : error.message;
}
