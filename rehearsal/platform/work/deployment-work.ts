import { fraction, quickId } from '../hash.ts';
import type { Agent } from '../state/agent.ts';
import type { Cohort } from '../state/cohort.ts';
import type { CustomerWorld } from '../state/world.ts';
import type { PlanClock } from './clock.ts';
import { CohortWork } from './cohort-work.ts';
import { Escalations } from './escalations.ts';
import type { Escalation } from './escalations.ts';
import { occurrences, placeInRound, wasLive } from './occurrences.ts';
import type { Rhythm } from './occurrences.ts';

export interface ApprovedWrite {
  id: string;
  escalation: Escalation;
  connector: string;
}
export interface Orchestration {
  id: string;
  agent: Agent;
  connectors: string[];
  at: number;
}

/** What a manager can look at in an hour, and what a whole deployment asks at the least, however few managers it has. */
const ASKED_PER_MANAGER_HOUR = 12;
const ASKED_PER_HOUR = 200;
/** Per live agent and plan hour. A coordination agent acts by itself and asks a manager now and then only. */
const COORDINATION = { escalations: 0.05, orchestrations: 0.5 };

/**
 * Escalations, approved writes and orchestrations of a deployment. They follow from when agents were live; asking for them
 * carries them on from the last moment asked for to now, and gives the same after a restart as it would have before: what was
 * done from outside to a queue is in the journal, and takes effect between all that came before it and all that comes after.
 */
export class DeploymentWork {
  readonly cohorts = new Map<string, CohortWork>();
  readonly escalations: Escalations;
  readonly writes: ApprovedWrite[] = [];
  readonly orchestrations: Orchestration[] = [];
  readonly #clock: PlanClock;
  #upTo = 0;
  #askedAtMost = Infinity;

  constructor(world: CustomerWorld, clock: PlanClock) {
    this.#clock = clock;
    this.escalations = new Escalations(world.answering, clock);
  }

  of(cohort: Cohort, epoch: number): CohortWork {
    const work = this.cohorts.get(cohort.name) ?? new CohortWork(cohort, this.#clock, epoch);
    this.cohorts.set(cohort.name, work);
    return work;
  }

  /** Production agents ask as often as their managers can bear, together. */
  registered(cohorts: Iterable<Cohort>, at: number): void {
    this.carryOn(at);
    const specs = [...cohorts].map(({ spec }) => spec).filter(({ shape }) => shape === 'production');
    const managers = new Set(specs.flatMap((spec) => spec.managers)).size;
    const agents = specs.reduce((sum, spec) => sum + spec.agents, 0);
    this.#askedAtMost = Math.max(ASKED_PER_HOUR, managers * ASKED_PER_MANAGER_HOUR) / Math.max(1, agents);
  }

  carryOn(now: number): void {
    if (now <= this.#upTo) return;
    const raised: Escalation[] = [];
    const completed: Orchestration[] = [];
    for (const { cohort } of this.cohorts.values()) {
      if (cohort.spec.shape === 'research') continue;
      for (const agent of cohort.agents.values()) {
        if (agent.live.length === 0) continue;
        raised.push(...this.#escalationsOf(agent, cohort, now));
        completed.push(...this.#orchestrationsOf(agent, cohort, now));
      }
    }
    this.escalations.add(raised.sort(byTime));
    this.orchestrations.push(...completed.sort(byTime));
    for (const escalation of this.escalations.decide(now)) this.#commit(escalation);
    this.#upTo = now;
  }

  /** What was approved is written then and there, unless the agent has been stopped or taken back in the meantime; a trial is no write. */
  #commit(escalation: Escalation): void {
    const { agent, decision, decidedAt, synthetic } = escalation;
    if (synthetic) return;
    const work = this.cohorts.get(agent.home.cohort);
    if (decision !== 'approved' || decidedAt === null || !work || !wasLive(agent.live, decidedAt)) return;
    const { connectors } = work.cohort.spec;
    const connector = connectors[Math.floor(fraction(escalation.id) * connectors.length)] ?? 'none';
    this.writes.push({ id: `wr_${quickId(escalation.id)}`, escalation, connector });
    work.approved.push(decidedAt);
  }

  *#escalationsOf(agent: Agent, cohort: Cohort, now: number): Generator<Escalation> {
    const perHour = cohort.spec.shape === 'production' ? this.#askedPerHour(cohort) : COORDINATION.escalations;
    if (perHour === 0) return;
    for (const at of occurrences(agent.live, this.#rhythm(agent, perHour, 0, 1 / perHour), this.#upTo, now)) {
      yield this.escalations.asked(agent, at);
    }
  }

  *#orchestrationsOf(agent: Agent, cohort: Cohort, now: number): Generator<Orchestration> {
    if (cohort.spec.shape !== 'coordination') return;
    const rhythm = this.#rhythm(agent, COORDINATION.orchestrations, 0.2, 0.8);
    for (const at of occurrences(agent.live, rhythm, this.#upTo, now)) {
      const id = `orc_${quickId(`${agent.home.path}/${agent.name}/${at}`)}`;
      yield { id, agent, connectors: cohort.spec.connectors.slice(0, 3), at };
    }
  }

  /** Every write of a production agent is asked for. Rare ones a little more often, so that small runs see some. */
  #askedPerHour({ spec }: Cohort): number {
    const { expectedWritesPerHour: expected } = spec;
    return Math.min(this.#askedAtMost, Math.max(expected, Math.min(1, 1.5 * expected)));
  }

  #rhythm(agent: Agent, perHour: number, afterHours: number, withinHours: number): Rhythm {
    const firstHours = afterHours + 0.02 + placeInRound(agent.number) * withinHours;
    return { firstMs: this.#clock.wallMs(firstHours), everyMs: this.#clock.wallMs(1 / perHour) };
  }
}

const byTime = (a: { at: number; id: string }, b: { at: number; id: string }): number => a.at - b.at || (a.id < b.id ? -1 : 1);
