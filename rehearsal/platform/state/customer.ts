import type { CustomerConfig } from '../config.ts';
import { PlanClock } from '../work/clock.ts';
import type { CohortState, ItemResult } from '../types.ts';
import type { Agent } from './agent.ts';
import type { Cohort } from './cohort.ts';
import type { Deployment } from './deployment.ts';
import { Fences } from './fences.ts';
import type { Snapshot } from './hris.ts';
import { CustomerWorld } from './world.ts';

/** What became of a key. `request` tells a repetition from another request that took the same key. */
export interface Operation {
  result: ItemResult;
  request: string;
  /** The whole reply as JSON, where it is more than an item's result: there is one for each flip, and text weighs little. */
  reply?: string;
}

export interface CohortSet {
  id: string;
  deployment: string;
  cohorts: string[];
}

/** Everything the platform holds for one customer. Changed by events only, the same at work and at restart. */
export class Customer {
  readonly name: string;
  readonly config: CustomerConfig;
  readonly world: CustomerWorld;
  readonly clock: PlanClock;
  readonly fences = new Fences();
  readonly deployments = new Map<string, Deployment>();
  /** Every agent by name: one name is one agent, whichever deployment has it. */
  readonly agents = new Map<string, Agent>();
  readonly operations = new Map<string, Operation>();
  readonly sets = new Map<string, CohortSet>();
  readonly snapshots = new Map<string, Snapshot>();

  constructor(config: CustomerConfig, speed: number) {
    this.name = config.customer;
    this.config = config;
    this.clock = new PlanClock(speed);
    this.world = new CustomerWorld(config.world, speed);
  }

  done(key: string, result: Omit<ItemResult, 'key' | 'status'>, request: string, reply?: unknown): void {
    const kept = reply === undefined ? {} : { reply: JSON.stringify(reply) };
    this.operations.set(key, { result: { key, status: 'done', ...result }, request, ...kept });
  }

  /** What was answered to that key, undefined where it was an item's result or nothing. */
  replyTo(key: string): unknown {
    const reply = this.operations.get(key)?.reply;
    return reply === undefined ? undefined : JSON.parse(reply);
  }

  cohort(deployment: string, cohort: string): Cohort | undefined {
    return this.deployments.get(deployment)?.cohorts.get(cohort);
  }

  cohortState(cohort: Cohort): CohortState {
    const { ceiling, generation } = this.fences.over(cohort.deployment, cohort.spec);
    return cohort.state(ceiling, generation);
  }
}
