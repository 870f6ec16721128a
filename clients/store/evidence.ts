import canonicalize from 'canonicalize';
import { createHash } from 'node:crypto';
import type { EvidenceRef } from '../../domain/entry.ts';
import { folder } from './key.ts';
import type { Store } from './port.ts';

/**
 * Keeps a document beside the log, under the SHA-256 of its bytes: the same content is the same object, and an object
 * with that name is never replaced. `prefix` is the deployment file's `audit.prefix`.
 */
export async function putEvidence(
  store: Store,
  prefix: string,
  content: Uint8Array | string,
  options: { contentType?: string; signal?: AbortSignal } = {},
): Promise<EvidenceRef> {
  const hex = sha256Hex(content);
  const ref = evidenceKey(prefix, hex);
  // `exists` is as good as `stored`: whoever was first has put the same bytes.
  await store.put(ref, content, { if: 'absent', ...options });
  return { ref, digest: `sha256:${hex}` };
}

/** Where the document with this digest (hex) lies. */
export const evidenceKey = (prefix: string, hex: string): string => `${folder(prefix)}evidence/${hex}`;

/** Plain JSON data as evidence, in canonical form, so that its digest can be recomputed from the data alone. */
export function putJsonEvidence(store: Store, prefix: string, value: unknown, signal?: AbortSignal): Promise<EvidenceRef> {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('Evidence must be JSON');
  return putEvidence(store, prefix, text, { contentType: 'application/json', signal });
}

/** The bytes behind a reference, or undefined when there are none or they are not what the digest says. */
export async function getEvidence(store: Store, evidence: EvidenceRef, signal?: AbortSignal): Promise<Uint8Array | undefined> {
  const content = await store.get(evidence.ref, signal);
  return content && `sha256:${sha256Hex(content)}` === evidence.digest ? content : undefined;
}

const sha256Hex = (content: Uint8Array | string): string => createHash('sha256').update(content).digest('hex');
