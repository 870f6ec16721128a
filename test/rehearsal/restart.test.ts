import { appendFile, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readJournal, summarise } from '../../rehearsal/platform/journal-reader.ts';
import { RunningPlatform } from './running-platform.ts';
import { COHORT, helpers, namesOf, Steps } from './steps.ts';
import { specOf } from './world.ts';

describe('after kill -9', () => {
  let platform: RunningPlatform;
  let steps: Steps;
  beforeEach(async () => {
    platform = await RunningPlatform.start();
    steps = new Steps(platform);
  });
  afterEach(() => platform.stop());

  it('in the middle of load, all that was answered is there, and sending everything again does nothing twice', async () => {
    const cohorts = Array.from({ length: 12 }, (_, n) => specOf(`crew${n}`, { agents: 50 }));
    await steps.register(cohorts);
    await steps.snapshot();
    const answered: string[] = [];
    const take = async (cohort: string): Promise<void> => {
      const names = namesOf(cohort, 50);
      for (const step of [() => steps.create(names, cohort), () => steps.bind(names, cohort), () => steps.mint(names, cohort)]) {
        const { body } = await step();
        for (const { key, status } of (body as { items: { key: string; status: string }[] }).items) {
          expect(status).toBe('done');
          answered.push(key);
        }
      }
    };
    for (const delayMs of [15, 25, 40]) {
      const load = Promise.allSettled(cohorts.map(({ cohort }) => take(cohort)));
      await sleep(delayMs);
      await platform.kill();
      await load;
      await platform.restart();
      for (let from = 0; from < answered.length; from += 1000) {
        const keys = answered.slice(from, from + 1000);
        const { body } = await platform.post('/v1/operations/lookup', { keys });
        expect((body as { items: object[] }).items).toHaveLength(keys.length);
      }
    }
    await Promise.all(cohorts.map(({ cohort }) => take(cohort)));
    const { effects, duplicates } = summarise(readJournal(platform.journal));
    expect(effects).toMatchObject({ register: 12, create: 600, bind: 600, mint: 600 });
    expect(duplicates).toEqual({ created: 0, minted: 0, raised: 0, keys: 0 });
  });

  it('cohorts, agents, queues and fences read as before', async () => {
    await steps.provision(helpers());
    await steps.flip(COHORT, 'shadow', { run: true });
    await steps.flip(COHORT, 'live', { livePercent: 50 });
    await platform.put(`/v1/deployments/q4/agents/${COHORT}-0/mode`, { key: 'one', mode: 'halted' });
    await platform.post('/v1/fences', { scopes: [{ level: 'customer' }], ceiling: 'paused', commandId: 'stop' });
    const asked = async () => {
      const replies = [];
      for (const path of ['deployments/q4/agents', 'deployments/q4/queues', 'fences', 'connectors', 'hris', 'limits']) {
        replies.push((await platform.get(`/v1/${path}`)).body);
      }
      return [await steps.state(), ...replies];
    };
    const before = await asked();
    await platform.restart();
    expect(await asked()).toEqual(before);
  });

  it('a line that the kill tore is cut off, and the journal goes on after it', async () => {
    await steps.register([helpers()]);
    await platform.kill();
    await appendFile(platform.journal, '{"at":1,"op":"create","customer":"acme","it');
    await platform.restart();
    await steps.create(namesOf(COHORT, 10));
    await platform.restart();
    expect(await steps.state()).toMatchObject({ created: 10 });
    for (const line of (await readFile(platform.journal, 'utf8')).trim().split('\n'))
      expect(JSON.parse(line)).toHaveProperty('at');
  });

  it('what the fault script changed is still so, and planned failures are spent once', async () => {
    await platform.control({ action: 'connector-down', customer: 'acme', connector: 'jira' });
    await platform.control({ action: 'preflight-fail', customer: 'acme', cohort: COHORT, code: 'hris_stale' });
    await platform.control({ action: 'refuse-next', operation: 'hris', n: 2 });
    expect((await platform.get('/v1/hris')).status).toBe(503);
    await platform.restart();
    expect((await platform.get('/v1/hris')).status).toBe(503);
    expect((await platform.get('/v1/hris')).status).toBe(200);
    const { body } = await platform.get('/v1/connectors');
    expect(body).toMatchObject({ connectors: [{ id: 'jira', up: false }, { id: 'crm', up: true }, { id: 'ledger' }] });
  });
});
