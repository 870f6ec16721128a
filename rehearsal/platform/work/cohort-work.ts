import { fraction } from '../hash.ts';
import type { Agent } from '../state/agent.ts';
import type { Cohort } from '../state/cohort.ts';
import type { CustomerWorld } from '../state/world.ts';
import type { PlanClock } from './clock.ts';
import type { Behaviour } from './behaviour.ts';
import { Checks } from './checks.ts';
import { at, DENY_SHARE, ROGUE, spread, WARN_SHARE, WRITES } from './counts.ts';
import { Meter } from './meter.ts';
import type { Conditions } from './meter.ts';

const ERROR_SHARE = 0.0003;
const UNSTABLE_ERROR_SHARE = 0.03;
/** What an agent that should not write at all writes by, when it does. */
const LEAST_WRITE_SHARE = 0.01;
const USUAL_LATENCY = spread(null);
/** The manifest's budget is for so many plan hours; work as planned uses somewhat less of it. */
const BUDGET_HOURS = 720;

/** What the running agents of one cohort do, live and shadow apart. */
export class CohortWork {
  readonly cohort: Cohort;
  readonly live: Meter;
  readonly shadow: Meter;
  readonly checks: Checks;
  /** Wall times at which writes that a manager approved were committed, in order. */
  readonly approved: number[] = [];

  constructor(cohort: Cohort, clock: PlanClock, epoch: number) {
    this.cohort = cohort;
    this.live = new Meter(`${cohort.home.path}/live`, clock, epoch);
    this.shadow = new Meter(`${cohort.home.path}/shadow`, clock, epoch);
    this.checks = new Checks(clock, epoch);
  }

  /** Called whenever an agent starts, stops or changes sides, or something happens to what it works with. */
  changed(world: CustomerWorld, time: number): void {
    const running = [...this.cohort.agents.values()].filter((agent) => agent.works);
    const live = running.filter(({ mode }) => mode === 'live');
    const shadow = running.filter(({ mode }) => mode === 'shadow');
    const unstable = world.unstable.has(this.cohort.name) ? { errors: UNSTABLE_ERROR_SHARE } : {};
    // What the script makes of them shows where it does harm: in shadow they are as ever.
    this.live.change(time, this.#conditions(world, live, { ...unstable, ...world.behaviour.get(this.cohort.name) }));
    this.shadow.change(time, this.#conditions(world, shadow, {}));
    const checked = live.length + shadow.length > 0;
    this.checks.change(time, checked ? (world.unhealthy.has(this.cohort.name) ? 'failing' : 'passing') : 'none');
  }

  /** Writes of live agents that took place: those of coordination at once, those of production when a manager approved; and rogue ones. */
  writesCommitted(from: number, to: number): number {
    const { counts } = this.live.between(from, to);
    if (this.cohort.spec.shape === 'coordination') return at(counts, WRITES) + at(counts, ROGUE);
    return countUpTo(this.approved, to) - countUpTo(this.approved, from) + at(counts, ROGUE);
  }

  get dollarsPerCall(): number {
    const { agents, budgetDollars, expectedCallsPerHour } = this.cohort.spec;
    const planned = agents * expectedCallsPerHour * BUDGET_HOURS;
    if (planned === 0) return 0;
    const used = 0.85 + 0.12 * fraction(`${this.cohort.home.path} cost`);
    return Math.max(1, Math.round(((budgetDollars * used) / planned) * 1e6)) / 1e6;
  }

  #conditions(world: CustomerWorld, agents: readonly Agent[], behaviour: Behaviour): Conditions {
    const { connectors, expectedCallsPerHour, expectedWritesPerHour, shape } = this.cohort.spec;
    const habit = 1 + 0.03 * (2 * fraction(this.cohort.home.path) - 1);
    const writes = shape === 'research' || expectedCallsPerHour === 0 ? 0 : expectedWritesPerHour / expectedCallsPerHour;
    return {
      agents,
      callsPerHour: agents.length * expectedCallsPerHour * habit * (behaviour.volume ?? 1),
      writeShare: Math.min(1, writes),
      rogueShare: Math.min(1, ((behaviour.writes ?? 1) - 1) * Math.max(LEAST_WRITE_SHARE, writes)),
      errorShare: behaviour.errors ?? ERROR_SHARE,
      warnShare: behaviour.warn ?? WARN_SHARE,
      denyShare: behaviour.deny ?? DENY_SHARE,
      latency: behaviour.slow ? spread(behaviour.slow) : USUAL_LATENCY,
      down: connectors.map((id) => world.connectors.get(id)?.up === false),
    };
  }
}

/** How many of the ascending times are not later than `time`. */
function countUpTo(times: readonly number[], time: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? 0) <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}
