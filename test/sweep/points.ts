import { random } from '../../scripts/generate/random.ts';
import { siteOf } from './site.ts';
import type { Tag } from './tag.ts';

/** What is done at a point: the answer is lost; the process dies before the call leaves; or before its answer arrives. */
const MODES = ['lost', 'before', 'after'] as const;
export type Mode = (typeof MODES)[number];

export interface Point {
  key: string;
  activity: string;
  /** What is to be done there; of it, what was done. */
  modes: Mode[];
  done: Set<Mode>;
}

/** Anything but plain words of an address: digests, numbers, names. */
const isName = (segment: string): boolean => /[\d%:~]/.test(segment) || segment.length > 40;

/** The address without what differs from cohort to cohort and from run to run. */
export const template = (path: string, names: ReadonlySet<string>): string =>
  (path.split('?')[0] ?? '')
    .split('/')
    .map((segment) => (isName(segment) || names.has(decodeURIComponent(segment)) ? '*' : segment))
    .join('/');

/** Whoever only looks leaves nothing behind, so that it makes no difference whether it dies before or after: once is enough. */
const onlyLooks = (method: string, path: string): boolean =>
  ['GET', 'HEAD'].includes(method) || (method === 'gRPC' && /\/(List|Describe|Get|Count)\w+$/.test(path));

/** Every call of every activity that was seen, by where it is made and what it asks; found by watching, never listed. */
export class Points {
  readonly seen = new Map<string, Point>();
  readonly #wanted: () => boolean;

  /** `share` of all that could be done is done, as the seed has it. */
  constructor({ seed, share }: { seed: number; share: number }) {
    const chance = random(seed, 'sweep');
    this.#wanted = () => share >= 1 || chance.next() < share;
  }

  of(tag: Tag, target: string, method: string, path: string): Point {
    const { activity } = tag;
    const key = `${activity} · ${target} ${method} ${path} · ${siteOf(tag)}`;
    const known = this.seen.get(key);
    if (known) return known;
    const modes = MODES.filter((mode) => !(mode === 'before' && onlyLooks(method, path)) && this.#wanted());
    const point: Point = { key, activity, modes, done: new Set() };
    this.seen.set(key, point);
    return point;
  }

  /** Faults that were not tried yet, by point. */
  get open(): { key: string; left: Mode[] }[] {
    return [...this.seen.values()].flatMap(({ key, modes, done }) => {
      const left = modes.filter((mode) => !done.has(mode));
      return left.length === 0 ? [] : [{ key, left }];
    });
  }

  get activities(): string[] {
    return [...new Set([...this.seen.values()].map(({ activity }) => activity))].sort();
  }
}
