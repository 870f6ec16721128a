import { fraction } from '../hash.ts';
import type { Agent } from '../state/agent.ts';
import type { PlanClock } from './clock.ts';
import { at, CALLS, minus, none, plus, split, WRITES } from './counts.ts';
import type { Counts, Mix, WriteKind } from './counts.ts';

/** What holds for a cohort's agents of one side (live or shadow) until something changes. */
export interface Conditions extends Mix {
  agents: readonly Agent[];
  /** Per plan hour, all of them together. */
  callsPerHour: number;
}
interface Segment {
  conditions: Conditions;
  from: number;
  /** Everything counted before. */
  base: Counts;
  agentHours: number;
  /** The part of a call that was under way. */
  carry: number;
}
export interface Execution {
  /** Counted from 0 since the agents first ran. */
  number: number;
  agent: Agent;
  at: number;
  /** What this one call counted as. */
  counted: Counts;
}

/** Two slow waves, a few percent high: load that is never quite even and can still be summed without walking through it. */
const WAVES = [
  { height: 0.02, hours: 1.7 },
  { height: 0.015, hours: 0.45 },
];

/**
 * How much a group of agents has done by any moment up to now, computed and never stored: calls follow from what held when.
 * Nothing that happens later changes what was counted up to a moment that is past.
 */
export class Meter {
  readonly #seed: string;
  readonly #clock: PlanClock;
  readonly #epoch: number;
  readonly #segments: Segment[] = [];

  constructor(seed: string, clock: PlanClock, epoch: number) {
    this.#seed = seed;
    this.#clock = clock;
    this.#epoch = epoch;
  }

  change(from: number, conditions: Conditions): void {
    const last = this.#segments.at(-1);
    if (!last && conditions.agents.length === 0) return;
    const { counts, agentHours, carry } = this.upTo(from);
    if (last?.from === from) this.#segments.pop();
    const base = last ? counts : none(conditions.down.length);
    this.#segments.push({ conditions: this.#known(conditions), from, base, agentHours, carry });
  }

  /** The same conditions as of one of the last two, where they are: a cohort that goes up and down has but two. */
  #known(conditions: Conditions): Conditions {
    return this.#segments.slice(-2).find((segment) => isSame(segment.conditions, conditions))?.conditions ?? conditions;
  }

  upTo(time: number): { counts: Counts; agentHours: number; carry: number } {
    const segment = this.#segmentAt(time);
    if (!segment) return { counts: none(0), agentHours: 0, carry: 0 };
    const done = this.#calls(segment, time);
    const whole = Math.floor(done);
    const agentHours = segment.agentHours + segment.conditions.agents.length * this.#clock.hours(time - segment.from);
    return { counts: plus(segment.base, split(whole, segment.conditions)), agentHours, carry: done - whole };
  }

  between(from: number, to: number): { counts: Counts; agentHours: number } {
    const [before, after] = [this.upTo(from), this.upTo(to)];
    return { counts: minus(after.counts, before.counts), agentHours: after.agentHours - before.agentHours };
  }

  /** The call with this number; it lies before `until`. */
  execution(number: number, until: number): Execution | null {
    const index = this.#segments.findLastIndex((segment) => at(segment.base, CALLS) <= number);
    const segment = this.#segments[index];
    if (!segment) return null;
    const { agents } = segment.conditions;
    const nth = number - at(segment.base, CALLS);
    const agent = agents[Math.floor(fraction(`${this.#seed}#${number}`) * agents.length)];
    if (!agent) return null;
    const time = this.#timeOf(segment, nth + 1, this.#segments[index + 1]?.from ?? until);
    return { number, agent, at: time, counted: minus(split(nth + 1, segment.conditions), split(nth, segment.conditions)) };
  }

  /** The call that made the write with this number, of those that were expected or of those that were not. */
  writing(write: number, until: number, kind: WriteKind = WRITES): Execution | null {
    const segment = this.#segments.findLast(({ base }) => at(base, kind) <= write);
    const share = kind === WRITES ? segment?.conditions.writeShare : segment?.conditions.rogueShare;
    if (!segment || !share) return null;
    const nth = write - at(segment.base, kind);
    // The first n of which more than nth are writes; `split` rounds half up.
    let calls = Math.max(0, Math.ceil((nth + 0.5) / share) - 1);
    while (at(split(calls, segment.conditions), kind) <= nth) calls++;
    return this.execution(at(segment.base, CALLS) + calls - 1, until);
  }

  /** The first millisecond by which so many calls were done. */
  #timeOf(segment: Segment, calls: number, end: number): number {
    let [low, high] = [segment.from, end];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (Math.floor(this.#calls(segment, middle)) >= calls) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #segmentAt(time: number): Segment | undefined {
    let [low, high] = [0, this.#segments.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#segments[middle]?.from ?? 0) <= time) low = middle + 1;
      else high = middle;
    }
    return this.#segments[low - 1];
  }

  /** Calls since the segment began: its rate, summed over the waves that it rides on. */
  #calls(segment: Segment, time: number): number {
    const [from, to] = [this.#clock.hours(segment.from - this.#epoch), this.#clock.hours(time - this.#epoch)];
    let hours = to - from;
    for (const { height, hours: length } of WAVES) {
      const speed = (2 * Math.PI) / length;
      const phase = 2 * Math.PI * fraction(`${this.#seed}~${length}`);
      hours += (height / speed) * (Math.sin(speed * to + phase) - Math.sin(speed * from + phase));
    }
    return segment.carry + segment.conditions.callsPerHour * Math.max(0, hours);
  }
}

const isSame = (a: Conditions, b: Conditions): boolean =>
  (Object.keys(a) as (keyof Conditions)[]).every((name) => {
    const [one, other] = [a[name], b[name]];
    return Array.isArray(one) && Array.isArray(other) ? isSameList(one, other) : one === other;
  });
const isSameList = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length && a.every((each, i) => each === b[i]);
