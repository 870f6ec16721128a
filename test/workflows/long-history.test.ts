import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTemporal, type TemporalServer } from '../../scripts/processes/temporal.ts';
import { runsOf, startDeployment, THREE } from './cast/deployment.ts';
import { startWorkers, type OwnNamespace } from './cast/server.ts';

/** So early does this server say that a history has become long. */
const SUGGESTED_AT = 90;

let dir: string;
let server: TemporalServer;
let temporal: OwnNamespace;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'golive-long-'));
  const extraArgs = ['--dynamic-config-value', `limit.historyCount.suggestContinueAsNew=${SUGGESTED_AT}`];
  server = await startTemporal({ dir, extraArgs });
  temporal = await startWorkers({}, server);
}, 60_000);
afterAll(async () => {
  await temporal.close();
  await server.stop();
  await rm(dir, { recursive: true, force: true });
});

describe('a deployment that is flooded with orders', () => {
  it('goes on in fresh runs, in the middle of its stages, and answers every order once', async () => {
    const run = await startDeployment(temporal, { speed: 34_560 });
    run.cast.plays.evaluate = async ({ cohorts }) => {
      await new Promise((resolve) => setTimeout(resolve, 500));
      return { in: cohorts, left: [] };
    };
    const given: string[] = [];
    let flooding = true;
    const flood = (async () => {
      while (flooding) {
        given.push(await run.order({ kind: 'confirm', scope: { level: 'row', names: [`C4-${given.length}`] } }));
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    })();
    await run.allOrders(false);
    await run.until('the last wave is closed', (state) => state.waves['coordination'] === 'closed');
    flooding = false;
    await flood;
    await run.handOver();
    await run.handle.result();

    const runs = await runsOf(temporal, run);
    expect(runs.length).toBeGreaterThan(6);
    // The order in hand is finished first, so a run may be somewhat longer than the hint.
    for (const events of runs) expect(events.length).toBeLessThan(3 * SUGGESTED_AT);

    const { answered, standing } = await run.state();
    expect(given.filter((id) => !answered.includes(id))).toEqual([]);
    expect(new Set(answered).size).toBe(answered.length);
    expect(standing).toEqual({ 'hr-a': 'done', 'it-b': 'done', 'sales-c': 'done' });
    // What was done is found done: nothing is opened, raised or created a second time.
    expect(run.cast.callsOf('openWave').map((w) => w.wave)).toEqual(['research', 'production', 'coordination']);
    expect(run.cast.callsOf('raise').length).toBe(3);
    expect(run.cast.callsOf('registerCohorts').length).toBe(1);
    expect(run.cast.callsOf('preflight').length).toBe(1);
    expect(run.cast.callsOf('bindCohort').length).toBe(THREE.length);
  }, 120_000);
});
