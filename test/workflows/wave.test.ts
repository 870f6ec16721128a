import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WaveStepResult } from '../../activities/contract.ts';
import { refused } from '../../activities/boundary.ts';
import { deploymentWorkflowId, QUEUES, waveWorkflowId } from '../../domain/ids.ts';
import { newCast, type Activities, type Cast } from './cast/cast.ts';
import { reportsTo, startParent } from './cast/parent.ts';
import { startWorkers, type OwnNamespace } from './cast/server.ts';

const COHORTS = ['hr-research', 'it-research', 'sales-research'];

let temporal: OwnNamespace;
beforeAll(async () => {
  temporal = await startWorkers();
});
afterAll(() => temporal.close());

/** One wave of three cohorts with two exposure steps, to its end. */
async function ramp(plays: Partial<Activities>, cohorts = COHORTS): Promise<{ cast: Cast; reports: unknown[] }> {
  const cast = newCast([], plays);
  const { name } = cast;
  await startParent(temporal, name);
  await temporal.client.workflow.execute('wave', {
    workflowId: waveWorkflowId(name, 'research'),
    taskQueue: QUEUES.engine,
    args: [
      { name, wave: 'research', shape: 'research', cohorts, authority: { grant: 7 }, ramp: [25, 100], holdHours: 4, speed: 1440 },
    ],
  });
  return { cast, reports: await reportsTo(temporal, name) };
}

const without =
  (cohort: string) =>
  async (step: { cohorts: string[] }): Promise<WaveStepResult> => ({
    in: step.cohorts.filter((c) => c !== cohort),
    left: step.cohorts.includes(cohort) ? [{ cohort, code: 'not_stable' }] : [],
  });

describe('a wave', () => {
  it('raises step by step, each step watched before the next, full exposure for its whole hold', async () => {
    const { cast, reports } = await ramp({});
    const steps = cast.calls.map(({ activity, input }) => `${activity} ${'percent' in input ? input.percent : ''}`.trim());
    expect(steps).toEqual(['openWave', 'raise 25', 'evaluate 25', 'raise 100', 'evaluate 100', 'closeWave']);
    expect(cast.callsOf('evaluate').map((e) => e.holdHours)).toEqual([1, 4]);
    expect(cast.callsOf('raise').every((r) => r.authority.grant === 7)).toBe(true);
    expect(reports).toEqual([{ from: 'wave', wave: 'research', live: COHORTS, left: [] }]);
  });

  it.each(['raise', 'evaluate'] as const)('goes on without a cohort that fails to %s, and never raises it again', async (at) => {
    const { cast, reports } = await ramp({ [at]: without('it-research') });
    const [first, second] = cast.callsOf('raise');
    expect(first?.cohorts).toEqual(COHORTS);
    expect(second?.cohorts).toEqual(['hr-research', 'sales-research']);
    expect(cast.callsOf('closeWave')).toMatchObject([{ cohorts: ['hr-research', 'sales-research'], left: ['it-research'] }]);
    expect(reports).toEqual([{ from: 'wave', wave: 'research', live: ['hr-research', 'sales-research'], left: ['it-research'] }]);
  });

  it('that is refused when it opens raises nobody and reports all as left', async () => {
    const { cast, reports } = await ramp({ openWave: async () => Promise.reject(refused('authority_missing', 'Entry 7.')) });
    expect(cast.callsOf('raise')).toEqual([]);
    expect(reports).toEqual([{ from: 'wave', wave: 'research', live: [], left: COHORTS }]);
  });

  it.each(['fenced', 'authority_missing', 'stale_binding'] as const)(
    'that is refused as a whole (%s) at its second step raises nobody after it',
    async (code) => {
      const raise: Activities['raise'] = async ({ percent, cohorts }) => {
        if (percent === 100) throw refused(code, 'Entry 7.');
        return { in: cohorts, left: [] };
      };
      const { cast, reports } = await ramp({ raise });
      expect(cast.callsOf('raise').map((r) => r.percent)).toEqual([25, 100]);
      expect(cast.callsOf('evaluate').map((e) => e.percent)).toEqual([25]);
      expect(cast.callsOf('closeWave')).toMatchObject([{ cohorts: [], left: COHORTS }]);
      expect(reports).toEqual([{ from: 'wave', wave: 'research', live: [], left: COHORTS }]);
    },
  );

  it('whose last cohort leaves at a step is closed there', async () => {
    const { cast, reports } = await ramp({ evaluate: without('hr-research') }, ['hr-research']);
    expect(cast.callsOf('raise').map((r) => r.percent)).toEqual([25]);
    expect(cast.callsOf('closeWave')).toMatchObject([{ cohorts: [], left: ['hr-research'] }]);
    expect(reports).toEqual([{ from: 'wave', wave: 'research', live: [], left: ['hr-research'] }]);
  });

  it('ends well when its deployment is gone: there is nobody to tell, and that is a fact and no failure', async () => {
    const { name } = newCast();
    const workflowId = waveWorkflowId(name, 'research');
    await temporal.client.workflow.execute('wave', {
      workflowId,
      taskQueue: QUEUES.engine,
      args: [
        {
          name,
          wave: 'research',
          shape: 'research',
          cohorts: COHORTS,
          authority: { grant: 7 },
          ramp: [100],
          holdHours: 4,
          speed: 1,
        },
      ],
    });
    const { status } = await temporal.client.workflow.getHandle(workflowId).describe();
    expect(status.name).toBe('COMPLETED');
    expect(deploymentWorkflowId(name)).not.toBe(workflowId);
  });
});
