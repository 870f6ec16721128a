import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROLE_TITLES } from '../../domain/roles.ts';
import { deploymentWorkflowId } from '../../domain/ids.ts';
import { rowsOf } from '../../domain/runbook/rows.ts';
import type { DeploymentView } from '../../domain/view.ts';
import type { TestCustomer } from '../support/stack/customer.ts';
import { startTestStack, type TestStack } from '../support/stack/stack.ts';

const SPEED = 1440;
const SMALL = { agents: 12, cohorts: 3, managers: 3 };
const WIDE = { agents: 240, cohorts: 120, managers: 12 };
const WITHIN_MS = 240_000;

const touched = (customer: TestCustomer): string[] => customer.journal().flatMap((e) => (e.op === 'control' ? [] : [e.op]));
const created = (customer: TestCustomer): Set<string> =>
  new Set(customer.journal().flatMap((e) => (e.op === 'create' ? [e.cohort] : [])));
const inPhase = (view: DeploymentView, phase: string): string[] =>
  Object.values(view.cohorts).flatMap((c) => (c.phase === phase ? [c.id] : []));

describe.concurrent('what is not in order does not go forward', { timeout: WITHIN_MS + 60_000 }, () => {
  let stack: TestStack<'unready' | 'tampered' | 'three' | 'one'>;

  beforeAll(async () => {
    stack = await startTestStack(SPEED, {
      unready: SMALL,
      tampered: SMALL,
      three: { ...WIDE, failing: { preflightShare: 0.03 } },
      one: { ...WIDE, failing: { preflightShare: 0.01 } },
    });
  }, 120_000);
  afterAll(() => stack.stop());

  it('the clock does not start without its prerequisites or with a role that has not confirmed; mended, it does', async () => {
    const { unready } = stack.customers;
    const late = 'operations-lead';
    await unready.control({ action: 'pod-phase', pod: 'atlas-api-0', phase: 'Pending' });
    await unready.control({ action: 'hris-auth', authenticated: false });
    await unready.start();
    unready.people((id) => id === 'clock-start' || id.startsWith('go-ahead') || id === `confirm-C4/${late}`);
    await unready.until('the set is approved and frozen', ({ milestones }) => milestones['C3'] && milestones['C2']);
    const clock = () => unready.golive('clock', 'start', '--as', unready.holder('deployment-lead'));

    const both = await clock();
    expect(both).toMatchObject({ exitCode: 5 });
    expect(both.stderr).toContain('P1: atlas-api-0 is Pending');
    expect(both.stderr).toContain('P6: HRIS does not authenticate');
    expect(both.stderr).toContain('prerequisite_missing');

    await unready.control({ action: 'pod-phase', pod: 'atlas-api-0', phase: 'Running' });
    await unready.control({ action: 'hris-auth', authenticated: true });
    const onlyTheRole = await clock();
    expect(onlyTheRole).toMatchObject({ exitCode: 5 });
    expect(onlyTheRole.stderr).toMatch(/C4 is open/);
    expect(onlyTheRole.stderr).toContain('role_unavailable');
    expect((await unready.view()).clock.startedAtMs).toBeNull();
    expect(touched(unready)).toEqual([]);

    const confirmed = await unready.golive('confirm', 'C4', '--as', unready.holder(late), '--role', late);
    expect(confirmed).toMatchObject({ exitCode: 0 });
    await unready.until(`${ROLE_TITLES[late]} is there`, ({ milestones }) => milestones['C4']?.status === 'met');
    expect(await clock()).toMatchObject({ exitCode: 0 });
    const started = await unready.until('T-0', ({ clock: { startedAtMs } }) => startedAtMs !== null);
    expect(started.milestones['P1']?.status).toBe('met');
  });

  it('a set with one flipped byte is never opened: not by the command line, and not by a deployment started all the same', async () => {
    const { tampered } = stack.customers;
    const manifest = `manifests/${tampered.planned[1]?.id ?? ''}.yaml`;
    await tampered.flipByte(manifest);
    for (const verb of ['plan', 'start']) {
      const answer = await tampered.golive(verb);
      expect(answer).toMatchObject({ exitCode: 2 });
      expect(answer.stdout).toContain(manifest);
      expect(answer.stdout).toContain('Every file has the bytes that were signed.');
    }
    await tampered.start();
    tampered.people();
    const { set, tasks } = await tampered.until('the set is refused', (view) => view.set.refused && view.tasks['set']);
    expect(set.verified).toBeNull();
    expect(tasks['set']).toMatchObject({ owner: 'atlas-operator', code: 'set_not_verified', closed: null });
    expect(tasks['set']?.sentence).toContain(manifest);
    const clock = await tampered.golive('clock', 'start', '--as', tampered.holder('deployment-lead'));
    expect(clock).toMatchObject({ exitCode: 5 });
    expect(clock.stderr).toContain('set_not_verified');
    const handle = stack.client.workflow.getHandle(deploymentWorkflowId(tampered.name));
    expect(await handle.query<{ stage: string }>('state')).toMatchObject({ stage: 'countdown' });
    expect(touched(tampered)).toEqual([]);
  });

  it('preflight failing for 3 % of 120 manifests halts before the first create; mended to below 2 % and retried, it goes on', async () => {
    const { three } = stack.customers;
    const failing = Object.keys(three.generated.set.world.faults.preflight);
    expect(failing).toHaveLength(4);
    const [first = '', second = '', third = '', fourth = ''] = failing;
    const lead = three.holder('deployment-lead');
    await three.start();
    three.people((id) => id.startsWith('go/'));
    const halted = await three.until('preflight has halted', ({ tasks }) => tasks['preflight']?.closed === null, WITHIN_MS);
    expect(halted.tasks['preflight']).toMatchObject({ code: 'preflight_halted', owner: 'deployment-lead' });
    for (const cohort of failing) expect(halted.tasks['preflight']?.sentence).toContain(cohort);
    expect(touched(three)).toEqual(['register']);

    for (const cohort of [first, second]) await three.control({ action: 'preflight-fix', cohort });
    expect(await three.golive('retry', '--as', lead)).toMatchObject({ exitCode: 0 });
    const gone = await three.until('the others are ready', (view) => inPhase(view, 'ready').length === 118, WITHIN_MS);
    expect(inPhase(gone, 'isolated').sort()).toEqual([third, fourth].sort());
    expect(gone.tasks['preflight']?.closed).not.toBeNull();
    expect(created(three).has(third) || created(three).has(fourth)).toBe(false);

    await three.control({ action: 'preflight-fix', cohort: third });
    expect(await three.golive('retry', '--cohort', third, fourth, '--as', lead)).toMatchObject({ exitCode: 0 });
    await three.until('the mended one is ready', ({ cohorts }) => cohorts[third]?.phase === 'ready', WITHIN_MS);
    expect((await three.view()).cohorts[fourth]).toMatchObject({ phase: 'isolated' });
    expect(created(three).has(fourth)).toBe(false);
    expect(three.done().duplicates).toEqual({ created: 0, minted: 0, raised: 0, keys: 0 });
  });

  it('preflight failing for 1 % isolates these by name and cause, and goes on with the others', async () => {
    const { one } = stack.customers;
    const failing = Object.keys(one.generated.set.world.faults.preflight);
    expect(failing).toHaveLength(1);
    await one.start();
    one.people((id) => id.startsWith('go/'));
    const view = await one.until('the others are ready', (v) => inPhase(v, 'ready').length === 119, WITHIN_MS);
    expect(inPhase(view, 'isolated')).toEqual(failing);
    const [isolated = ''] = failing;
    expect(view.cohorts[isolated]?.code).toBe(one.generated.set.world.faults.preflight[isolated]);
    expect(view.tasks[`${isolated}/set-aside`]).toMatchObject({ closed: null, owner: 'deployment-lead' });
    expect(created(one).size).toBe(119);
    expect(created(one).has(isolated)).toBe(false);
    await one.until('its rows are settled', (v) => rowsOf('provision').every((r) => v.milestones[r.id]), WITHIN_MS);
    expect(await one.golive('go', 'gate-1', '--as', one.holder('deployment-lead'))).toMatchObject({ exitCode: 0 });
  });
});
