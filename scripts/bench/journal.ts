import { readFileSync } from 'node:fs';

interface Line {
  op: string;
  at: number;
  deployment?: string;
  items?: unknown[];
}

export interface Span {
  items: number;
  seconds: number;
  perSecond: number;
}

/** How long the platform was busy with some operations of a deployment, and how many items it did, by its own journal. */
export function spanOf(journal: string, deployment: string, operations: readonly string[]): Span {
  let first = Number.POSITIVE_INFINITY;
  let last = 0;
  let items = 0;
  for (const text of readFileSync(journal, 'utf8').split('\n')) {
    if (text === '') continue;
    const line = JSON.parse(text) as Line;
    if (line.deployment !== deployment || !operations.includes(line.op)) continue;
    first = Math.min(first, line.at);
    last = Math.max(last, line.at);
    items += line.items?.length ?? 0;
  }
  const seconds = Math.max(0.001, (last - first) / 1000);
  return { items, seconds, perSecond: items / seconds };
}
