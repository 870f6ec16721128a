import { checkpointText, signHead, type Checkpoint } from '../../../audit/tlog/checkpoint.ts';
import { cosign } from '../../../audit/tlog/cosignature.ts';
import { sha256Hex } from '../../../audit/keys.ts';
import { verifierOf } from '../../../audit/tlog/note.ts';
import { temporarySigner } from '../../../clients/keys/local.ts';
import type { Office } from './office.ts';

const LOG = 'log.acme.example/golive';
const WITNESS = 'witness.acme.example/golive';

/** The published side of a log in the office's audit bucket, under real keys that its tenant pins. */
export class WitnessedLog {
  readonly #office: Office;
  readonly #log = temporarySigner();
  readonly #witness = temporarySigner();

  constructor(office: Office, { quorum = true } = {}) {
    this.#office = office;
    office.d.tenant.policy = {
      log: verifierOf(LOG, 'log', this.#log.publicKey),
      witnesses: [{ label: 'customer', verifier: verifierOf(WITNESS, 'witness', this.#witness.publicKey) }],
      ...(quorum ? { quorum: 'customer' } : {}),
      rootKeys: [],
    };
  }

  /** A checkpoint of a size, the root made up from it and `history`; cosigned at a time unless that is null. */
  async checkpoint(
    size: number,
    atMs: number | null,
    options: { history?: string; by?: 'log' | 'nobody' } = {},
  ): Promise<string> {
    const root = Buffer.from(sha256Hex(`${options.history ?? 'one'}/${size}`), 'hex');
    const signer = options.by === 'nobody' ? temporarySigner() : this.#log;
    const checkpoint: Checkpoint = await signHead({ origin: LOG, size, root }, signer);
    if (atMs !== null) {
      const line = await cosign(checkpoint.note.text, WITNESS, this.#witness, Math.floor(atMs / 1000));
      checkpoint.note.signatures.push(line);
    }
    return checkpointText(checkpoint);
  }

  async publish(text: string): Promise<void> {
    await this.#office.d.tenant.audit.put('log/checkpoint', text);
  }

  /** An immutable copy under the name that the log gives it. */
  async copy(size: number, atMs: number, history?: string): Promise<void> {
    const text = await this.checkpoint(size, atMs, history === undefined ? {} : { history });
    await this.#office.d.tenant.audit.put(`log/checkpoints/${size}-${Math.floor(atMs / 1000)}`, text);
  }
}
