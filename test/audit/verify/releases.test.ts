import { beforeAll, describe, expect, it } from 'vitest';
import type { Command } from '../../../domain/command.ts';
import { holdOfStop } from '../../../domain/stop/hold.ts';
import { STOPS, type StoppingKind } from '../../../domain/stop/stop.ts';
import type { SignedDeployment } from '../../support/signed-deployment.ts';
import { logOf, rulesBroken, smallDeployment, verified } from '../../support/verified.ts';
import { Book, holder } from './book.ts';

let made: SignedDeployment;
let cohort: string;
beforeAll(async () => {
  // Whoever owns security stands in for the Deployment Lead as well: one person, both roles that lift a halt.
  made = await smallDeployment({}, ({ people }) =>
    people.find((p) => p.roles.includes('security-lead'))?.deputyOf.push('deployment-lead'),
  );
  const live = new Book(made).of('cohort.phase', (e) => e.data.phase === 'live').entry;
  cohort = live.cohort ?? '';
});

/** A log at whose end things are ordered and done. */
class Ending {
  readonly book = new Book(made);
  /** What its orders are about. */
  scope: Command['scope'] = { level: 'cohort', names: [cohort] };
  readonly #model = this.book.of('command.applied', (e) => e.data.command.id === 'order-confirm-W3.13').entry;

  add(id: string, kind: string, data: object, cites = {}, about = {}): this {
    const { entry } = { entry: this.#model };
    const name = `${entry.customer}/${entry.deployment}`;
    this.book.insert(this.book.at('/closed'), { ...entry, ...about, id: `${name}/${id}`, kind, data }, cites);
    return this;
  }

  async order(
    id: string,
    kind: Command['kind'],
    role: Command['role'],
    args: Command['args'] = {},
    person = holder(this.book, role),
  ): Promise<Command> {
    const command = { ...this.#model.data.command, id, kind, role, person, scope: this.scope, args };
    const envelope = await made.sign(command, made.signers.get(person));
    this.add(`command/${id}`, 'command.applied', { command, envelope, fenceGeneration: 9, latencyMs: 1 });
    return command;
  }

  async stop(kind: StoppingKind): Promise<this> {
    const command = await this.order('order-stop', kind, 'arx-standby');
    const { id, scope, ceiling, why, releasedBy } = holdOfStop({ ...command, kind });
    const at = this.#model.at;
    const { envelope } = this.#model.data;
    this.add(`hold/${id}`, 'hold.added', {
      holdId: id,
      scope,
      ceiling,
      why,
      releasedBy,
      by: kind,
      liftedBy: STOPS[kind].liftedBy,
    });
    return this.add(`stop/${id}/flipped`, 'stop.flipped', {
      ...{ stop: id, kind, scope, ceiling, fenceGeneration: 7, handedInAt: at, fencedAt: at, lastAt: null },
      ...{ outcomes: { applied: 1, 'not-applied': 0, unknown: 0 }, flipped: [cohort], left: [], evidence: envelope },
    });
  }

  released(order: string, some: { agents?: string[] } = {}): this {
    const data = { holdId: 'order-stop', by: 'somebody', order, ...some };
    return this.add(`hold/order-stop/released/${order}`, 'hold.released', data);
  }

  /** One agent is given back what its cohort has. */
  restored(agent: string, authority: string): this {
    const name = `${this.#model.customer}/${this.#model.deployment}`;
    const call = { operation: 'restore', key: `${name}/${cohort}/${agent}/restore/1`, authority: -1 };
    this.add('back/intent', 'intent', { ...call, agents: [agent] }, { authority: `${name}/command/${authority}` }, { cohort });
    const outcome = { operation: 'restore', key: call.key, intent: -1, result: 'applied', mode: 'live' };
    return this.add('back/outcome', 'outcome', outcome, { intent: `${name}/back/intent` }, { cohort, agent });
  }

  raised(authority: string): this {
    const name = `${this.#model.customer}/${this.#model.deployment}`;
    const call = { operation: 'raise', key: `${name}/${cohort}/*/raise/again-5`, authority: -1 };
    this.add('again/intent', 'intent', { ...call, agents: [] }, { authority: `${name}/command/${authority}` }, { cohort });
    const outcome = { operation: 'raise', key: call.key, intent: -1, result: 'applied', mode: 'live', livePercent: 5 };
    return this.add('again/outcome', 'outcome', outcome, { intent: `${name}/again/intent` }, { cohort });
  }

  async broken(): Promise<string[]> {
    return rulesBroken(await verified(await logOf(made, this.book.drafts)));
  }
}

describe('a rollback in the log', () => {
  it('ends by a promotion that comes after it, and then its cohort may rise', async () => {
    const log = await new Ending().stop('rollback');
    await log.order('order-up-again', 'promote', 'operations-lead');
    expect(await log.released('order-up-again').raised('order-up-again').broken()).toEqual([]);
  });

  it('does not end by a promotion that came before it', async () => {
    const log = new Ending();
    await log.order('order-up-again', 'promote', 'operations-lead');
    expect(await (await log.stop('rollback')).released('order-up-again').broken()).toEqual(['release_unfounded']);
  });

  it('that stands lets nobody rise', async () => {
    const log = await new Ending().stop('rollback');
    await log.order('order-up-again', 'promote', 'operations-lead');
    expect(await log.raised('order-up-again').broken()).toEqual(['raised_under_stop']);
  });
});

describe('a halt in the log', () => {
  const of = { holdId: 'order-stop' };

  it('ends by two voices', async () => {
    const log = await new Ending().stop('halt');
    await log.order('order-lift-1', 'lift', 'security-lead', of);
    await log.order('order-lift-2', 'lift', 'deployment-lead', of);
    expect(await log.released('order-lift-2').broken()).toEqual([]);
  });

  it.each<[string, (log: Ending) => Promise<unknown>]>([
    ['one voice', (log) => log.order('order-end', 'lift', 'deployment-lead', of)],
    [
      'one person in both roles',
      async (log) => {
        const person = holder(log.book, 'security-lead');
        await log.order('order-lift-1', 'lift', 'security-lead', of, person);
        await log.order('order-end', 'lift', 'deployment-lead', of, person);
      },
    ],
    [
      'a second voice about another halt',
      async (log) => {
        await log.order('order-lift-1', 'lift', 'security-lead', { holdId: 'order-another' });
        await log.order('order-end', 'lift', 'deployment-lead', of);
      },
    ],
    ['a promotion', (log) => log.order('order-end', 'promote', 'operations-lead')],
  ])('does not end by %s', async (_what, lift) => {
    const log = await new Ending().stop('halt');
    await lift(log);
    expect(await log.released('order-end').broken()).toEqual(['release_unfounded']);
  });

  it.each(['pause', 'halt'] as const)('or a %s lets nobody rise while it stands', async (kind) => {
    const log = await new Ending().stop(kind);
    await log.order('order-up-again', 'promote', 'operations-lead');
    expect(await log.raised('order-up-again').broken()).toContain('raised_under_stop');
  });
});

describe('a rollback of agents by name in the log', () => {
  const agents = (...names: string[]): Command['scope'] => ({ level: 'agent', names });
  const rolledBack = async (...names: string[]): Promise<Ending> => {
    const log = new Ending();
    log.scope = agents(...names);
    return log.stop('rollback');
  };

  it('ends for the agents that a promotion names, and these alone go live again', async () => {
    const log = await rolledBack('one', 'two');
    log.scope = agents('one');
    await log.order('order-up-again', 'promote', 'operations-lead');
    expect(
      await log
        .released('order-up-again', { agents: ['one'] })
        .restored('one', 'order-up-again')
        .broken(),
    ).toEqual([]);
  });

  it('does not end by a promotion of their cohort, nor for an agent that the promotion does not name', async () => {
    const log = await rolledBack('one');
    log.scope = { level: 'cohort', names: [cohort] };
    await log.order('order-up-again', 'promote', 'operations-lead');
    expect(await log.released('order-up-again').broken()).toEqual(['release_unfounded']);
    const other = await rolledBack('one', 'two');
    other.scope = agents('one');
    await other.order('order-up-again', 'promote', 'operations-lead');
    expect(await other.released('order-up-again').broken()).toEqual(['release_unfounded']);
  });

  it('that stands lets none of them rise, whoever was promoted beside them', async () => {
    const log = await rolledBack('one', 'two');
    log.scope = agents('one');
    await log.order('order-up-again', 'promote', 'operations-lead');
    const broken = await log
      .released('order-up-again', { agents: ['one'] })
      .restored('two', 'order-up-again')
      .broken();
    expect(broken).toEqual(['authority_missing', 'raised_under_stop']);
  });
});
