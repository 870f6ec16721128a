import { lower } from '../types.ts';
import type { CohortSpec, FenceScope, Mode } from '../types.ts';

export interface Placed {
  scopes: FenceScope[];
  ceiling: Mode;
  generation: number;
  /** Generation of the lift, once it is lifted for all. */
  lifted: number | null;
  /** Cohorts (of a fence of agents: agents) for which it was lifted before that, with the generation of it. */
  exempt: Map<string, number>;
}

/** `generation` is the highest of any fence ever placed or lifted here; `standing` are the ceilings still in force. */
interface AtScope {
  generation: number;
  standing: Map<string, Placed>;
}

/** What tells which fences are around a cohort. */
export type Fenced = Pick<CohortSpec, 'cohort' | 'group' | 'shape'>;
interface Around {
  generation: number;
  ceiling: Mode;
}

const NONE: Around = { generation: 0, ceiling: 'live' };

const keyOf = ({ level, deployment, name }: FenceScope): string => {
  if (level === 'customer') return 'customer';
  return level === 'deployment' ? `deployment ${deployment}` : `${level} ${deployment} ${name}`;
};

/**
 * The ceilings of one customer. They need not name anything that exists. Whatever was authorised under a generation lower
 * than the one its target stands at now was authorised before somebody stopped it, and is refused.
 */
export class Fences {
  #counter = 0;
  /** Whether any agent was ever fenced by itself: most are not, and every flip asks for each. */
  #agents = false;
  readonly #scopes = new Map<string, AtScope>();
  readonly #commands = new Map<string, Placed>();

  get generation(): number {
    return this.#counter;
  }

  placed(commandId: string): Placed | undefined {
    return this.#commands.get(commandId);
  }

  place(commandId: string, scopes: FenceScope[], ceiling: Mode): void {
    const placed: Placed = { scopes, ceiling, generation: ++this.#counter, lifted: null, exempt: new Map() };
    this.#commands.set(commandId, placed);
    for (const scope of scopes) {
      if (scope.level === 'agent') this.#agents = true;
      const at = this.#at(keyOf(scope));
      at.generation = placed.generation;
      at.standing.set(commandId, placed);
    }
  }

  lift(commandId: string): void {
    const placed = this.#commands.get(commandId);
    if (!placed) return;
    placed.lifted = ++this.#counter;
    for (const scope of placed.scopes) {
      const at = this.#at(keyOf(scope));
      at.generation = placed.lifted;
      at.standing.delete(commandId);
    }
  }

  /** From now on the fence does not count for these, and they alone have a new generation. */
  exempt(commandId: string, level: 'cohort' | 'agent', names: readonly string[]): void {
    const placed = this.#commands.get(commandId);
    if (!placed) return;
    const generation = ++this.#counter;
    for (const name of names) {
      placed.exempt.set(name, generation);
      for (const deployment of deploymentsOf(placed.scopes)) {
        const at = this.#at(`${level} ${deployment} ${name}`);
        at.generation = generation;
        // A fence of agents stands on each of them.
        if (level === 'agent') at.standing.delete(commandId);
      }
    }
  }

  /** The generation that a forward write must carry, and the highest mode that it may lead to. */
  over(deployment: string, cohort?: Fenced, agent?: string): Around {
    const scopes = ['customer', `deployment ${deployment}`];
    if (cohort) {
      scopes.push(`wave ${deployment} ${cohort.shape}`, `group ${deployment} ${cohort.group}`);
      scopes.push(`cohort ${deployment} ${cohort.cohort}`);
    }
    if (agent !== undefined) scopes.push(`agent ${deployment} ${agent}`);
    return this.#lowest(scopes, cohort?.cohort);
  }

  /** What one agent's own fence says, beside those around it. */
  overAgent(deployment: string, agent: string): Around {
    const at = this.#agents ? this.#scopes.get(`agent ${deployment} ${agent}`) : undefined;
    return at ? this.#lowest([`agent ${deployment} ${agent}`], undefined) : NONE;
  }

  *standing(deployment: string | null): Generator<Around & { scope: FenceScope; commandId: string; exempt: string[] }> {
    for (const [commandId, { scopes, ceiling, generation, lifted, exempt }] of this.#commands) {
      if (lifted !== null) continue;
      for (const scope of scopes) {
        if (deployment !== null && scope.deployment !== undefined && scope.deployment !== deployment) continue;
        yield { scope, ceiling, generation, commandId, exempt: [...exempt.keys()] };
      }
    }
  }

  #lowest(scopes: readonly string[], cohort: string | undefined): Around {
    let generation = 0;
    let ceiling: Mode = 'live';
    for (const scope of scopes) {
      const at = this.#scopes.get(scope);
      if (!at) continue;
      generation = Math.max(generation, at.generation);
      for (const placed of at.standing.values()) {
        if (cohort === undefined || !placed.exempt.has(cohort)) ceiling = lower(ceiling, placed.ceiling);
      }
    }
    return { generation, ceiling };
  }

  #at(key: string): AtScope {
    const at = this.#scopes.get(key) ?? { generation: 0, standing: new Map<string, Placed>() };
    this.#scopes.set(key, at);
    return at;
  }
}

const deploymentsOf = (scopes: readonly FenceScope[]): Set<string> =>
  new Set(scopes.flatMap(({ deployment }) => deployment ?? []));
