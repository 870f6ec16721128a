import { cosign } from '../../audit/tlog/cosignature.ts';
import { signatureLine, verifierOf, vkey, type NoteSigner, type Verifier } from '../../audit/tlog/note.ts';
import { judge, type Judgement } from '../../audit/tlog/witness.ts';
import type { Memory } from './memory.ts';

/** What goes back to the log: its cosignature line, or why there is none. */
export type WitnessAnswer = { status: 200; lines: string } | Exclude<Judgement, { status: 200 }>;

/** Judges, remembers and cosigns one request after the other. */
export class Witness {
  readonly #name: string;
  readonly #signer: NoteSigner;
  readonly #logs: readonly Verifier[];
  readonly #memory: Memory;
  readonly #by: string;
  #last: Promise<unknown> = Promise.resolve();

  constructor(parts: { name: string; signer: NoteSigner; logs: readonly Verifier[]; memory: Memory }) {
    this.#name = parts.name;
    this.#signer = parts.signer;
    this.#logs = parts.logs;
    this.#memory = parts.memory;
    this.#by = vkey(verifierOf(parts.name, 'witness', parts.signer.publicKey));
  }

  get vkey(): string {
    return this.#by;
  }

  /** Throws when the key or the disk does not do its part; then nothing was cosigned and nothing need be taken back. */
  async add(body: Uint8Array): Promise<WitnessAnswer> {
    // One at a time: between the comparison with what is remembered and the remembering, no other request may get in.
    const turn = this.#last.then(() => this.#add(body));
    this.#last = turn.catch(() => {});
    return turn;
  }

  /** Settles when no request is under way. */
  async idle(): Promise<void> {
    await this.#last;
  }

  async #add(body: Uint8Array): Promise<WitnessAnswer> {
    const judgement = judge(body, this.#logs, (origin) => this.#memory.logs.get(origin)?.checkpoint);
    if (judgement.status !== 200) return judgement;
    const { checkpoint } = judgement;
    const at = Math.floor(Date.now() / 1000);
    const line = await cosign(checkpoint.note.text, this.#name, this.#signer, at);
    const note = { ...checkpoint.note, signatures: [...checkpoint.note.signatures, line] };
    // The signature is made before, and leaves this process after the file holds what it says.
    await this.#memory.remember({ checkpoint: { ...checkpoint, note }, at, by: this.#by });
    return { status: 200, lines: signatureLine(line) };
  }
}
