import { ClientError } from '../../clients/error.ts';
import type { PutOptions, Store } from '../../clients/store/port.ts';
import { LogDamaged, LOOK, TWO_WRITERS } from './damage.ts';

const READ_AHEAD = 16;

/** `read(i)` gives the object behind the i-th key; whoever asks in order waits little, as the next ones are on their way by then. */
export function readAhead(
  store: Store,
  keys: readonly string[],
  signal: AbortSignal | undefined,
): (i: number) => Promise<Uint8Array | undefined> {
  const reading = new Map<number, Promise<Uint8Array | undefined>>();
  let next = 0;
  return (i) => {
    for (next = Math.max(next, i); next < Math.min(keys.length, i + READ_AHEAD); next++) {
      const body = store.get(keys[next] ?? '', signal);
      body.catch(() => undefined); // it is awaited below, unless an earlier one fails first
      reading.set(next, body);
    }
    const body = reading.get(i) ?? store.get(keys[i] ?? '', signal);
    reading.delete(i);
    return body;
  };
}

/** Puts an object that never changes. One that is there already must have the same bytes. True when it was not there. */
export async function putOnce(store: Store, key: string, bytes: Uint8Array, options: Omit<PutOptions, 'if'>): Promise<boolean> {
  const put = await store.put(key, bytes, { ...options, if: 'absent' });
  if (put.status === 'stored') return true;
  // Our own earlier attempt may have been stored though its answer was lost; anybody else's bytes may not.
  const there = await store.get(key, options.signal);
  if (!there) throw new ClientError('store_unreachable', `S3 has and has not ${key}`);
  if (Buffer.compare(there, bytes) !== 0) throw new LogDamaged(`${key} holds something else than this log puts there. ${LOOK}`);
  return false;
}

interface Known {
  text: string;
  etag: string;
}

/** An object that only this process replaces, each time by its ETag; whoever else does so is noticed. */
export class SwappedObject {
  readonly #store: Store;
  readonly #key: string;
  #known: Known | undefined;
  /** Put without an answer: the object holds this, or still what is known. */
  #attempted: string | undefined;

  constructor(store: Store, key: string, known: Known | undefined) {
    this.#store = store;
    this.#key = key;
    this.#known = known;
  }

  /**
   * Resolves once the object is known to hold `next`. A `ClientError` leaves open whether it does, and the next call finds
   * out first. Throws `LogDamaged` when it holds what neither this nor an earlier call has put.
   */
  async swap(next: string, signal?: AbortSignal): Promise<void> {
    if (this.#attempted !== undefined && (await this.#settled(signal)) === next) return;
    this.#attempted = next;
    const condition = this.#known ? { etag: this.#known.etag } : ('absent' as const);
    const put = await this.#store.put(this.#key, next, { if: condition, contentType: 'text/plain; charset=utf-8', signal });
    if (put.status === 'stored') {
      this.#known = { text: next, etag: put.etag };
      this.#attempted = undefined;
    } else if ((await this.#settled(signal)) !== next) {
      throw new ClientError('store_unreachable', `S3 did not replace ${this.#key}, which nobody has changed`);
    }
  }

  async #settled(signal: AbortSignal | undefined): Promise<string | undefined> {
    const there = await this.#store.getWithEtag(this.#key, signal);
    const text = there && Buffer.from(there.body).toString('utf8');
    if (text !== this.#known?.text && text !== this.#attempted) {
      throw new LogDamaged(
        text === undefined
          ? `${this.#key} is gone, and this log has put it there. ${LOOK}`
          : `${this.#key} was written by somebody else. ${TWO_WRITERS}`,
      );
    }
    this.#known = there && text !== undefined ? { text, etag: there.etag } : undefined;
    this.#attempted = undefined;
    return text;
  }
}
