import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { httpPlatform } from '../../clients/platform/http.ts';
import { temporalDeployments } from '../../clients/commands/temporal.ts';
import { planHours } from '../../domain/clock.ts';
import type { Command, Scope } from '../../domain/command.ts';
import { rolesAllowed } from '../../domain/runbook/commands.ts';
import { WORKFLOW_NAMES } from '../../workflows/messages/names.ts';
import type { Answer, TestCustomer } from '../support/stack/customer.ts';
import { liveCredentials } from '../support/stack/credentials.ts';
import { order, signed } from '../support/stack/orders.ts';
import { startTestStack, type TestStack } from '../support/stack/stack.ts';
import { until } from '../support/stack/until.ts';

const SPEED = 1440;
const WITHIN_MS = 240_000;
const RAMP = [50, 100];

/** One cohort per concern; each goes its own way through the same deployment. */
describe('what was stopped', { timeout: 400_000 }, () => {
  let stack: TestStack<'acme'>;
  let acme: TestCustomer;
  const shut = new Set(['go/gate-2', 'go/gate-3']);
  const give = async (role: Command['role'], over: Pick<Command, 'kind'> & Partial<Command>): Promise<Command> => {
    const command = order(acme, { person: acme.holder(role), role, ...over });
    const message = { envelope: await signed(acme, command), handedInAt: new Date().toISOString() };
    await temporalDeployments(stack.client, WORKFLOW_NAMES).handIn(message);
    return command;
  };
  const cohort = (shape: string, nth = 0): string => acme.planned.filter((c) => c.shape === shape)[nth]?.id ?? '';
  const agentIn = (name: string): string =>
    acme.generated.set.manifests.find(({ manifest }) => manifest.name === name)?.manifest.agents[0]?.id ?? '';
  const isAt = (name: string, mode: string) =>
    acme.until(`${name} is ${mode}`, ({ cohorts }) => cohorts[name]?.mode === mode, WITHIN_MS);
  const flipsOf = (name: string) =>
    acme.journal().flatMap((e) => ((e.op === 'raise' || e.op === 'lower') && e.cohort === name ? [e] : []));
  const platform = () =>
    httpPlatform({ endpoint: stack.parts.platformEndpoint, key: stack.parts.secrets['acme']?.platform.read ?? '' });
  const modeOf = async (agent: string) => (await platform().agents('q4', { agent })).agents[0]?.mode;
  /** By whoever may promote at this hour. */
  const promote = async (...about: string[]): Promise<Answer> => {
    const [role = 'deployment-lead'] = rolesAllowed('promote', 'cohort', planHours((await acme.view()).clock, Date.now()));
    return acme.golive('promote', ...about, '--as', acme.holder(role), '--role', role);
  };

  beforeAll(async () => {
    stack = await startTestStack(SPEED, { acme: { agents: 36, cohorts: 6, managers: 4, limits: { ramp: RAMP } } });
    acme = stack.customers.acme;
    await acme.start();
    acme.people((waiting) => shut.has(waiting));
    await acme.until('all run in shadow', ({ cohorts }) => {
      const all = Object.values(cohorts);
      return all.length > 0 && all.every(({ phase }) => phase === 'shadow');
    });
  }, 400_000);
  afterAll(() => stack.stop());

  it('by a pause comes back by a resume, and by a halt when two have lifted it', async () => {
    const name = cohort('research');
    const scope: Scope = { level: 'cohort', names: [name] };
    const pause = await give('arx-standby', { kind: 'pause', scope });
    await isAt(name, 'paused');
    await give('deployment-lead', { kind: 'resume', scope, args: { holdId: pause.id } });
    await isAt(name, 'shadow');
    const halt = await give('arx-standby', { kind: 'halt', scope });
    await isAt(name, 'halted');
    await give('security-lead', { kind: 'lift', scope, args: { holdId: halt.id } });
    await give('deployment-lead', { kind: 'lift', scope, args: { holdId: halt.id } });
    await isAt(name, 'shadow');
    expect(
      flipsOf(name)
        .map((e) => e.mode)
        .slice(-4),
    ).toEqual(['paused', 'shadow', 'halted', 'shadow']);
  });

  it('because a connector saw somebody else comes back with new credentials, one for each agent, after two have lifted it', async () => {
    const name = cohort('coordination');
    const manifest = acme.generated.set.manifests.find((m) => m.manifest.name === name)?.manifest;
    const agents = manifest?.agents.map((a) => a.id) ?? [];
    const before = liveCredentials(acme.journal());
    await acme.control({
      action: 'wrong-identity',
      cohort: name,
      connector: manifest?.connectors[0] ?? '',
      identity: 'nobody@acme',
    });
    await isAt(name, 'halted');
    const view = await acme.until(
      'it is lifted',
      ({ holds }) => Object.values(holds).some((h) => h.scope.names.includes(name) && h.kind === 'halt' && h.released),
      WITHIN_MS,
    );
    await isAt(name, 'shadow');
    const given = Object.values(view.commands).filter((c) => c.scope?.names.includes(name) && c.outcome === 'applied');
    expect(given.map((c) => c.kind).sort()).toEqual(['halt', 'lift', 'lift', 'reissue']);
    const after = liveCredentials(acme.journal());
    for (const agent of agents) {
      expect(before.get(agent), agent).toHaveLength(1);
      expect(after.get(agent), agent).toHaveLength(1);
      expect(after.get(agent), agent).not.toEqual(before.get(agent));
    }
    const revoked = acme.journal().flatMap((e) => (e.op === 'revoke' ? e.items.map((i) => i.agent) : []));
    expect(revoked.sort()).toEqual([...agents].sort());
  });

  it('alone, an agent, stays in shadow while its cohort goes live, and comes back when it is promoted by name', async () => {
    const name = cohort('research');
    const agent = agentIn(name);
    const back = await acme.golive('rollback', '--agent', agent, '--reason', 'odd answers', '--as', acme.holder('arx-standby'));
    expect(back.exitCode, back.stderr).toBe(0);
    shut.delete('go/gate-2');
    await acme.until('its cohort is live', ({ cohorts }) => cohorts[name]?.phase === 'live', WITHIN_MS);
    const { byMode } = (await platform().cohorts('q4')).find((c) => c.cohort === name) ?? {};
    expect(byMode).toMatchObject({ shadow: 1 });
    expect(await modeOf(agent)).toBe('shadow');
    expect(await promote('--agent', agent)).toMatchObject({ exitCode: 0 });
    await until('the agent is live', async () => (await modeOf(agent)) === 'live');
    const { holds } = await acme.view();
    expect(Object.values(holds).find((h) => h.scope.names.includes(agent))).toMatchObject({ liftedBy: 'promote', released: {} });
  });

  it('while it goes live leaves its wave, and comes live again by a promotion, from the first step of a ramp of its own', async () => {
    const name = cohort('production');
    const { waves } = await acme.until('half of it is live', ({ cohorts }) => cohorts[name]?.livePercent === RAMP[0], WITHIN_MS);
    const [wave = ''] = Object.values(waves).flatMap((w) => (w.cohorts.includes(name) ? [w.wave] : []));
    const back = await acme.golive('rollback', '--cohort', name, '--reason', 'odd writes', '--as', acme.holder('arx-standby'));
    expect(back.exitCode, back.stderr).toBe(0);
    const left = await acme.until('its wave went on without it', (v) => v.waves[wave]?.closed, WITHIN_MS);
    expect(left.waves[wave]?.closed?.left).toContain(name);
    expect(left.cohorts[name]).toMatchObject({ phase: 'held', mode: 'shadow', livePercent: 0 });
    expect(flipsOf(name).some((e) => e.livePercent === RAMP[1])).toBe(false);
    const raisedBefore = flipsOf(name).length;
    expect(await promote('--cohort', name)).toMatchObject({ exitCode: 0 });
    await acme.until('it is live again', ({ cohorts }) => cohorts[name]?.phase === 'live', WITHIN_MS);
    const again = flipsOf(name).slice(raisedBefore);
    expect(again.map((e) => e.livePercent)).toEqual(RAMP);
    const { waves: now } = await acme.view();
    expect(Object.values(now).flatMap((w) => (w.shape === 'catch-up' ? [w.cohorts] : []))).toContainEqual([name]);
  });

  it('is compared with the platform, all of it, and nobody is left over; the log of all this verifies', async () => {
    expect(await acme.golive('reconcile', '--all', '--as', acme.holder('arx-standby'))).toMatchObject({ exitCode: 0 });
    const { evidence } = await acme.until('all are compared', (v) =>
      acme.planned.every(({ id }) => v.evidence[`reconcile:${id}`] !== undefined),
    );
    for (const { id } of acme.planned) expect(evidence[`reconcile:${id}`]?.summary).toContain('0 orphans');
    const policy = join(stack.dir, 'policy');
    await writeFile(policy, stack.parts.policies['acme'] ?? '');
    const verified = await acme.golive('verify', `s3://${acme.file.audit.bucket}`, '--policy', policy);
    expect(verified.exitCode, verified.stdout.slice(0, 2000)).toBe(0);
  });
});
