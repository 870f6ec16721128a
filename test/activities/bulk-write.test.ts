import { MockActivityEnvironment } from '@temporalio/testing';
import { describe, expect, it } from 'vitest';
import { bulkWrite, type BulkWrite } from '../../activities/side-effect.ts';
import type { StepResult } from '../../activities/contract.ts';
import { ClientError } from '../../clients/error.ts';
import type { ItemResult, ItemsReply, Platform } from '../../clients/platform/port.ts';
import { newOffice, type Office } from './office/office.ts';

const agents = ['a-1', 'a-2', 'a-3'].map((id) => ({ id, managerEmail: `${id}@acme.example` }));
type Call = { key: string; agent: string }[];

/** A platform that does each key once, however often it is asked. */
class Doing {
  done = new Map<string, ItemResult>();
  calls: Call[] = [];
  lookups: string[][] = [];
  /** Played before a call has its effect; may throw instead of it. */
  before: (call: Call) => void = () => undefined;
  /** Played when a call had its effect; what it throws is all that the caller sees. */
  after: () => void = () => undefined;
  answer: (item: Call[number]) => Partial<ItemResult> = () => ({ status: 'done' });
  retryAfterMs: number | undefined;

  readonly platform: Partial<Platform> = {
    lookup: async (keys) => (this.lookups.push(keys), keys.flatMap((key) => this.done.get(key) ?? [])),
  };
  readonly call = async (items: Call): Promise<ItemsReply> => {
    this.calls.push(items);
    this.before(items);
    const results = items.map((item): ItemResult => {
      const before = this.done.get(item.key);
      if (before) return { ...before, replayed: true };
      const result: ItemResult = { key: item.key, agent: item.agent, status: 'done', ...this.answer(item) };
      if (result.status === 'done') this.done.set(item.key, result);
      return result;
    });
    this.after();
    return { items: results, ...(this.retryAfterMs === undefined ? {} : { retryAfterMs: this.retryAfterMs }) };
  };
}

function setUp(change: Partial<BulkWrite> = {}) {
  const doing = new Doing();
  const o = newOffice({ platform: doing.platform });
  const write: BulkWrite = {
    ...{ operation: 'mint', cohort: 'sales-ic-research', part: '0', generation: 1, round: '', authority: 5, agents },
    call: doing.call,
    ...change,
  };
  const attempt = (n: number, more: Partial<BulkWrite> = {}): Promise<StepResult> =>
    new MockActivityEnvironment({ attempt: n }).run(() => bulkWrite(o.d, n, { ...write, ...more }));
  return { doing, o, attempt };
}

const outcomesIn = (o: Office) => o.log.all.flatMap((e) => (e.kind === 'outcome' ? [{ agent: e.agent, ...e.data }] : []));
const once =
  (doing: Doing, what: () => void): (() => void) =>
  () => {
    doing.after = () => undefined;
    doing.before = () => undefined;
    what();
  };
const unreachable = () => {
  throw new ClientError('platform_unreachable', 'POST /v1/credentials: no answer');
};

describe('a bulk write', () => {
  it('stands in the log before the platform is called, with its agents and what allows it', async () => {
    const { doing, o, attempt } = setUp();
    let known: unknown[] = [];
    doing.before = () => (known = o.log.all.map((e) => e.kind));
    expect(await attempt(1)).toEqual({ done: 3 });
    expect(known).toEqual(['intent']);
    expect(o.log.all[0]).toMatchObject({ data: { operation: 'mint', agents: ['a-1', 'a-2', 'a-3'], authority: 5 } });
  });

  it('leaves one outcome per agent, each citing the intent, with what the platform said and no more', async () => {
    const { doing, o, attempt } = setUp();
    doing.answer = ({ agent }) => ({ status: 'done', vaultRef: `vault/${agent}`, version: 1, fingerprint: 'f00' });
    await attempt(1);
    expect(outcomesIn(o)).toEqual(
      agents.map(({ id }) => ({
        ...{ agent: id, operation: 'mint', intent: 0, result: 'applied' },
        key: `acme/${o.d.name.deployment}/sales-ic-research/${id}/mint/1`,
        ...{ vaultRef: `vault/${id}`, version: 1, fingerprint: 'f00' },
      })),
    );
  });

  it('that was carried out and never answered is adopted: nothing is sent again, nothing stands twice in the log', async () => {
    const { doing, o, attempt } = setUp();
    doing.after = once(doing, unreachable);
    await expect(attempt(1)).rejects.toThrow('no answer');
    expect(outcomesIn(o)).toEqual([]);
    expect(await attempt(2)).toEqual({ done: 3 });
    expect(doing.calls.length).toBe(1);
    expect(doing.done.size).toBe(3);
    expect(outcomesIn(o).map((x) => x.result)).toEqual(['applied', 'applied', 'applied']);
    expect(o.log.all.filter((e) => e.kind === 'intent').length).toBe(1);
  });

  it('that was carried out in part sends only the rest again, under the same keys', async () => {
    const { doing, attempt } = setUp();
    doing.before = once(doing, unreachable);
    await expect(attempt(1)).rejects.toThrow('no answer');
    const key = doing.calls[0]?.[1]?.key ?? '';
    doing.done.set(key, { key, agent: 'a-2', status: 'done' });
    expect(await attempt(2)).toEqual({ done: 3 });
    expect(doing.calls[1]?.map((i) => i.agent)).toEqual(['a-1', 'a-3']);
    expect(doing.calls[1]?.[0]?.key).toBe(doing.calls[0]?.[0]?.key);
  });

  it('sends nothing while it cannot be looked up what became of the first try', async () => {
    const { doing, o, attempt } = setUp();
    o.d.tenant.platform.lookup = async () => unreachable();
    await expect(attempt(2)).rejects.toThrow('no answer');
    expect(doing.calls).toEqual([]);
    expect(outcomesIn(o)).toEqual([]);
  });

  it('tried again on a retry finds what the round before had done, though a stop came in between', async () => {
    const { doing, o, attempt } = setUp();
    doing.after = once(doing, unreachable);
    await expect(attempt(1)).rejects.toThrow('no answer');
    doing.before = () => {
      throw new ClientError('fenced', 'POST /v1/credentials: authorised before it was stopped');
    };
    expect(await attempt(1, { round: '/33' })).toEqual({ done: 3 });
    expect(outcomesIn(o).map((x) => x.result)).toEqual(['applied', 'applied', 'applied']);
  });

  it('whose log is away before the call calls nobody', async () => {
    const { doing, o, attempt } = setUp();
    o.d.tenant.recorder = { ...o.d.tenant.recorder, add: () => Promise.reject(new ClientError('recorder_unreachable', 'away')) };
    await expect(attempt(1)).rejects.toThrow('away');
    expect(doing.calls).toEqual([]);
  });

  it.each(['fenced', 'precondition_failed', 'agent_in_other_deployment', 'platform_refused'] as const)(
    'answered with %s is final: recorded for every agent, never sent again',
    async (code) => {
      const { doing, o, attempt } = setUp();
      doing.before = () => {
        throw new ClientError(code, 'POST /v1/credentials: no');
      };
      expect(await attempt(1)).toEqual({ done: 0, code, detail: 'POST /v1/credentials: no' });
      expect(doing.calls.length).toBe(1);
      expect(outcomesIn(o).map(({ agent, result, code: why }) => [agent, result, why])).toEqual(
        agents.map(({ id }) => [id, 'not-applied', code]),
      );
    },
  );

  it('answered with what is no answer looks up what took place, and says so', async () => {
    const { doing, o, attempt } = setUp();
    doing.answer = ({ agent }) => ({ status: agent === 'a-3' ? 'rate_limited' : 'done' });
    doing.after = () => {
      throw new ClientError('platform_reply_invalid', "POST /v1/credentials: a proxy's page");
    };
    expect(await attempt(1)).toMatchObject({ done: 2, code: 'platform_reply_invalid' });
    expect(outcomesIn(o).map((x) => x.result)).toEqual(['applied', 'applied', 'not-applied']);
  });

  it('answered with what is no answer, again and again, is unknown until a later attempt finds out', async () => {
    const { doing, o, attempt } = setUp();
    const { platform } = o.d.tenant;
    const lookup = platform.lookup.bind(platform);
    const page = () => {
      throw new ClientError('platform_reply_invalid', "a proxy's page");
    };
    doing.after = page;
    platform.lookup = async () => page();
    expect(await attempt(1)).toMatchObject({ done: 0, code: 'side_effect_unknown' });
    expect(outcomesIn(o).map((x) => x.result)).toEqual(['unknown', 'unknown', 'unknown']);

    // Whoever wrote that died before it could say so.
    platform.lookup = lookup;
    expect(await attempt(2)).toEqual({ done: 3 });
    expect(outcomesIn(o).map((x) => x.result)).toEqual([...agents.map(() => 'unknown'), ...agents.map(() => 'applied')]);
    expect(doing.calls.length).toBe(1);
  });

  it('waits for its turn at a limited platform and sends only what is still open', async () => {
    const { doing, o, attempt } = setUp();
    let free = 1;
    doing.retryAfterMs = 1;
    doing.answer = () => (free-- > 0 ? { status: 'done' } : { status: 'rate_limited' });
    const result = attempt(1);
    doing.before = () => void (free = 1);
    expect(await result).toEqual({ done: 3 });
    expect(doing.calls.map((c) => c.map((i) => i.agent))).toEqual([['a-1', 'a-2', 'a-3'], ['a-2', 'a-3'], ['a-3']]);
    expect(outcomesIn(o).map((x) => x.result)).toEqual(['applied', 'applied', 'applied']);
  });

  it('asked as a whole to slow down does so, and is not refused', async () => {
    const { doing, attempt } = setUp();
    doing.before = once(doing, () => {
      throw new ClientError('platform_limited', 'slow down', { retryAfterMs: 1 });
    });
    expect(await attempt(1)).toEqual({ done: 3 });
    expect(doing.calls.length).toBe(2);
  });

  it('that waits for its turn ends at once when it is cancelled', async () => {
    const { doing, o } = setUp();
    doing.retryAfterMs = 60_000;
    doing.answer = () => ({ status: 'rate_limited' });
    const env = new MockActivityEnvironment({ attempt: 1 });
    const write: BulkWrite = {
      ...{ operation: 'mint', cohort: 'c', part: '0', generation: 1, round: '', authority: 5, agents, call: doing.call },
    };
    const running = env.run(() => bulkWrite(o.d, 1, write));
    env.cancel('CANCELLED');
    await expect(running).rejects.toThrow('CANCELLED');
    expect(doing.calls.length).toBeLessThanOrEqual(1);
  });

  it('does not hold the cohort back for an agent that was stopped alone, but for one that was refused', async () => {
    const { doing, o, attempt } = setUp();
    doing.answer = ({ agent }) => (agent === 'a-2' ? { status: 'fenced', detail: 'stands at generation 9' } : { status: 'done' });
    expect(await attempt(1)).toEqual({ done: 2 });
    expect(outcomesIn(o)[1]).toMatchObject({ agent: 'a-2', result: 'not-applied', code: 'fenced' });
    // Whatever the platform says in prose may quote what must not be kept.
    expect(JSON.stringify(o.log.all)).not.toContain('stands at generation 9');

    const other = setUp();
    other.doing.answer = ({ agent }) => (agent === 'a-2' ? { status: 'conflict', detail: 'is in q3' } : { status: 'done' });
    expect(await other.attempt(1)).toEqual({ done: 2, code: 'agent_in_other_deployment', detail: '1 of 3: a-2 conflict' });
  });

  it.each(['DENY', 'WARN'] as const)('of no-ops is no success when one of them got %s', async (verdict) => {
    const { doing, o, attempt } = setUp({ operation: 'smoke' });
    doing.answer = ({ agent }) => ({ status: 'done', verdict: agent === 'a-3' ? verdict : 'ALLOW' });
    expect(await attempt(1)).toMatchObject({ code: 'smoke_failed', detail: `1 of 3: a-3 ${verdict}` });
    expect(outcomesIn(o).map((x) => x.verdict)).toEqual(['ALLOW', 'ALLOW', verdict]);
  });
});
