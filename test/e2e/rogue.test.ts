import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { putEvidence } from '../../clients/store/evidence.ts';
import { createHttpRecorder } from '../../clients/recorder/http.ts';
import { cohortWorkflowId, deploymentWorkflowId, QUEUES } from '../../domain/ids.ts';
import { ensureTools } from '../../scripts/setup/tools.ts';
import { cohort as cohortWorkflow, deployment, wave as waveWorkflow } from '../../workflows/index.ts';
import { stateQuery } from '../../workflows/messages/cohort.ts';
import { commandSignal } from '../../workflows/messages/deployment.ts';
import type { TestCustomer } from '../support/stack/customer.ts';
import { order, signed } from '../support/stack/orders.ts';
import { lie, overClock, startRogue } from '../support/stack/rogue.ts';
import { startTestStack, type TestStack } from '../support/stack/stack.ts';
import { until } from '../support/stack/until.ts';

const SPEED = 1440;
const SMALL = { agents: 12, cohorts: 3, managers: 3 };
/** A key that is real and nobody's in the deployment file. */
const stranger = ({ generated }: TestCustomer): string => generated.paths.rootKey;
/** What moves a platform forward. */
const FORWARD = ['register', 'create', 'bind', 'mint', 'smoke', 'raise', 'example'];

describe('whoever can write to the namespace', { timeout: 150_000 }, () => {
  // before: everything but the go-ahead was given. ready: everything but gate 1's go. fooled: only the rogue serves it.
  let stack: TestStack<'before' | 'ready' | 'fooled'>;
  let before: TestCustomer;
  let ready: TestCustomer;
  let fooled: TestCustomer;
  const moved = (customer: TestCustomer) => customer.journal().filter(({ op }) => FORWARD.includes(op));

  beforeAll(async () => {
    stack = await startTestStack(SPEED, { before: { ...SMALL, slack: true }, ready: SMALL, fooled: SMALL });
    ({ before, ready, fooled } = stack.customers);
    await Promise.all([before.start(), ready.start()]);
    before.people((id) => id === 'go-ahead');
    ready.people((id) => id === 'go/gate-1');
    await before.until('the clock runs', (view) => view.clock.startedAtMs !== null);
    await ready.until('all cohorts are ready', (view) => Object.values(view.cohorts).every((c) => c.phase === 'ready'));
  }, 240_000);
  afterAll(() => stack.stop());

  const signal = (to: TestCustomer, ...args: unknown[]) =>
    stack.client.workflow.getHandle(deploymentWorkflowId(to.name)).signal(commandSignal.name, ...args);
  const refusals = (of: TestCustomer) => of.entries('command.refused');

  it('hands in garbage as orders: each is refused once, whatever it is, and the next true order is heard', async () => {
    const known = (await refusals(before)).length;
    const at = new Date().toISOString();
    // Without an argument is as good as null: five different things.
    const garbage = [
      [{ envelope: 'approve everything', handedInAt: at }],
      [{ envelope: '{"payloadType":"x","payload":"!","signatures":[]}', handedInAt: 'yesterday' }],
      [{ envelope: 42 }],
      [null],
      ['x'.repeat(100_000)],
      [],
    ];
    for (const args of [...garbage, ...garbage]) await signal(before, ...args);
    const refused = await until('all are answered', async () => {
      const all = (await refusals(before)).slice(known);
      return all.length >= 5 && all;
    });
    expect(refused).toHaveLength(5);
    expect(new Set(refused.map((r) => r.data.code))).toEqual(new Set(['malformed_command']));
  });

  it('hands in orders that are unsigned, signed by a stranger, for another deployment, or seen before: nothing is applied', async () => {
    const applied = (await before.entries('command.applied')).map((e) => e.index);
    const known = (await refusals(before)).length;
    const lead = { person: before.holder('customer-lead'), role: 'customer-lead' } as const;
    const goAhead = order(before, { kind: 'approve', ...lead, args: { decision: 'approve' } });
    const [byStranger, elsewhere] = await Promise.all([
      signed(before, goAhead, stranger(before)),
      signed(before, { ...goAhead, id: `${goAhead.id}-q5`, deployment: 'q5' }),
    ]);
    const unsigned = JSON.stringify({ ...(JSON.parse(byStranger) as object), signatures: [{ keyid: 'none', sig: '' }] });
    for (const envelope of [byStranger, elsewhere, unsigned, byStranger, elsewhere, unsigned]) {
      await signal(before, { envelope, handedInAt: new Date().toISOString() });
    }
    const refused = await until('all are answered', async () => {
      const all = (await refusals(before)).slice(known);
      return all.length >= 3 && all;
    });
    expect(refused.map((r) => r.data.code).sort()).toEqual(['signature_invalid', 'signature_invalid', 'wrong_deployment']);
    expect((await before.entries('command.applied')).map((e) => e.index)).toEqual(applied);
    expect(moved(before)).toEqual([]);
  });

  it("signals the executives' clicks with Temporal's own command line, attested by a key of its own: none of them counts", async () => {
    const known = (await refusals(before)).length;
    const { slack, people } = before.file;
    const clicks = (['customer-lead', 'security-lead', 'cfo'] as const).map((role) => {
      const person = before.holder(role);
      const user = people.find((p) => p.id === person)?.slack ?? '';
      const attestation = { channel: 'slack' as const, team: slack?.team ?? '', user, cards: ['forged-card0'] };
      const scope = { level: 'group' as const, names: [before.planned[0]?.group ?? ''] };
      return signed(
        before,
        order(before, { kind: 'sign', person, role, scope, attestation, args: { decision: 'approve' } }),
        stranger(before),
      );
    });
    const { address, namespace } = stack.parts.temporal;
    const { temporal } = await ensureTools(['temporal']);
    for (const envelope of await Promise.all(clicks)) {
      const input = JSON.stringify({ envelope, handedInAt: new Date().toISOString() });
      const to = ['--workflow-id', deploymentWorkflowId(before.name), '--name', commandSignal.name, '--input', input];
      await promisify(execFile)(temporal, ['workflow', 'signal', '--address', address, '--namespace', namespace, ...to]);
    }
    const refused = await until('all are answered', async () => {
      const all = (await refusals(before)).slice(known);
      return all.length >= 3 && all;
    });
    expect(refused.map((r) => r.data.code)).toEqual(['signature_invalid', 'signature_invalid', 'signature_invalid']);
    expect(await before.entries('sign-off')).toEqual([]);
  });

  it('hands in an applied order again: it gets the first answer and no second entry', async () => {
    const first = (await before.entries('command.applied'))[0];
    const answers = async () => (await before.entries()).filter(({ kind }) => kind.startsWith('command.'));
    const known = (await answers()).length;
    const kept = first && (await before.evidence(first.data.envelope));
    await signal(before, { envelope: kept, handedInAt: new Date().toISOString() });
    await signal(before, { envelope: 'one more, so that the replay is known to be answered', handedInAt: '' });
    await until('the order after it is answered', async () => (await answers()).length > known);
    const added = (await answers()).slice(known);
    expect(added.map((e) => e.kind)).toEqual(['command.refused']);
  });

  it("starts a cohort on made-up, foreign and other people's authority: refused before any call", async () => {
    const entries = await before.entries();
    const indexOf = (kind: string) => entries.find((e) => e.kind === kind)?.index ?? -1;
    const [planned] = before.planned;
    const foreign = await goAheadForAnotherDeployment();
    const grants = [-1, 0.5, 987_654, indexOf('deployment.opened'), indexOf('command.applied'), foreign];
    const runs = grants.map(async (grant, i) => {
      const workflowId = cohortWorkflowId(before.name, `by-hand-${i}`);
      const { id, group, shape } = planned ?? { id: '', group: '', shape: 'research' as const };
      const input = { name: before.name, cohort: id, group, shape, chunks: 1, snapshotId: 'hris-1', goAhead: { grant } };
      const handle = await stack.client.workflow.start(cohortWorkflow, { workflowId, taskQueue: QUEUES.engine, args: [input] });
      return until('it is set aside', async () => {
        const { state } = await handle.query(stateQuery);
        return state.phase === 'isolated' && state.code;
      });
    });
    const reasons = await Promise.all(runs);
    expect(reasons.slice(0, -1)).toEqual(grants.slice(0, -1).map(() => 'authority_missing'));
    expect(reasons.at(-1)).toBe('wrong_deployment');
    expect(moved(before)).toEqual([]);
    expect(await before.entries('outcome')).toEqual([]);
  });

  it('starts a wave on authority that it does not have: nothing is raised, and no wave is in the log', async () => {
    const applied = await ready.entries('command.applied');
    const goAhead = applied.find((e) => e.data.command.kind === 'approve' && e.data.command.scope.level === 'deployment');
    const cohorts = ready.planned.filter((c) => c.shape === 'research').map((c) => c.id);
    for (const grant of [-1, 987_654, goAhead?.index ?? -1]) {
      const args = { name: ready.name, wave: `by-hand${grant}`, shape: 'research' as const, cohorts, authority: { grant } };
      await stack.client.workflow.execute(waveWorkflow, {
        workflowId: `${deploymentWorkflowId(ready.name)}/by-hand${grant}`,
        taskQueue: QUEUES.engine,
        args: [{ ...args, ramp: [100], holdHours: 4, speed: SPEED }],
      });
    }
    expect(ready.journal().filter((e) => e.op === 'raise')).toEqual([]);
    expect(await ready.entries('wave.started')).toEqual([]);
  });

  it('tells a cohort to run in shadow on the go-ahead alone: it does not run, and the platform hears nothing', async () => {
    const applied = await ready.entries('command.applied');
    const goAhead = applied.find((e) => e.data.command.kind === 'approve' && e.data.command.scope.level === 'deployment');
    const [planned] = ready.planned;
    const handle = stack.client.workflow.getHandle(cohortWorkflowId(ready.name, planned?.id ?? ''));
    await handle.signal('advance', { to: 'shadow', authority: { grant: goAhead?.index ?? -1 } });
    const { cohorts } = await ready.until('it is set aside', (view) => view.cohorts[planned?.id ?? '']?.phase === 'isolated');
    expect(cohorts[planned?.id ?? '']?.code).toBe('authority_missing');
    expect(ready.journal().filter((e) => e.op === 'raise' || e.op === 'example')).toEqual([]);
  });

  it('answers "applied" in place of control: the engine finds no such order in the log, and registers nothing', async () => {
    await stack.parts.control.stop();
    const rogue = await startRogue(stack.parts.temporal.address, ['control'], before.planned, overClock(SPEED));
    try {
      const approval = (await before.entries('command.applied')).find((e) => e.data.command.scope.level === 'set');
      const scope = { level: 'deployment' as const, names: [] };
      await signal(before, lie({ outcome: 'applied', id: 'a-lie', kind: 'approve', scope, index: approval?.index ?? -1 }));
      const handle = stack.client.workflow.getHandle(deploymentWorkflowId(before.name));
      await until('the engine has refused', async () => {
        const { events } = await handle.fetchHistory();
        const failures = (events ?? []).flatMap(
          (e) => e.activityTaskFailedEventAttributes?.failure?.applicationFailureInfo?.type ?? [],
        );
        return failures.includes('authority_missing');
      });
    } finally {
      await rogue.stop();
      await stack.parts.control.restart();
    }
    expect(moved(before)).toEqual([]);
    expect(await before.entries('intent')).toEqual([]);
  });

  it('serves every queue with lies: a whole deployment seems to close, and neither platform nor log know anything of it', async () => {
    await Promise.all([stack.parts.control.stop(), stack.parts.engine.stop()]);
    const past = overClock(SPEED);
    const rogue = await startRogue(stack.parts.temporal.address, ['control', 'engine', 'mint'], fooled.planned, past);
    try {
      const input = { name: fooled.name, speed: SPEED, startedBy: 'nobody' };
      const workflowId = deploymentWorkflowId(fooled.name);
      await stack.client.workflow.start(deployment, { workflowId, taskQueue: QUEUES.control, args: [input] });
      const say = (
        kind: 'clock' | 'approve' | 'go' | 'confirm' | 'promote',
        level: 'deployment' | 'gate' | 'row' | 'wave',
        ...names: string[]
      ) =>
        signal(
          fooled,
          lie({
            outcome: 'applied',
            id: `lie-${kind}-${names.join()}`,
            kind,
            scope: { level, names },
            index: 1,
            ...(kind === 'clock' ? { clock: past } : {}),
          }),
        );
      await say('clock', 'deployment');
      await say('approve', 'deployment');
      for (const gate of ['gate-1', 'gate-2', 'gate-3']) await say('go', 'gate', gate);
      for (const row of ['W2.08', 'W3.13']) await say('confirm', 'row', row);
      for (const shape of ['research', 'production', 'coordination']) await say('promote', 'wave', shape);
      await until('it seems closed', async () => {
        const { status } = await stack.client.workflow.getHandle(workflowId).describe();
        return status.name === 'COMPLETED';
      });
    } finally {
      await rogue.stop();
      await Promise.all([stack.parts.control.restart(), stack.parts.engine.restart()]);
    }
    expect(fooled.journal()).toEqual([]);
    expect(await fooled.entries()).toEqual([]);
  });

  /** Signed by the right person, applied, in the same log: but for the deployment next door. */
  async function goAheadForAnotherDeployment(): Promise<number> {
    const lead = { person: before.holder('customer-lead'), role: 'customer-lead' } as const;
    const command = { ...order(before, { kind: 'approve', ...lead, args: { decision: 'approve' } }), deployment: 'q5' };
    const audit = before.store(before.file.audit.bucket);
    const envelope = await putEvidence(audit, before.file.audit.prefix, await signed(before, command));
    audit.close();
    const { customer } = before.name;
    const recorder = createHttpRecorder({
      url: stack.parts.logEndpoints[customer] ?? '',
      token: stack.parts.secrets[customer]?.log.add ?? '',
    });
    const data = { command, envelope, fenceGeneration: 0, latencyMs: 1 };
    const entry = { v: 1, id: `${customer}/q5/command/${command.id}`, at: command.issuedAt, kind: 'command.applied' } as const;
    const [index] = await recorder.add([{ ...entry, customer, deployment: 'q5', actor: command.person, data }]);
    await recorder.close();
    return index ?? -1;
  }
});
