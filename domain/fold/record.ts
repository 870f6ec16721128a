import type { RecordedEntry } from '../entry.ts';
import type { Recorded } from '../view.ts';

/** Keys come from entries, so `record['constructor']` must be nothing rather than a function of the language. */
export const own = <T>(record: Partial<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined;

/** `__proto__` is no key but a setter, and would not survive JSON either. */
export function put<T>(record: Partial<Record<string, T>>, key: string, value: NoInfer<T>): void {
  if (key !== '__proto__') record[key] = value;
}

export const placeOf = (entry: RecordedEntry): Recorded => ({ index: entry.index, at: entry.at });
