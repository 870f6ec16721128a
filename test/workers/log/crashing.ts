import type { S3Settings } from '../../../clients/store/s3.ts';
import type { Store } from '../../../clients/store/port.ts';

/** What the process is told as JSON. */
export interface CrashingLog {
  s3: S3Settings;
  /** Bucket. */
  work: string;
  keyFile: string;
  /** Not given: it dies when it is through. */
  crashAt?: { number: number; side: 'before' | 'after' };
  batches: Step[];
}

/** Entries from, up to without; or a publication. */
export type Step = [number, number] | 'publish';

/** `writes`: the call changes something outside of the process. */
export type Crash = <T>(writes: boolean, call: () => Promise<T>) => Promise<T>;

export const crashingStore = (store: Store, at: Crash): Store => ({
  get: (...of) => at(false, () => store.get(...of)),
  getWithEtag: (...of) => at(false, () => store.getWithEtag(...of)),
  size: (...of) => at(false, () => store.size(...of)),
  put: (...of) => at(true, () => store.put(...of)),
  remove: (...of) => at(true, () => store.remove(...of)),
  list: (...of) => at(false, () => store.list(...of)),
});
