import { checkpointText, signHead } from '../../../audit/tlog/checkpoint.ts';
import { leafHash, MerkleTree } from '../../../audit/tlog/merkle.ts';
import { verifierOf, type Verifier } from '../../../audit/tlog/note.ts';
import { witnessRequest } from '../../../audit/tlog/witness.ts';
import { temporarySigner } from '../../../clients/keys/local.ts';
import type { Signer } from '../../../clients/keys/port.ts';

/** A log with its real key that says whatever a test wants it to, the truth or not. */
export class TestLog {
  readonly origin: string;
  readonly signer: Signer;
  readonly verifier: Verifier;
  readonly #entries: string[];

  constructor(origin = 'golive.test/acme', size = 0, signer = temporarySigner()) {
    this.origin = origin;
    this.signer = signer;
    this.verifier = verifierOf(origin, 'log', this.signer.publicKey);
    this.#entries = Array.from({ length: size }, (_, i) => `entry ${i}`);
  }

  get size(): number {
    return this.#entries.length;
  }

  grow(by = 1): void {
    for (let i = 0; i < by; i++) this.#entries.push(`entry ${this.#entries.length}`);
  }

  /** Another history under the same key: the same entries up to an index, and others from there on. */
  forked(from: number): TestLog {
    const fork = new TestLog(this.origin, this.size, this.signer);
    for (let i = from; i < this.size; i++) fork.#entries[i] = `another entry ${i}`;
    return fork;
  }

  tree(): MerkleTree {
    const tree = new MerkleTree();
    for (const entry of this.#entries) tree.append(leafHash(Buffer.from(entry)));
    return tree;
  }

  async checkpoint(size = this.size, signer = this.signer): Promise<string> {
    return checkpointText(await signHead({ origin: this.origin, size, root: this.tree().root(size) }, signer));
  }

  /** What the log sends to a witness that remembers `old` entries. */
  async request(old: number, size = this.size): Promise<Buffer> {
    const proof = old <= size ? this.tree().consistencyProof(old, size) : [];
    return Buffer.from(witnessRequest(old, proof, await this.checkpoint(size)));
  }
}
