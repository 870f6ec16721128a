/** A deployment with a bug in it: every workflow task of it fails, for ever. */
export function deployment(): Promise<void> {
  throw new Error('a bug');
}
