/**
 * FNV-1a, 32 bit, with a finishing mix, so that neighbouring ids do not get neighbouring numbers. It picks who comes
 * first where any choice is fair but must be the same on every machine and in every replay; it protects nothing.
 */
export function fixedHash(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** The same items in an order that nobody chose: by the hash of their id under a purpose. */
export function inFixedOrder<T extends { id: string }>(items: readonly T[], purpose: string): T[] {
  const rank = new Map(items.map((item) => [item.id, fixedHash(`${purpose}/${item.id}`)]));
  return [...items].sort((a, b) => (rank.get(a.id) ?? 0) - (rank.get(b.id) ?? 0) || (a.id < b.id ? -1 : 1));
}
