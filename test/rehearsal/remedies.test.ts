import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import type * as wire from '../../clients/platform/wire.schema.ts';
import { withGuests } from './guests.ts';
import type { Answer, RunningPlatform } from './running-platform.ts';
import { COHORT, helpers, namesOf, statuses, type Steps } from './steps.ts';
import { digest } from './world.ts';

type Identities = z.infer<typeof wire.identitiesReply>;
type Audit = z.infer<typeof wire.atlasAuditReply>;
const codeOf = ({ body }: Answer) => (body as { code?: string }).code;

describe('what mends', () => {
  let platform: RunningPlatform;
  let steps: Steps;
  withGuests(10, async (fresh, first) => {
    [platform, steps] = [fresh, first];
    await steps.provision(helpers());
    await steps.flip(COHORT, 'shadow', { run: true });
  });

  const revoke = (agents: string[], attempt = 1, rest: object = {}): Promise<Answer> =>
    platform.post(
      '/v1/credentials/revoke',
      {
        deployment: 'q4',
        cohort: COHORT,
        items: agents.map((agent) => ({ key: `${agent}/revoke/${attempt}`, agent, ...rest })),
      },
      { key: 'lower' },
    );
  const identities = async () => ((await platform.get('/v1/deployments/q4/identities')).body as Identities).identities;
  const control = (action: string, rest: object = {}) =>
    platform.control({ action, customer: platform.customer, cohort: COHORT, ...rest });
  const regenerate = (key: string, manifestDigest: string, power = 'lower') =>
    platform.post('/v1/deployments/q4/atlas/regenerations', { key, cohort: COHORT, manifestDigest }, { key: power });
  const audit = async () => ((await platform.get('/v1/deployments/q4/atlas/audit')).body as Audit).cohorts[0]!;

  it('a credential is revoked with a key that may lower, and its agent works no more until it has a new one', async () => {
    expect(statuses(await revoke(namesOf(COHORT, 4)))).toEqual(['done', 'done', 'done', 'done']);
    expect(await steps.state()).toMatchObject({ credentialled: 6, revoked: 4, smoked: 6 });
    expect(statuses(await steps.smoke(namesOf(COHORT, 1), COHORT, 2))).toEqual(['refused']);
    const { body } = await platform.get(`/v1/deployments/q4/agents?agent=${COHORT}-0`);
    expect(body).toMatchObject({ agents: [{ credential: { version: 1, revoked: true }, smoke: null }] });
    await steps.mint(namesOf(COHORT, 4), COHORT, 2);
    expect(await steps.state()).toMatchObject({ credentialled: 10, revoked: 0 });
    expect(statuses(await steps.smoke(namesOf(COHORT, 4), COHORT, 3))).toEqual(['done', 'done', 'done', 'done']);
  });

  it('a late revocation never takes a newer credential than the one that it was about', async () => {
    await steps.mint(namesOf(COHORT, 1), COHORT, 2);
    expect(statuses(await revoke(namesOf(COHORT, 1), 1, { credentialGeneration: 1 }))).toEqual(['done']);
    expect(await steps.state()).toMatchObject({ credentialled: 10, revoked: 0 });
    await platform.restart();
    expect(await steps.state()).toMatchObject({ credentialled: 10, revoked: 0 });
  });

  it('agents are reissued under a halt by who carries its generation, and by nobody else', async () => {
    const scope = { level: 'cohort', deployment: 'q4', name: COHORT };
    const { body } = await platform.post('/v1/fences', { scopes: [scope], ceiling: 'halted', commandId: 'halt' });
    expect((await steps.mint(namesOf(COHORT, 2), COHORT, 2)).status).toBe(409);
    steps.generation = (body as { generation: number }).generation;
    expect(statuses(await steps.mint(namesOf(COHORT, 2), COHORT, 2))).toEqual(['done', 'done']);
    expect(statuses(await steps.smoke(namesOf(COHORT, 2), COHORT, 2))).toEqual(['done', 'done']);
  });

  it('a wrong identity shows until the credentials behind it are gone', async () => {
    const right = { cohort: COHORT, connector: 'crm', expected: 'svc-crm', actual: 'svc-crm' };
    expect(await identities()).toContainEqual({ ...right, agents: 10 });
    await control('wrong-identity', { connector: 'crm', identity: 'svc-root' });
    expect(await identities()).toContainEqual({ ...right, actual: 'svc-root', agents: 10 });
    await revoke(namesOf(COHORT, 4));
    await steps.mint(namesOf(COHORT, 2), COHORT, 2);
    const seen = (await identities()).filter(({ connector }) => connector === 'crm');
    expect(seen.map(({ actual, agents }) => [actual, agents])).toEqual([
      ['svc-root', 6],
      ['svc-crm', 2],
    ]);
    await platform.restart();
    expect((await identities()).filter(({ connector }) => connector === 'crm')).toEqual(seen);
  });

  it('drift is told by Atlas, and mended from the manifest that was registered once the agents stand still', async () => {
    const clean = await audit();
    expect(clean.running).toBe(clean.registered);
    await control('drift');
    const drifted = await audit();
    expect(drifted.running).not.toBe(drifted.registered);
    expect(codeOf(await regenerate('r/1', clean.registered))).toBe('conflict');
    await steps.flip(COHORT, 'halted');
    expect(codeOf(await regenerate('r/1', digest('b')))).toBe('conflict');
    expect((await regenerate('r/1', clean.registered, 'read')).status).toBe(403);
    const { body } = await regenerate('r/1', clean.registered);
    expect(body).toMatchObject({ cohort: COHORT, running: clean.registered });
    expect((await regenerate('r/1', clean.registered)).body).toEqual(body);
    expect(await audit()).toMatchObject({ running: clean.registered });
  });
});
