import type { Tag } from './tag.ts';

/** What is done at a point: the process dies before its call leaves, or before its answer arrives; or the answer is lost. */
export const MODES = ['lost', 'before', 'after'] as const;
export type Mode = (typeof MODES)[number];

export interface Point {
  key: string;
  done: Set<Mode>;
  calls: number;
}

/** Anything but plain words of an address: digests, numbers, names. */
const isName = (segment: string): boolean => /[\d%:~]/.test(segment) || segment.length > 40;

/** The address without what differs from cohort to cohort and from run to run. */
export const template = (path: string, names: ReadonlySet<string>): string =>
  (path.split('?')[0] ?? '')
    .split('/')
    .map((segment) => (isName(segment) || names.has(decodeURIComponent(segment)) ? '*' : segment))
    .join('/');

/** Every call of every activity that was seen, by where it is made and what it asks; found by watching, never listed. */
export class Points {
  readonly seen = new Map<string, Point>();

  of({ activity, site }: Tag, target: string, method: string, path: string): Point {
    const key = `${activity} · ${target} ${method} ${path} · ${site}`;
    const point = this.seen.get(key) ?? { key, done: new Set(), calls: 0 };
    this.seen.set(key, point);
    point.calls += 1;
    return point;
  }

  get covered(): number {
    return [...this.seen.values()].reduce((sum, { done }) => sum + done.size, 0);
  }

  get open(): Point[] {
    return [...this.seen.values()].filter(({ done }) => done.size < MODES.length);
  }

  get activities(): string[] {
    return [...new Set([...this.seen.values()].map(({ key }) => key.split(' ')[0] ?? ''))].sort();
  }
}
