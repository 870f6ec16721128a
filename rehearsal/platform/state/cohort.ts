import { hash32, shortHash } from '../hash.ts';
import { rank } from '../types.ts';
import type { CohortSpec, CohortState, Lifecycle, Mode } from '../types.ts';
import { Agent } from './agent.ts';
import type { Home } from './agent.ts';

const noLifecycles = (): Record<Lifecycle, number> => ({ provisioning: 0, provisioned: 0, running: 0, terminated: 0 });
const noModes = (): Record<Mode, number> => ({ terminated: 0, halted: 0, paused: 0, shadow: 0, live: 0 });

/** The agents of one manifest. Counts are kept as things happen, so that listing 250 cohorts reads no agent. */
export class Cohort {
  readonly name: string;
  readonly deployment: string;
  readonly home: Home;
  spec: CohortSpec;
  mode: Mode = 'shadow';
  livePercent = 0;
  readonly agents = new Map<string, Agent>();
  readonly byLifecycle = noLifecycles();
  readonly byMode = noModes();
  bound = 0;
  credentialled = 0;
  revoked = 0;
  smoked = 0;
  /** Per connector as whom agents log in there with the credential that they have now, where it is not as whom they should. */
  readonly wrongIdentity = new Map<string, { identity: string; agents: Set<Agent> }>();
  /** What Atlas runs, where it is not what was registered, and since when. */
  drift: { digest: string; at: number } | null = null;
  /** When Atlas last built its agents. */
  builtAt: number | null = null;
  #revision = 1;
  /** Who goes live first, fixed at the first flip to live; agents that come later stand behind. */
  #order: Agent[] = [];

  constructor(customer: string, deployment: string, spec: CohortSpec) {
    this.name = spec.cohort;
    this.deployment = deployment;
    this.home = { deployment, cohort: spec.cohort, path: `${customer}/${deployment}/${spec.cohort}` };
    this.spec = spec;
  }

  /** Moves with every flip of the cohort; an agent stopped alone leaves it as it is. */
  get etag(): string {
    return `"${shortHash(`${this.home.path}#${this.#revision}`, 12)}"`;
  }

  add(name: string, managerEmail: string, mode: Mode): Agent {
    const agent = new Agent(name, this.agents.size, this.home, managerEmail, mode);
    this.agents.set(name, agent);
    this.byLifecycle.provisioning++;
    this.byMode[mode]++;
    return agent;
  }

  setLifecycle(agent: Agent, lifecycle: Lifecycle): void {
    this.byLifecycle[agent.lifecycle]--;
    agent.lifecycle = lifecycle;
    this.byLifecycle[lifecycle]++;
  }

  setMode(agent: Agent, mode: Mode): void {
    this.byMode[agent.mode]--;
    agent.mode = mode;
    this.byMode[mode]++;
  }

  /** A credential of its own making is what an agent is known by: with another one, or none, nothing is left of the old one. */
  rightIdentity(agent: Agent): void {
    for (const [connector, { agents }] of this.wrongIdentity) {
      agents.delete(agent);
      if (agents.size === 0) this.wrongIdentity.delete(connector);
    }
  }

  flip(mode: Mode, livePercent: number): void {
    this.mode = mode;
    this.livePercent = livePercent;
    this.#revision++;
  }

  /** What the cohort's mode asks of each of its agents: the first p % of a fixed order are live, so the chosen stay chosen. */
  *wanted(mode: Mode, livePercent: number): Generator<[Agent, Mode]> {
    if (mode !== 'live') {
      for (const agent of this.agents.values()) yield [agent, mode];
      return;
    }
    const order = this.#inOrder();
    const chosen = Math.floor((order.length * livePercent) / 100 + 1e-9);
    for (const [index, agent] of order.entries()) yield [agent, index < chosen ? 'live' : 'shadow'];
  }

  state(ceiling: Mode, generation: number): CohortState {
    return {
      cohort: this.name,
      group: this.spec.group,
      shape: this.spec.shape,
      etag: this.etag,
      mode: this.mode,
      livePercent: this.livePercent,
      ceiling,
      generation,
      agents: this.spec.agents,
      created: this.agents.size,
      bound: this.bound,
      credentialled: this.credentialled,
      revoked: this.revoked,
      smoked: this.smoked,
      byLifecycle: { ...this.byLifecycle },
      byMode: { ...this.byMode },
    };
  }

  /** Is this above what the cohort has? Starting provisioned agents always is. */
  isRaise(mode: Mode, livePercent: number, run: boolean): boolean {
    if (run || rank(mode) > rank(this.mode)) return true;
    return mode === 'live' && this.mode === 'live' && livePercent > this.livePercent;
  }

  #inOrder(): Agent[] {
    if (this.#order.length < this.agents.size) {
      const placed = new Set(this.#order);
      const rest = [...this.agents.values()].filter((agent) => !placed.has(agent));
      const ranked = rest.map((agent) => ({ agent, at: hash32(agent.name) }));
      ranked.sort((a, b) => a.at - b.at || (a.agent.name < b.agent.name ? -1 : 1));
      this.#order = [...this.#order, ...ranked.map(({ agent }) => agent)];
    }
    return this.#order;
  }
}
