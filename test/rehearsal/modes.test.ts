import { describe, expect, it } from 'vitest';
import { withGuests } from './guests.ts';
import type { Answer, RunningPlatform } from './running-platform.ts';
import { COHORT, helpers, namesOf, type Steps } from './steps.ts';

interface AgentState {
  agent: string;
  mode: string;
  lifecycle: string;
}

describe('the mode of a cohort', () => {
  let platform: RunningPlatform;
  let steps: Steps;
  withGuests(10, async (fresh, first) => {
    [platform, steps] = [fresh, first];
    await steps.provision(helpers());
  });

  const agents = async (): Promise<AgentState[]> =>
    ((await platform.get('/v1/deployments/q4/agents?limit=1000')).body as { agents: AgentState[] }).agents;
  const live = async (): Promise<string[]> => (await agents()).filter(({ mode }) => mode === 'live').map(({ agent }) => agent);
  const putAgent = (agent: string, mode: string, rest: object = {}): Promise<Answer> =>
    platform.put(`/v1/deployments/q4/agents/${agent}/mode`, { key: `${agent} ${mode}`, mode, ...rest });

  it('is flipped only by who names its ETag', async () => {
    const body = { key: 'run', mode: 'shadow', livePercent: 0, run: true, generation: 0 };
    expect((await platform.put(`/v1/deployments/q4/cohorts/${COHORT}/mode`, body)).status).toBe(428);
    expect((await steps.putMode(COHORT, '"old"', body)).status).toBe(412);
    expect((await steps.putMode(COHORT, '*', body)).status).toBe(412);
    const { etag } = await steps.state();
    const done = await steps.putMode(COHORT, etag, body);
    expect(done.status).toBe(200);
    expect(done.headers.get('etag')).toBe((await steps.state()).etag);
    expect((await steps.state()).etag).not.toBe(etag);
  });

  it('answers a repeated key with the first result although the ETag has moved since', async () => {
    const { etag } = await steps.state();
    const body = { key: 'run', mode: 'shadow', livePercent: 0, run: true, generation: 0 };
    const first = await steps.putMode(COHORT, etag, body);
    await steps.flip(COHORT, 'paused');
    const again = await steps.putMode(COHORT, etag, body);
    expect(again.body).toEqual(first.body);
    expect((await steps.state()).mode).toBe('paused');
    expect((await steps.putMode(COHORT, etag, { ...body, mode: 'live', livePercent: 5 })).status).toBe(409);
  });

  it('starts provisioned agents only when it says so, and only those with a credential', async () => {
    await steps.register([helpers(), { ...helpers(2), cohort: 'bare' }], 'register/2');
    await steps.create(namesOf('bare', 2), 'bare');
    await steps.bind(namesOf('bare', 2), 'bare');
    await steps.flip('bare', 'shadow', { run: true });
    expect((await steps.state('bare')).byLifecycle).toMatchObject({ provisioned: 2, running: 0 });
    expect((await steps.state()).byLifecycle).toMatchObject({ provisioned: 10, running: 0 });
    await steps.flip(COHORT, 'shadow', { run: true });
    expect((await steps.state()).byLifecycle).toMatchObject({ provisioned: 0, running: 10 });
  });

  it('makes a share of the agents live by a fixed choice: the chosen stay chosen', async () => {
    await steps.flip(COHORT, 'shadow', { run: true });
    const chosen: string[][] = [];
    for (const livePercent of [5, 10, 25, 50, 100]) {
      await steps.flip(COHORT, 'live', { livePercent });
      chosen.push(await live());
    }
    expect(chosen.map(({ length }) => length)).toEqual([0, 1, 2, 5, 10]);
    for (const [step, names] of chosen.entries()) expect(chosen[step + 1] ?? names).toEqual(expect.arrayContaining(names));
    await steps.flip(COHORT, 'shadow');
    await steps.flip(COHORT, 'live', { livePercent: 25 });
    expect(await live()).toEqual(chosen[2]);
  });

  it('does not bring back an agent that was stopped alone, whatever the cohort does', async () => {
    await steps.flip(COHORT, 'shadow', { run: true });
    const before = await steps.state();
    expect((await putAgent(`${COHORT}-3`, 'halted')).status).toBe(200);
    expect((await steps.state()).etag).toBe(before.etag);
    for (const mode of ['live', 'paused', 'shadow', 'live']) {
      await steps.flip(COHORT, mode);
      expect((await agents()).find(({ agent }) => agent === `${COHORT}-3`)?.mode).toBe('halted');
    }
    expect((await steps.state()).byMode).toMatchObject({ live: 9, halted: 1 });
    await steps.flip(COHORT, 'halted');
    expect((await steps.state()).byMode).toMatchObject({ halted: 10 });
  });

  it('is followed again by an agent that was given back, no further than the cohort is', async () => {
    await steps.flip(COHORT, 'shadow', { run: true });
    await putAgent(`${COHORT}-3`, 'halted');
    const asLower = await platform.put(
      `/v1/deployments/q4/agents/${COHORT}-3/mode`,
      { key: 'back', mode: 'live', generation: 0 },
      { key: 'lower' },
    );
    expect(asLower.status).toBe(403);
    await putAgent(`${COHORT}-3`, 'live', { generation: 0 });
    expect((await steps.state()).byMode).toMatchObject({ shadow: 10, live: 0 });
    await steps.flip(COHORT, 'live');
    expect((await steps.state()).byMode).toMatchObject({ live: 10 });
  });

  it('going down lifts no agent that stands lower than the rest', async () => {
    await steps.flip(COHORT, 'shadow', { run: true });
    const scopes = [{ level: 'agent', deployment: 'q4', name: `${COHORT}-3` }];
    await steps.flip(COHORT, 'paused');
    await platform.post('/v1/fences', { scopes, ceiling: 'paused', commandId: 'one' });
    await steps.flip(COHORT, 'live');
    expect((await steps.state()).byMode).toMatchObject({ live: 9, paused: 1 });
    await platform.post('/v1/fences/lift', { commandId: 'one', liftedBy: 'two' });
    await steps.flip(COHORT, 'shadow');
    expect((await steps.state()).byMode).toMatchObject({ shadow: 9, paused: 1 });
  });

  it('terminated ends its agents for good', async () => {
    await steps.flip(COHORT, 'shadow', { run: true });
    await steps.flip(COHORT, 'terminated');
    expect((await steps.state()).byLifecycle).toMatchObject({ terminated: 10, running: 0 });
    expect((await steps.flip(COHORT, 'shadow')).status).toBe(409);
    const { body } = await steps.mint(namesOf(COHORT, 1), COHORT, 2);
    expect(body).toMatchObject({ items: [{ status: 'refused' }] });
  });

  it('goes down with a wildcard, which never lifts anything', async () => {
    await steps.flip(COHORT, 'shadow', { run: true });
    const down = { key: 'down', mode: 'paused', livePercent: 0, generation: 0 };
    expect((await steps.putMode(COHORT, '*', down, 'lower')).status).toBe(200);
    expect((await steps.putMode(COHORT, '*', { ...down, key: 'up', mode: 'shadow' })).status).toBe(412);
  });
});
