const MIB = 1024 * 1024;

/** How much of a set is looked at. Sizes are checked before a byte is read, so that a huge file costs nothing. */
export const SET_LIMITS = {
  files: 1000,
  manifestBytes: 4 * MIB,
  setBytes: 64 * MIB,
  indexBytes: MIB,
  envelopeBytes: 64 * 1024,
  keyLength: 200,
  /** Problems listed in full; the rest is counted. */
  problems: 200,
} as const;

export const INDEX_KEY = 'index.json';
export const SIGNATURE_KEY = 'set.dsse.json';
const APPROVAL = /^approvals\/([a-z0-9][a-z0-9-]{0,62})\.dsse\.json$/;

export const approvalKey = (person: string): string => `approvals/${person}.dsse.json`;
export const approvalPerson = (key: string): string | undefined => APPROVAL.exec(key)?.[1];

/**
 * A key that means the same to S3, to a file system and to a reader. The list of what is allowed is short on
 * purpose: `..`, `//`, `%2e`, NUL, backslashes, look-alike letters and hidden folders are all simply not in it.
 */
export function isCanonicalKey(key: string): boolean {
  return (
    key.length <= SET_LIMITS.keyLength && /^[a-z0-9][a-z0-9._-]*(?:\/[a-z0-9][a-z0-9._-]*)*$/.test(key) && !key.includes('..')
  );
}
