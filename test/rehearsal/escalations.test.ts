import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import type * as wire from '../../clients/platform/wire.schema.ts';
import { RunningPlatform, type Answer } from './running-platform.ts';
import { Steps } from './steps.ts';
import { specOf } from './world.ts';

type Page = z.infer<typeof wire.escalationsReply>;
type Items = z.infer<typeof wire.itemsReply>['items'];

/** One plan hour in half a second of wall time. */
const SPEED = 7200;
const hours = (count: number): Promise<void> => sleep((count * 3_600_000) / SPEED);
const BASE = '/v1/deployments/q4/escalations';
const [FIRST, SECOND, SILENT] = ['m1@acme.test', 'm2@acme.test', 'm3@acme.test'] as const;
const HEAD = 'head@acme.test';

/** One story, told in order, about agents that run nowhere yet: what is tried in a queue needs none. */
describe('synthetic escalations', () => {
  let platform: RunningPlatform;
  let steps: Steps;
  beforeAll(async () => {
    platform = await RunningPlatform.start({
      speed: SPEED,
      managerAnswering: { [SECOND]: { delayHours: 1 }, [SILENT]: { never: true } },
    });
    steps = new Steps(platform);
    await steps.provision(specOf('askers', { agents: 3 }));
  });
  afterAll(() => platform.stop());

  const page = async (query = ''): Promise<Page> => (await platform.get(`${BASE}?limit=1000${query}`)).body as Page;
  const itemsOf = ({ body }: Answer): Items => (body as { items: Items }).items;
  const trial = (manager: string, leaveUnanswered = false) => ({ key: `acme/q4/*/${manager}/drill/1`, manager, leaveUnanswered });
  const drill = (managers: object[], generation = 0) => platform.post(BASE, { generation, items: managers });
  const reassign = (escalation: string, to: string, key = `pass/${escalation}/${to}`) =>
    platform.post(`${BASE}/reassign`, { items: [{ key, escalation, to }] });
  const of = async (manager: string) => (await page('&synthetic=true')).escalations.find((e) => e.manager === manager)!;

  it('come to each manager in the name of an agent that is bound to them, once per key', async () => {
    const all = [trial(FIRST), trial(SECOND, true), trial(SILENT)];
    const items = itemsOf(await drill(all));
    expect(items.map(({ status, operation }) => [status, operation])).toEqual(Array(3).fill(['done', 'drill']));
    expect(itemsOf(await drill(all))).toEqual(items.map((item) => ({ ...item, replayed: true })));
    const { total, escalations } = await page('&synthetic=true');
    expect(total).toBe(3);
    expect(escalations.map(({ manager, assignedTo, level }) => [manager, assignedTo, level])).toEqual(
      [FIRST, SECOND, SILENT].map((manager) => [manager, manager, 0]),
    );
  });

  it('are refused by item where there is no queue or no bound agent, and as a whole under a fence', async () => {
    await platform.control({ action: 'queue-remove', customer: 'acme', manager: FIRST });
    const items = itemsOf(await drill([{ ...trial(FIRST), key: 'again' }, trial(HEAD)]));
    expect(items.map(({ status, code }) => [status, code])).toEqual([
      ['refused', 'no_queue'],
      ['refused', 'no_bound_agent'],
    ]);
    await platform.control({ action: 'queue-add', customer: 'acme', manager: FIRST });
    const fence = { scopes: [{ level: 'deployment', deployment: 'q4' }], ceiling: 'shadow', commandId: 'stop-1' };
    await platform.post('/v1/fences', fence, { key: 'lower' });
    const { status, body } = await drill([{ ...trial(FIRST), key: 'fenced' }]);
    expect([status, (body as { code: string }).code]).toEqual([409, 'fenced']);
    expect((await platform.post(`${BASE}/reassign`, { items: [] }, { key: 'lower' })).status).toBe(403);
  });

  it('are answered by habit, but for the one that is left unanswered', async () => {
    await hours(1.2);
    expect(await of(FIRST)).toMatchObject({ decidedBy: FIRST, level: 0 });
    expect(await of(SECOND)).toMatchObject({ decidedBy: null, assignedTo: SECOND });
    expect((await page('&open=true')).escalations.map(({ manager }) => manager).sort()).toEqual([SECOND, SILENT]);
  });

  it('are passed on to whom the caller names, who then answers by their own habit', async () => {
    const [left, silent] = [await of(SECOND), await of(SILENT)];
    expect(itemsOf(await reassign(left.id, HEAD))).toMatchObject([{ status: 'done', escalation: left.id }]);
    expect(await of(SECOND)).toMatchObject({ assignedTo: HEAD, level: 1, decidedBy: null });
    // A silent manager gives it to another who always answers: the habit is the holder's, not the first manager's.
    await reassign(silent.id, FIRST);
    await hours(0.7);
    expect(await of(SECOND)).toMatchObject({ decidedBy: HEAD, manager: SECOND });
    expect(await of(SILENT)).toMatchObject({ decidedBy: FIRST, manager: SILENT });
  });

  it('are not passed on once they are decided, nor to nobody, nor where they lie already; each refusal has its code', async () => {
    await drill([{ ...trial(SILENT), key: 'second' }], await generation());
    const waiting = (await page('&open=true')).escalations[0]!;
    const answered = await of(FIRST);
    const codes = [
      ...itemsOf(await reassign(answered.id, HEAD)),
      ...itemsOf(await reassign('try_none', HEAD)),
      ...itemsOf(await reassign(waiting.id, SILENT)),
      ...itemsOf(await reassign(waiting.id, 'nobody@acme.test')),
    ].map(({ status, code }) => [status, code]);
    expect(codes).toEqual([
      ['refused', 'already_decided'],
      ['refused', 'unknown_escalation'],
      ['refused', 'already_there'],
      ['refused', 'unknown_person'],
    ]);
  });

  it('are the same after a kill -9 and a restart, wherever they lay', async () => {
    const before = (await page()).escalations;
    await platform.restart();
    expect((await page()).escalations).toEqual(before);
    const [waiting] = before.filter(({ decidedBy }) => decidedBy === null);
    await reassign(waiting!.id, HEAD);
    await platform.restart();
    const { assignedTo, level } = (await page()).escalations.find(({ id }) => id === waiting!.id)!;
    expect([assignedTo, level]).toEqual([HEAD, 1]);
  });

  it('never execute anything, approved or not', async () => {
    await hours(1);
    expect((await page('&open=true')).total).toBe(0);
    expect((await page()).escalations.some(({ decision }) => decision === 'approved')).toBe(true);
    expect((await platform.get('/v1/deployments/q4/writes')).body).toEqual({ total: 0, writes: [] });
  });

  const generation = async () => ((await platform.get('/v1/fences')).body as { generation: number }).generation;
});
