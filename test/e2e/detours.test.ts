import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { planHours } from '../../domain/clock.ts';
import { cohortWorkflowId, deploymentWorkflowId, waveWorkflowId } from '../../domain/ids.ts';
import { SHAPES } from '../../domain/mode.ts';
import { rolesAllowed } from '../../domain/runbook/commands.ts';
import type { DeploymentView } from '../../domain/view.ts';
import type { Answer, TestCustomer } from '../support/stack/customer.ts';
import { historiesOf } from '../support/stack/histories.ts';
import { resetWorkflow } from '../support/stack/reset.ts';
import { signedFor } from '../support/stack/signed-for.ts';
import { startTestStack, type TestStack } from '../support/stack/stack.ts';
import { unstable } from '../support/stack/unstable.ts';

/** As fast as a rehearsal goes; where a test needs longer than a window lasts, its gate waits for the test. */
const SPEED = 2880;
const COMPANY = { agents: 36, cohorts: 6, managers: 6 };
const WITHIN_MS = 300_000;
const ONCE = { created: 0, minted: 0, raised: 0, keys: 0 };

const raised = (customer: TestCustomer, cohort: string): boolean =>
  customer.journal().some((e) => e.op === 'raise' && e.cohort === cohort && e.mode === 'live');
const wavesOver = ({ milestones }: DeploymentView): boolean =>
  ['W3.04', 'W3.08', 'W3.12'].every((row) => milestones[row] !== undefined);

/** A catch-up wave of its own, by whoever may promote at this hour. */
async function promote(customer: TestCustomer, cohort: string): Promise<Answer> {
  const { clock } = await customer.view();
  const [role = 'deployment-lead'] = rolesAllowed('promote', 'cohort', planHours(clock, Date.now()));
  return customer.golive('promote', '--cohort', cohort, '--as', customer.holder(role), '--role', role);
}

describe.concurrent('cohorts that leave the way, and runs that are reset on it', { timeout: WITHIN_MS + 60_000 }, () => {
  let stack: TestStack<'smoke' | 'held' | 'again'>;

  beforeAll(async () => {
    const smoke = { ...COMPANY, failing: { smokeCohorts: 2 } };
    stack = await startTestStack(SPEED, { smoke, held: COMPANY, again: COMPANY });
  }, 120_000);
  afterAll(() => stack.stop());

  it('a cohort whose smoke fails stays in window 1 while the others go on; mended and retried it catches up, in window 2 or 3', async () => {
    const { smoke } = stack.customers;
    const [early = '', late = ''] = smoke.generated.set.world.faults.smokeDeny;
    const lead = smoke.holder('deployment-lead');
    const shut = new Set(['go/gate-2', 'go/gate-3']);
    await smoke.start();
    smoke.people((id) => shut.has(id));
    const mend = async (cohort: string) => {
      await smoke.control({ action: 'smoke-allow', cohort });
      expect(await smoke.golive('retry', '--cohort', cohort, '--as', lead)).toMatchObject({ exitCode: 0 });
    };

    // The review is over and the evidence compiled when the first of the two comes after the others.
    const reviewed = await smoke.until('the review is over', ({ milestones }) => milestones['W2.08'], WITHIN_MS);
    for (const cohort of [early, late]) {
      expect(reviewed.cohorts[cohort]).toMatchObject({ phase: 'isolated', code: 'smoke_failed' });
      expect(reviewed.cohorts[cohort]?.counts).toMatchObject({ minted: 1, running: 0 });
    }
    expect(Object.values(reviewed.cohorts).filter((c) => c.phase === 'shadow')).toHaveLength(4);
    await mend(early);
    await smoke.until('the first is signed for', signedFor(early));
    shut.delete('go/gate-2');

    const over = await smoke.until('the waves are over', wavesOver, WITHIN_MS);
    expect(over.cohorts[late]).toMatchObject({ phase: 'isolated', code: 'smoke_failed' });
    expect(over.waves).not.toHaveProperty('catch-up');
    expect(raised(smoke, late)).toBe(false);
    await mend(late);
    await smoke.until('the second is signed for', signedFor(late));
    expect(await promote(smoke, late)).toMatchObject({ exitCode: 0 });
    await smoke.until('the second is live', ({ cohorts }) => cohorts[late]?.mode === 'live');
    shut.delete('go/gate-3');

    const closed = await smoke.until('it is closed', ({ header }) => header.closedAt, WITHIN_MS);
    expect(closed.header.result).toBe('live');
    expect(
      Object.values(closed.waves)
        .filter((w) => w.shape === 'catch-up')
        .map((w) => w.cohorts),
    ).toContainEqual([late]);
    expect(smoke.done().duplicates).toEqual(ONCE);
  });

  it('a hold that is put on a signed group keeps its cohorts in shadow at the platform, until it is released and they are promoted', async () => {
    const { held } = stack.customers;
    const shut = new Set(['go/gate-2', 'go/gate-3']);
    await held.start();
    held.people((id) => shut.has(id));
    // One is held before there is any evidence to sign on, and comes last.
    const [{ group = '' } = {}, { id: unseen = '' } = {}] = held.planned;
    await held.until('cohorts are there', ({ plan }) => plan);
    const why = ['--reason', 'not before legal has looked', '--as', held.holder('deployment-lead')];
    expect(await held.golive('hold', '--cohort', unseen, ...why)).toMatchObject({ exitCode: 0 });
    const signed = await held.until('all groups are signed', ({ milestones }) => milestones['W2.11'], WITHIN_MS);
    expect(Object.values(signed.groupEvidence).flatMap((e) => e.cohorts)).not.toContain(unseen);
    const cohorts = Object.values(signed.cohorts).flatMap((c) => (c.group === group ? [c.id] : []));
    const security = held.holder('security-lead');
    const order = await held.golive(
      'hold',
      '--group',
      group,
      '--reason',
      'an audit finding',
      '--as',
      security,
      '--role',
      'security-lead',
    );
    expect(order).toMatchObject({ exitCode: 0 });
    expect(held.journal().some((e) => e.op === 'fence' && e.ceiling === 'shadow')).toBe(true);
    shut.delete('go/gate-2');

    const over = await held.until('the waves are over', wavesOver, WITHIN_MS);
    const [first, hold] = Object.values(over.holds);
    for (const cohort of cohorts) {
      expect(over.cohorts[cohort]).toMatchObject({ phase: 'held', mode: 'shadow', holds: [hold?.holdId] });
      expect(raised(held, cohort)).toBe(false);
    }
    expect(Object.values(over.cohorts).filter((c) => c.mode === 'live')).toHaveLength(5 - cohorts.length);
    const tooEarly = await promote(held, cohorts[0] ?? '');
    expect(tooEarly).toMatchObject({ exitCode: 5 });
    expect(tooEarly.stderr).toContain('an audit finding');

    for (const { holdId = '' } of [hold, first].flatMap((h) => h ?? [])) {
      expect(await held.golive('release', holdId, '--as', held.holder('deployment-lead'))).toMatchObject({ exitCode: 0 });
    }
    await held.until('the last one is signed for', signedFor(unseen));
    for (const cohort of [...cohorts, unseen]) {
      expect(await promote(held, cohort)).toMatchObject({ exitCode: 0 });
      await held.until(`${cohort} is live`, (view) => view.cohorts[cohort]?.mode === 'live');
    }
    shut.delete('go/gate-3');
    const closed = await held.until('it is closed', ({ header }) => header.closedAt, WITHIN_MS);
    const aside = Object.values(closed.cohorts).filter(({ phase }) => phase !== 'live' && phase !== 'handed-over');
    expect(aside.map(({ id, phase, mode, reason }) => ({ id, phase, mode, reason }))).toEqual([]);
    expect(closed.header.result).toBe('live');
    expect(closed.holds[hold?.holdId ?? '']?.released).toMatchObject({ by: held.holder('deployment-lead') });
    expect(held.done().duplicates).toEqual(ONCE);
  });

  it('cohorts and a wave that are reset in mid-flight go on, nothing is done twice, and the deployment has a run per stage', async () => {
    const { again } = stack.customers;
    const reset = (workflowId: string) => resetWorkflow(stack.parts.temporal.address, workflowId);
    const ofShape = (shape: string): string => again.planned.find((c) => c.shape === shape)?.id ?? '';
    const [minting, shadow, signed] = [ofShape('research'), ofShape('production'), ofShape('coordination')];
    // Slow enough that a cohort can be met while its credentials are minted.
    await again.control({ action: 'mint-limit', perHour: 6 });
    await again.start();
    again.people();
    await again.until('credentials are minted', ({ cohorts }) => cohorts[minting]?.phase === 'minting', WITHIN_MS);
    await reset(cohortWorkflowId(again.name, minting));
    await again.control({ action: 'mint-limit', perHour: null });

    await again.until('it runs in shadow', ({ cohorts }) => cohorts[shadow]?.phase === 'shadow', WITHIN_MS);
    await reset(cohortWorkflowId(again.name, shadow));
    await again.until('window 3 is open', ({ cohorts }) => cohorts[signed]?.phase === 'signed-off', WITHIN_MS);
    await reset(cohortWorkflowId(again.name, signed));
    await again.until('the wave is under way', ({ waves }) => (waves['research']?.steps.length ?? 0) > 0, WITHIN_MS);
    await reset(waveWorkflowId(again.name, 'research'));

    const closed = await again.until('it is closed', ({ header }) => header.closedAt, WITHIN_MS);
    expect(closed.header.result).toBe('live');
    expect(await unstable(again)).toEqual([]);
    expect(Object.values(closed.waves).map((w) => [w.wave, w.closed?.left])).toEqual(SHAPES.map((shape) => [shape, []]));
    expect(Object.values(closed.cohorts).map((c) => [c.mode, c.livePercent])).toEqual(Array(6).fill(['live', 100]));
    expect(again.done().duplicates).toEqual(ONCE);

    const runs = await historiesOf(stack.client, again.name);
    const deployments = runs.filter((r) => r.type === 'deployment');
    const continued = deployments.filter((r) => r.events.at(-1)?.workflowExecutionContinuedAsNewEventAttributes != null);
    expect([deployments.length, continued.length]).toEqual([4, 3]);
    expect(new Set(deployments.map((r) => r.workflowId))).toEqual(new Set([deploymentWorkflowId(again.name)]));
    for (const type of ['cohort', 'wave']) {
      const ended = runs.filter((r) => r.type === type && r.events.at(-1)?.workflowExecutionCompletedEventAttributes != null);
      expect(new Set(ended.map((r) => r.workflowId)).size).toBe(type === 'cohort' ? 6 : 3);
      expect(runs.filter((r) => r.type === type).length).toBe(type === 'cohort' ? 6 + 3 : 3 + 1);
    }
  });
});
