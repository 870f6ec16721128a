import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ClientError } from '../../../clients/error.ts';
import { httpPlatform } from '../../../clients/platform/http.ts';
import type { Platform } from '../../../clients/platform/port.ts';
import { bringDown, type StopAtPlatform } from '../../../clients/platform/stop.ts';
import { RunningPlatform } from '../../rehearsal/running-platform.ts';
import { Steps } from '../../rehearsal/steps.ts';
import { specOf } from '../../rehearsal/world.ts';

const COHORTS = ['alpha', 'beta', 'gamma'];
let running: RunningPlatform;
let steps: Steps;
const at = (power: string): Platform => httpPlatform({ endpoint: running.endpoint, key: `${running.customer}-${power}` });
const modes = async () => Object.fromEntries((await at('read').cohorts('q4')).map(({ cohort, mode }) => [cohort, mode]));
const rollback: StopAtPlatform = {
  deployment: 'q4',
  commandId: 'order-rollback-1',
  kind: 'rollback',
  scope: { level: 'deployment', names: [] },
};

beforeAll(async () => {
  running = await RunningPlatform.start({ guests: 10 });
});
afterAll(() => running.stop());
beforeEach(async () => {
  running.nextGuest();
  steps = new Steps(running);
  await steps.provision(...COHORTS.map((cohort) => specOf(cohort, { agents: 2 })));
  for (const cohort of COHORTS) {
    await steps.flip(cohort, 'shadow', { run: true });
    await steps.flip(cohort, 'live');
  }
});

describe('a stop at the platform', () => {
  it('is one fence, and a flip of each cohort that stands higher', async () => {
    const told: string[] = [];
    const { flips, generation } = await bringDown(at('lower'), rollback, { onFlip: ({ subject }) => told.push(subject) });
    expect(flips.map(({ subject, outcome }) => [subject, outcome])).toEqual(COHORTS.map((cohort) => [cohort, 'applied']));
    expect(told.sort()).toEqual(COHORTS);
    expect(await modes()).toEqual({ alpha: 'shadow', beta: 'shadow', gamma: 'shadow' });
    const again = await bringDown(at('lower'), rollback);
    expect(again).toMatchObject({ generation, flips: [] });
  });

  it('leaves a laggard after its second, and has all others down by then', async () => {
    const slow: Platform = {
      ...at('lower'),
      setMode: (where, flip, signal) =>
        where.cohort === 'beta'
          ? new Promise((_, reject) => signal?.addEventListener('abort', () => reject(new Error('aborted'))))
          : at('lower').setMode(where, flip, signal),
    };
    const { flips } = await bringDown(slow, rollback, { callMs: 50 });
    expect(flips.find(({ subject }) => subject === 'beta')).toMatchObject({ outcome: 'unknown', code: 'platform_unreachable' });
    expect(await modes()).toEqual({ alpha: 'shadow', beta: 'live', gamma: 'shadow' });
    const rest = await bringDown(at('lower'), rollback);
    expect(rest.flips.map(({ subject, outcome }) => [subject, outcome])).toEqual([['beta', 'applied']]);
  });

  it('does not bring down again what was lifted from it since, whoever hands the order in once more', async () => {
    await bringDown(at('lower'), rollback);
    await at('forward').liftFence({ commandId: rollback.commandId, liftedBy: 'order-promote-1', cohorts: ['alpha'] });
    const [alpha] = await at('forward').cohorts('q4', undefined, 'alpha');
    const raise = { key: 'up-again', mode: 'live' as const, livePercent: 100, generation: alpha?.generation ?? 0 };
    await at('forward').setMode({ deployment: 'q4', cohort: 'alpha', ifMatch: alpha?.etag ?? '' }, raise);
    expect((await bringDown(at('lower'), rollback)).flips).toEqual([]);
    expect(await modes()).toEqual({ alpha: 'live', beta: 'shadow', gamma: 'shadow' });
  });

  it('of a customer takes in every deployment, and of what is not there yet leaves the fence', async () => {
    const shutdown = {
      ...rollback,
      commandId: 'order-shutdown',
      kind: 'shutdown' as const,
      scope: { level: 'customer' as const, names: [] },
    };
    expect((await bringDown(at('lower'), { ...shutdown, deployment: 'q5' })).flips).toHaveLength(3);
    const pause = { ...rollback, commandId: 'order-pause-1', kind: 'pause' as const, deployment: 'q6' };
    expect((await bringDown(at('lower'), pause)).flips).toEqual([]);
    const { fences } = await at('read').fences('q6');
    expect(fences.map(({ commandId }) => commandId).sort()).toEqual(['order-pause-1', 'order-shutdown']);
  });

  it('with a key that may only look is refused before anything is touched', async () => {
    await expect(bringDown(at('read'), rollback)).rejects.toBeInstanceOf(ClientError);
    expect(await modes()).toEqual({ alpha: 'live', beta: 'live', gamma: 'live' });
  });
});
