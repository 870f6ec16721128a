import { describe, expect, it } from 'vitest';
import { withGuests } from './guests.ts';
import type { Answer, RunningPlatform } from './running-platform.ts';
import { COHORT, helpers, namesOf, statuses, type Steps } from './steps.ts';
import { specOf } from './world.ts';

const customer = { level: 'customer' };
const deployment = { level: 'deployment', deployment: 'q4' };
const cohort = { level: 'cohort', deployment: 'q4', name: COHORT };
const agent = (name: string) => ({ level: 'agent', deployment: 'q4', name });
const codeOf = ({ body }: Answer) => (body as { code?: string }).code;

describe('a fence', () => {
  let platform: RunningPlatform;
  let steps: Steps;
  withGuests(30, (fresh, first) => void ([platform, steps] = [fresh, first]));

  const fence = async (scope: object, ceiling: string, commandId: string, key = 'lower'): Promise<number> => {
    const { body } = await platform.post('/v1/fences', { scopes: [scope], ceiling, commandId }, { key });
    return (body as { generation: number }).generation;
  };
  const lift = async (commandId: string): Promise<number> => {
    const { body } = await platform.post('/v1/fences/lift', { commandId, liftedBy: `lift ${commandId}` });
    return (body as { generation: number }).generation;
  };

  it.each([
    ['customer', customer],
    ['deployment', deployment],
    ['cohort', cohort],
  ])('around the %s refuses every forward write that was authorised before it', async (_, scope) => {
    await steps.provision(helpers());
    await steps.flip(COHORT, 'shadow', { run: true });
    await fence(scope, 'halted', 'stop');
    const { etag } = await steps.state();
    const names = namesOf(COHORT, 10);
    const answers = [
      await steps.register([helpers()], 'register/2'),
      await steps.create(names, COHORT, 2),
      await steps.bind(names),
      await steps.mint(names, COHORT, 2),
      await steps.smoke(names, COHORT, 2),
      await steps.putMode(COHORT, etag, { key: 'late', mode: 'live', livePercent: 5, generation: 0 }),
      await platform.post(`/v1/deployments/q4/cohorts/${COHORT}/example`, { key: 'example', generation: 0 }),
    ];
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 409));
    expect(answers.map(codeOf)).toEqual(answers.map(() => 'fenced'));
  });

  it('covers what does not exist yet', async () => {
    await fence(cohort, 'shadow', 'early');
    expect(codeOf(await steps.register([helpers()]))).toBe('fenced');
    steps.generation = 1;
    expect((await steps.register([helpers()])).status).toBe(200);
    await steps.create(namesOf(COHORT, 2));
    expect((await steps.state()).byMode).toMatchObject({ shadow: 2 });
  });

  it.each([
    ['customer', customer],
    ['deployment', deployment],
    ['wave', { level: 'wave', deployment: 'q4', name: 'production' }],
    ['group', { level: 'group', deployment: 'q4', name: 'it-ic' }],
    ['cohort', cohort],
  ])('below shadow around the %s lets nothing be registered or created, under whatever generation', async (_, scope) => {
    await steps.register([helpers()]);
    steps.generation = await fence(scope, 'halted', 'stop');
    expect(codeOf(await steps.create(namesOf(COHORT, 2)))).toBe('fenced');
    expect(codeOf(await steps.register([helpers()], 'register/2'))).toBe('fenced');
    steps.generation = await lift('stop');
    expect(statuses(await steps.create(namesOf(COHORT, 2)))).toEqual(['done', 'done']);
  });

  it('around a group or a wave is around its cohorts and no other', async () => {
    await steps.provision(helpers(), specOf('readers', { shape: 'research', group: 'hr-ic' }));
    for (const name of [COHORT, 'readers']) await steps.flip(name, 'shadow', { run: true });
    steps.generation = await fence({ level: 'group', deployment: 'q4', name: 'it-ic' }, 'shadow', 'stop');
    expect(codeOf(await steps.flip(COHORT, 'live'))).toBe('above_ceiling');
    expect((await steps.flip('readers', 'live')).status).toBe(200);
    await fence({ level: 'wave', deployment: 'q4', name: 'research' }, 'shadow', 'wave');
    expect((await steps.state('readers')).ceiling).toBe('shadow');
  });

  it('leaves other cohorts alone', async () => {
    await steps.provision(helpers(), specOf('others'));
    await fence(cohort, 'paused', 'stop');
    expect(codeOf(await steps.flip(COHORT, 'shadow', { run: true }))).toBe('fenced');
    expect((await steps.flip('others', 'shadow', { run: true })).status).toBe(200);
  });

  it('around one agent refuses that item only, and keeps it down when its cohort rises', async () => {
    await steps.register([helpers()]);
    await fence(agent(`${COHORT}-1`), 'shadow', 'one');
    expect(statuses(await steps.create(namesOf(COHORT, 3)))).toEqual(['done', 'fenced', 'done']);
    steps.generation = 1;
    await steps.snapshot();
    await steps.create(namesOf(COHORT, 3), COHORT, 2);
    steps.generation = await fence(agent(`${COHORT}-1`), 'paused', 'two');
    await platform.put(`/v1/deployments/q4/agents/${COHORT}-1/mode`, { key: 'two', mode: 'paused' }, { key: 'lower' });
    await steps.bind(namesOf(COHORT, 3));
    await steps.mint(namesOf(COHORT, 3));
    await steps.flip(COHORT, 'shadow', { run: true });
    await steps.flip(COHORT, 'live');
    expect((await steps.state()).byMode).toMatchObject({ live: 2, paused: 1 });
  });

  it('does not flip anything by itself, and lets nothing rise above it under the current generation either', async () => {
    await steps.provision(helpers());
    await steps.flip(COHORT, 'shadow', { run: true });
    steps.generation = await fence(deployment, 'shadow', 'hold');
    expect((await steps.state()).mode).toBe('shadow');
    expect(codeOf(await steps.flip(COHORT, 'live'))).toBe('above_ceiling');
    expect((await steps.flip(COHORT, 'paused')).status).toBe(200);
    expect((await steps.flip(COHORT, 'shadow')).status).toBe(200);
  });

  it('is lifted under a new generation, so that what was authorised while it stood stays refused', async () => {
    await steps.provision(helpers());
    await steps.flip(COHORT, 'shadow', { run: true });
    steps.generation = await fence(cohort, 'shadow', 'hold');
    const after = await lift('hold');
    expect(after).toBeGreaterThan(steps.generation);
    expect(codeOf(await steps.flip(COHORT, 'live'))).toBe('fenced');
    steps.generation = after;
    expect((await steps.flip(COHORT, 'live')).status).toBe(200);
  });

  it('is placed once per command and lifted once, by a key that may go forward', async () => {
    const first = await fence(customer, 'halted', 'stop');
    expect(await fence(customer, 'halted', 'stop')).toBe(first);
    const asLower = await platform.post('/v1/fences/lift', { commandId: 'stop', liftedBy: 'x' }, { key: 'lower' });
    expect(asLower.status).toBe(403);
    const lifted = await lift('stop');
    expect(await lift('stop')).toBe(lifted);
    expect((await platform.get('/v1/fences?deployment=q4')).body).toEqual({ generation: lifted, fences: [] });
    expect((await platform.post('/v1/fences/lift', { commandId: 'never', liftedBy: 'x' })).status).toBe(404);
  });

  it('is lifted for some cohorts only, under a new generation for these, and once', async () => {
    await steps.provision(helpers(), specOf('others'));
    for (const name of [COHORT, 'others']) await steps.flip(name, 'shadow', { run: true });
    const stopped = await fence(deployment, 'shadow', 'stop');
    const liftFor = async (commandId: string, ...cohorts: string[]) =>
      platform.post('/v1/fences/lift', { commandId, liftedBy: 'promote', cohorts });
    const { body } = await liftFor('stop', 'others');
    const { generation } = body as { generation: number };
    expect(codeOf(await steps.flip('others', 'live'))).toBe('fenced');
    steps.generation = generation;
    expect((await steps.flip('others', 'live')).status).toBe(200);
    expect(codeOf(await steps.flip(COHORT, 'live'))).toBe('above_ceiling');
    const { body: standing } = await platform.get('/v1/fences?deployment=q4');
    expect(standing).toMatchObject({ fences: [{ commandId: 'stop', generation: stopped, exempt: ['others'] }] });
    const again = await fence(deployment, 'shadow', 'again');
    expect((await liftFor('stop', 'others')).body).toEqual({ generation });
    expect(again).toBeGreaterThan(generation);
    await platform.restart();
    expect((await steps.state('others')).ceiling).toBe('shadow');
    expect((await liftFor('again', 'others')).status).toBe(200);
    expect((await steps.state('others')).ceiling).toBe('live');
  });

  it('around agents is lifted for some of them only, and stands for the others', async () => {
    await steps.provision(helpers());
    const [one = '', two = ''] = namesOf(COHORT, 2);
    const liftFor = (some: object) => platform.post('/v1/fences/lift', { commandId: 'odd', liftedBy: 'lea', ...some });
    const placed = { scopes: [agent(one), agent(two)], ceiling: 'shadow', commandId: 'odd' };
    await platform.post('/v1/fences', placed, { key: 'lower' });
    for (const name of [one, two])
      await platform.put(`/v1/deployments/q4/agents/${name}/mode`, { key: `odd/${name}`, mode: 'shadow' }, { key: 'lower' });
    expect(codeOf(await liftFor({ cohorts: [COHORT] }))).toBe('conflict');
    const first = (await liftFor({ agents: [one] })).body as { generation: number };
    expect((await liftFor({ agents: [one] })).body).toEqual(first);
    const up = (name: string) =>
      platform.put(`/v1/deployments/q4/agents/${name}/mode`, { key: `up/${name}`, mode: 'live', generation: first.generation });
    expect((await up(one)).status).toBe(200);
    steps.generation = first.generation;
    await steps.flip(COHORT, 'live', { livePercent: 100, run: true });
    const { body } = await platform.get('/v1/deployments/q4/agents?limit=1000');
    const modes = new Map((body as { agents: { agent: string; mode: string }[] }).agents.map((a) => [a.agent, a.mode]));
    expect([modes.get(one), modes.get(two)]).toEqual(['live', 'shadow']);
  });

  it('of the customer is lifted whole', async () => {
    await fence(customer, 'halted', 'shutdown');
    const answer = await platform.post('/v1/fences/lift', { commandId: 'shutdown', liftedBy: 'x', cohorts: [COHORT] });
    expect(codeOf(answer)).toBe('conflict');
  });

  it('cannot be jumped over by a generation that was never given out', async () => {
    await fence(customer, 'halted', 'stop');
    steps.generation = 99;
    expect((await steps.register([helpers()])).status).toBe(422);
  });

  it("of one customer is none of another's", async () => {
    await fence(customer, 'terminated', 'stop');
    expect((await platform.get('/v1/fences', { key: 'other-read' })).body).toEqual({ generation: 0, fences: [] });
  });

  it('stands after kill -9', async () => {
    await steps.provision(helpers());
    await fence(cohort, 'halted', 'stop');
    await platform.restart();
    expect(codeOf(await steps.flip(COHORT, 'shadow', { run: true }))).toBe('fenced');
    expect(await fence(customer, 'paused', 'second')).toBe(2);
  });
});
