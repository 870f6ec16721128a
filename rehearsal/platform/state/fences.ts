import { lower } from '../types.ts';
import type { FenceScope, Mode } from '../types.ts';

interface Placed {
  scopes: FenceScope[];
  ceiling: Mode;
  generation: number;
  /** Generation of the lift, once it is lifted. */
  lifted: number | null;
}

/** `generation` is the highest of any fence ever placed or lifted here; `standing` are the ceilings still in force. */
interface AtScope {
  generation: number;
  standing: Map<string, Mode>;
}

const keyOf = ({ level, deployment, name }: FenceScope): string => {
  if (level === 'customer') return 'customer';
  return level === 'deployment' ? `d ${deployment}` : `${level[0]} ${deployment} ${name}`;
};

/**
 * The ceilings of one customer. They need not name anything that exists. Whatever was authorised under a generation lower
 * than the one its target stands at now was authorised before somebody stopped it, and is refused.
 */
export class Fences {
  #counter = 0;
  readonly #scopes = new Map<string, AtScope>();
  readonly #commands = new Map<string, Placed>();

  get generation(): number {
    return this.#counter;
  }

  placed(commandId: string): Placed | undefined {
    return this.#commands.get(commandId);
  }

  place(commandId: string, scopes: FenceScope[], ceiling: Mode): void {
    const generation = ++this.#counter;
    this.#commands.set(commandId, { scopes, ceiling, generation, lifted: null });
    for (const scope of scopes) {
      const at = this.#at(scope);
      at.generation = generation;
      at.standing.set(commandId, ceiling);
    }
  }

  lift(commandId: string): void {
    const placed = this.#commands.get(commandId);
    if (!placed) return;
    placed.lifted = ++this.#counter;
    for (const scope of placed.scopes) {
      const at = this.#at(scope);
      at.generation = placed.lifted;
      at.standing.delete(commandId);
    }
  }

  /** The generation that a forward write must carry, and the highest mode that it may lead to. */
  over(deployment: string, cohort?: string, agent?: string): { generation: number; ceiling: Mode } {
    let generation = 0;
    let ceiling: Mode = 'live';
    const scopes = ['customer', `d ${deployment}`];
    if (cohort !== undefined) scopes.push(`c ${deployment} ${cohort}`);
    if (agent !== undefined) scopes.push(`a ${deployment} ${agent}`);
    for (const scope of scopes) {
      const at = this.#scopes.get(scope);
      if (!at) continue;
      generation = Math.max(generation, at.generation);
      for (const mode of at.standing.values()) ceiling = lower(ceiling, mode);
    }
    return { generation, ceiling };
  }

  /** What one agent's own fence says, beside those around it. */
  overAgent(deployment: string, agent: string): { generation: number; ceiling: Mode } {
    const at = this.#scopes.get(`a ${deployment} ${agent}`);
    if (!at) return { generation: 0, ceiling: 'live' };
    return { generation: at.generation, ceiling: [...at.standing.values()].reduce<Mode>(lower, 'live') };
  }

  *standing(deployment: string | null): Generator<{ scope: FenceScope; ceiling: Mode; generation: number; commandId: string }> {
    for (const [commandId, { scopes, ceiling, generation, lifted }] of this.#commands) {
      if (lifted !== null) continue;
      for (const scope of scopes) {
        if (deployment !== null && scope.deployment !== undefined && scope.deployment !== deployment) continue;
        yield { scope, ceiling, generation, commandId };
      }
    }
  }

  #at(scope: FenceScope): AtScope {
    const key = keyOf(scope);
    const at = this.#scopes.get(key) ?? { generation: 0, standing: new Map<string, Mode>() };
    this.#scopes.set(key, at);
    return at;
  }
}
