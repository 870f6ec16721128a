import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { httpPlatform } from '../../../clients/platform/http.ts';
import type { Platform } from '../../../clients/platform/port.ts';
import { RunningPlatform } from '../../rehearsal/running-platform.ts';
import { COHORT, helpers, Steps } from '../../rehearsal/steps.ts';

/** The client's own paths and queries, as the reference platform understands them. */
describe('what stops and watches, over HTTP', () => {
  let running: RunningPlatform;
  let platform: Platform;
  let lowering: Platform;
  beforeAll(async () => {
    running = await RunningPlatform.start();
    const steps = new Steps(running);
    await steps.provision(helpers());
    await steps.flip(COHORT, 'shadow', { run: true });
    await steps.flip(COHORT, 'live');
    platform = httpPlatform({ endpoint: running.endpoint, key: 'acme-forward' });
    lowering = httpPlatform({ endpoint: running.endpoint, key: 'acme-lower' });
  });
  afterAll(() => running.stop());
  const window = () => ['2026-01-01T00:00:00.000Z', new Date().toISOString()] as const;

  it('finds deployments, cohorts and agents', async () => {
    expect(await platform.deployments()).toEqual(['q4']);
    const first = await platform.agents('q4', { cohort: COHORT, limit: 4 });
    expect(first.agents).toHaveLength(4);
    const next = await platform.agents('q4', { cohort: COHORT, after: first.next ?? '', limit: 100 });
    expect(next).toMatchObject({ agents: { length: 6 }, next: null });
    const alone = await platform.agents('q4', { agent: `${COHORT}-3` });
    expect(alone.agents.map(({ agent, own }) => [agent, own])).toEqual([[`${COHORT}-3`, 'live']]);
  });

  it('stops one agent with a key that can only lower, and cannot give it back with it', async () => {
    const at = { deployment: 'q4', agent: `${COHORT}-3` };
    expect(await lowering.setAgentMode(at, { key: 'stop', mode: 'paused' })).toMatchObject({ mode: 'paused', own: 'paused' });
    await expect(lowering.setAgentMode(at, { key: 'back', mode: 'live', generation: 0 })).rejects.toMatchObject({
      code: 'platform_refused',
    });
    expect(await platform.setAgentMode(at, { key: 'back', mode: 'live', generation: 0 })).toMatchObject({ own: 'live' });
  });

  it('reads checks, identities, drift, commits and exits', async () => {
    const [from, to] = window();
    expect((await platform.checks('q4', from, to)).cohorts).toMatchObject([{ cohort: COHORT, failed: 0 }]);
    expect((await platform.identities('q4')).identities.map(({ connector, agents }) => [connector, agents])).toEqual([
      ['jira', 10],
      ['crm', 10],
    ]);
    const [audited] = (await platform.atlasAudit('q4')).cohorts;
    expect(audited?.running).toBe(audited?.registered);
    expect(await platform.commits('q4', { cohort: COHORT, from, to, limit: 10 })).toMatchObject({ total: 0, commits: [] });
    expect(await platform.exits('q4', { agent: `${COHORT}-1` })).toMatchObject({ agent: `${COHORT}-1`, agents: 1 });
    expect(await platform.exits('q4', { cohort: COHORT })).toMatchObject({ agents: 10, revoked: { credentials: 0 } });
  });

  it('fences, revokes, regenerates and lifts for one cohort', async () => {
    const scopes = [{ level: 'wave' as const, deployment: 'q4', name: 'production' }];
    const generation = await lowering.fence({ scopes, ceiling: 'halted', commandId: 'halt' });
    const at = { deployment: 'q4', cohort: COHORT, ifMatch: '*' };
    await lowering.setMode(at, { key: 'halt', mode: 'halted', livePercent: 0, generation });
    const items = [{ key: 'revoke', agent: `${COHORT}-0` }];
    expect((await lowering.revoke({ deployment: 'q4', cohort: COHORT, items })).items).toMatchObject([{ status: 'done' }]);
    const manifestDigest = (await platform.atlasAudit('q4')).cohorts[0]?.registered ?? '';
    expect(await lowering.regenerate('q4', { key: 'again', cohort: COHORT, manifestDigest })).toMatchObject({ cohort: COHORT });
    expect(await platform.cohorts('q4')).toMatchObject([{ ceiling: 'halted', mode: 'halted', revoked: 1, credentialled: 9 }]);
    expect(await platform.liftFence({ commandId: 'halt', liftedBy: 'lift', cohorts: [COHORT] })).toBe(generation + 1);
    expect((await platform.fences('q4')).fences).toMatchObject([{ commandId: 'halt', exempt: [COHORT] }]);
    expect(await platform.cohorts('q4')).toMatchObject([{ ceiling: 'live', generation: generation + 1 }]);
  });
});
