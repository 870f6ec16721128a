import type { AgentCounts, CohortCounts, CohortView, DeploymentView } from '../view.ts';
import { own, put } from './record.ts';

/** Bits of the ledger: what an agent has behind it. */
export const STEPS = { created: 1, bound: 2, minted: 4, smoked: 8, running: 16, live: 32 } as const satisfies Record<
  keyof CohortCounts,
  number
>;
export type Step = keyof typeof STEPS;
const STEP_NAMES = Object.keys(STEPS) as Step[];

const noAgents = (): AgentCounts => ({ total: 0, provisioning: 0, shadow: 0, live: 0, paused: 0, halted: 0, terminated: 0 });

/** A cohort's agents by state. An agent that is not running makes no calls, so its cohort's mode says nothing about it yet. */
export function agentCounts(cohort: CohortView): AgentCounts {
  const counts = noAgents();
  counts.total = cohort.agents;
  const running = Math.min(cohort.counts.running, cohort.agents);
  if (cohort.mode === 'terminated') counts.terminated = cohort.agents;
  else if (cohort.mode === 'halted' || cohort.mode === 'paused') counts[cohort.mode] = running;
  else {
    counts.live = Math.min(cohort.counts.live, running);
    counts.shadow = running - counts.live;
  }
  counts.provisioning = cohort.agents - counts.terminated - counts.paused - counts.halted - counts.live - counts.shadow;
  return counts;
}

/** Changes a cohort and carries the sums along; adding up 250 cohorts for each of 100,000 outcomes would be the whole cost of a fold. */
export function changeCohort(view: DeploymentView, cohort: CohortView, change: () => void): void {
  add(view, cohort, -1);
  change();
  add(view, cohort, 1);
}

/** Adds everything up anew. */
export function count(view: DeploymentView): void {
  view.agents = noAgents();
  for (const step of STEP_NAMES) view.progress[step] = 0;
  for (const cohort of Object.values(view.cohorts)) add(view, cohort, 1);
}

function add(view: DeploymentView, cohort: CohortView, sign: 1 | -1): void {
  const counts = agentCounts(cohort);
  for (const state of Object.keys(counts) as (keyof AgentCounts)[]) view.agents[state] += sign * counts[state];
  for (const step of STEP_NAMES) view.progress[step] += sign * cohort.counts[step];
}

/** Notes that an agent has (or, after a failed repetition, no longer has) a step behind it; twice counts once. */
export function setStep(view: DeploymentView, cohort: CohortView, agent: string, step: Step, done: boolean): void {
  let agents = own(view.ledger, cohort.id);
  if (!agents) put(view.ledger, cohort.id, (agents = {}));
  const before = own(agents, agent) ?? 0;
  const after = done ? before | STEPS[step] : before & ~STEPS[step];
  if (after === before) return;
  put(agents, agent, after);
  const most = cohort.agents > 0 ? cohort.agents : Infinity;
  cohort.counts[step] = Math.max(0, Math.min(most, cohort.counts[step] + (done ? 1 : -1)));
}

/** The same from an outcome on the cohort as a whole: which agents it was is the platform's business, their number is known. */
export function setStepOfAll(view: DeploymentView, cohort: CohortView, step: Step, agents: number): void {
  const ledger = own(view.ledger, cohort.id) ?? {};
  const all = agents === cohort.agents;
  for (const [agent, bits] of Object.entries(ledger)) put(ledger, agent, all ? bits | STEPS[step] : bits & ~STEPS[step]);
  cohort.counts[step] = agents;
}
