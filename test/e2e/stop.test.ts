import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readExit } from '../../audit/exit.ts';
import { CommandsUnreachable } from '../../clients/commands/port.ts';
import { temporalDeployments } from '../../clients/commands/temporal.ts';
import type { Command } from '../../domain/command.ts';
import { deploymentWorkflowId, stopWorkflowId } from '../../domain/ids.ts';
import { addresseeOf } from '../../domain/stop/addressee.ts';
import { commandSignal } from '../../workflows/messages/deployment.ts';
import { WORKFLOW_NAMES } from '../../workflows/messages/names.ts';
import type { TestCustomer } from '../support/stack/customer.ts';
import { order, signed } from '../support/stack/orders.ts';
import { hangOnError } from '../support/stack/stuck.ts';
import { startTestStack, type TestStack } from '../support/stack/stack.ts';
import { until } from '../support/stack/until.ts';

const SPEED = 1440;
const SMALL = { agents: 24, cohorts: 4, managers: 4 };
const WITHIN_MS = 120_000;

/** Flips of cohorts after a fence, by the platform's own journal. */
const flipsOf = (customer: TestCustomer, id: string) =>
  customer.journal().filter((e) => 'key' in e && typeof e.key === 'string' && e.key.startsWith(`${id}/`));
const fenceOf = (customer: TestCustomer, id: string) => customer.journal().find((e) => e.op === 'fence' && e.commandId === id);
const workflowIdOf = (envelope: string) => stopWorkflowId(addresseeOf(envelope) ?? { customer: '', id: '', mark: '' });

describe('a stop', { timeout: WITHIN_MS + 60_000 }, () => {
  let stack: TestStack<'acme' | 'globex'>;
  const workflowIds = new Map<string, string>();
  const handedIn = async (customer: TestCustomer, over: Pick<Command, 'kind'> & Partial<Command>): Promise<Command> => {
    const command = order(customer, { person: customer.holder('arx-standby'), role: 'arx-standby', ...over });
    const envelope = await signed(customer, command);
    workflowIds.set(command.id, workflowIdOf(envelope));
    await temporalDeployments(stack.client, WORKFLOW_NAMES).handIn({ envelope, handedInAt: new Date().toISOString() });
    return command;
  };
  const recorded = (customer: TestCustomer, { id }: Command) =>
    customer.until(`${id} is recorded`, (view) => view.stops[id]?.flipped, WITHIN_MS);

  beforeAll(async () => {
    stack = await startTestStack(SPEED, { acme: { ...SMALL, slack: true }, globex: SMALL });
  }, 400_000);
  afterAll(() => stack.stop());

  it('needs no deployment: it fences what does not exist yet, and the log has order, ceiling and flips', async () => {
    const { globex } = stack.customers;
    const halt = await handedIn(globex, { kind: 'halt' });
    const view = await recorded(globex, halt);
    expect(fenceOf(globex, halt.id)).toMatchObject({ ceiling: 'halted', scopes: [{ level: 'deployment', deployment: 'q4' }] });
    expect(view.holds[halt.id]).toMatchObject({ ceiling: 'halted', kind: 'halt', releasedBy: 'security-lead', released: null });
    expect(view.stops[halt.id]?.flipped).toMatchObject({ outcomes: { applied: 0, 'not-applied': 0, unknown: 0 } });
    expect(view.commands[halt.id]).toMatchObject({ outcome: 'applied' });
  });

  it('brings every cohort of its scope down, while its deployment hangs on a thrown error and no engine works', async () => {
    const { acme } = stack.customers;
    await acme.start();
    acme.people();
    await acme.until('all run in shadow', ({ cohorts }) => {
      const all = Object.values(cohorts);
      return all.length > 0 && all.every(({ phase }) => phase === 'shadow');
    });
    const { engine, control, temporal } = stack.parts;
    await Promise.all([engine.kill9(), control.kill9()]);
    const id = deploymentWorkflowId(acme.name);
    // Something to do, which it cannot.
    await stack.client.workflow.getHandle(id).signal('report', null);
    const stuck = await hangOnError(temporal.address, stack.client, id);
    const pause = await handedIn(acme, { kind: 'pause' });
    const flips = await until('all are down', async () => {
      const found = flipsOf(acme, pause.id);
      return found.length === acme.planned.length && found;
    });
    expect(flips.every((e) => 'mode' in e && e.mode === 'paused')).toBe(true);
    const view = await recorded(acme, pause);
    expect(view.stops[pause.id]?.flipped?.flipped.toSorted()).toEqual(acme.planned.map(({ id }) => id).sort());
    await stuck.stop();
    await Promise.all([engine.restart(), control.restart()]);
  });

  it('that reaches the deployment as a signal is passed on, and is carried out once', async () => {
    const { acme } = stack.customers;
    const [first] = acme.planned;
    const command = order(acme, {
      ...{ kind: 'halt', person: acme.holder('security-lead'), role: 'security-lead' },
      scope: { level: 'cohort', names: [first?.id ?? ''] },
    });
    const message = { envelope: await signed(acme, command), handedInAt: new Date().toISOString() };
    const handle = stack.client.workflow.getHandle(deploymentWorkflowId(acme.name));
    await handle.signal(commandSignal, message);
    await handle.signal(commandSignal, message);
    await recorded(acme, command);
    expect(flipsOf(acme, command.id)).toHaveLength(1);
    const { status } = await stack.client.workflow.getHandle(workflowIdOf(message.envelope)).describe();
    expect(['RUNNING', 'COMPLETED']).toContain(status.name);
  });

  it('is given in one line in Slack, and by an alert of Alertmanager: once, however often it is reported', async () => {
    const { acme } = stack.customers;
    const [, , third, fourth] = acme.planned.map(({ id }) => id);
    const { slack, people } = acme.file;
    const user = people.find((p) => p.id === acme.holder('deployment-lead'))?.slack ?? '';
    const line = { command: '/golive', text: `rollback cohort:${third ?? ''} wrong queue`, channel: slack?.channel ?? '' };
    // Whether Slack was answered in its three seconds is a matter of the machine; the order is what counts.
    await acme.slack?.act({ type: 'command', user, ...line });
    const view = await acme.until('the line is in the log', ({ commands }) =>
      Object.values(commands).some((c) => c.kind === 'rollback' && c.attestation !== null),
    );
    const [bySlack] = Object.values(view.commands).filter((c) => c.kind === 'rollback');
    expect(bySlack).toMatchObject({ person: acme.holder('deployment-lead'), reason: 'wrong queue', outcome: 'applied' });
    expect(fenceOf(acme, bySlack?.id ?? '')).toMatchObject({ ceiling: 'shadow', scopes: [{ level: 'cohort', name: third }] });

    const firing = {
      ...{ status: 'firing', startsAt: new Date().toISOString(), fingerprint: 'f1' },
      labels: { alertname: 'TooManyWrites', cohort: fourth ?? '' },
    };
    const report = (token: string) =>
      fetch(`${stack.parts.gatewayEndpoint}/v1/alerts/acme`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ version: '4', alerts: [firing] }),
      });
    expect((await report('somebody')).status).toBe(401);
    const token = stack.parts.secrets['acme']?.alerts ?? '';
    const answers = await Promise.all([report(token), report(token), report(token)]);
    const orders = await Promise.all(answers.map(async (a) => ((await a.json()) as { orders: { id: string }[] }).orders));
    const [id = ''] = new Set(orders.flat().map((one) => one.id));
    expect(new Set(orders.flat().map((one) => one.id)).size).toBe(1);
    const after = await acme.until('the alert is in the log', ({ stops }) => stops[id]?.flipped, WITHIN_MS);
    expect(after.commands[id]).toMatchObject({ person: 'golive', kind: 'rollback', args: { trigger: 'write-rate' } });
    expect(acme.journal().filter((e) => e.op === 'fence' && e.commandId === id)).toMatchObject([
      { ceiling: 'shadow', scopes: [{ level: 'cohort', name: fourth }] },
    ]);
  });

  it('that nobody may give touches nothing, and the refusal is recorded', async () => {
    const { acme } = stack.customers;
    const before = acme.journal().length;
    const cfo = await handedIn(acme, { kind: 'terminate', person: acme.holder('cfo'), role: 'cfo' });
    const view = await acme.until('it is refused', ({ commands }) => commands[cfo.id]);
    expect(view.commands[cfo.id]).toMatchObject({ outcome: 'refused', code: 'role_not_allowed' });
    const forged = order(acme, { kind: 'terminate', person: acme.holder('arx-standby'), role: 'arx-standby' });
    const envelope = await signed(acme, forged, acme.generated.paths.keys[acme.holder('cfo')]);
    await temporalDeployments(stack.client, WORKFLOW_NAMES).handIn({ envelope, handedInAt: new Date().toISOString() });
    await until('it is refused as well', async () => {
      const refused = await acme.entries('command.refused');
      return refused.some(({ data }) => data.code === 'signature_invalid');
    });
    const nowhere = await handedIn(acme, { kind: 'halt', deployment: 'nowhere' });
    await until('what is for nobody has ended', async () => {
      const { status } = await stack.client.workflow.getHandle(workflowIds.get(nowhere.id) ?? '').describe();
      return status.name === 'FAILED';
    });
    const stopped = acme
      .journal()
      .slice(before)
      .filter((e) => e.op === 'fence' || ('mode' in e && e.mode === 'terminated'));
    expect(stopped).toEqual([]);
  });

  it('goes on where a killed worker left it, without S3, and with a Temporal server that was killed and is back', async () => {
    const { acme } = stack.customers;
    const { stops, temporal, s3, logs } = stack.parts;
    await Promise.all([s3.kill9(), logs['acme']?.kill9()]);
    await stops[0]?.kill9();
    const ended = await handedIn(acme, { kind: 'terminate', scope: { level: 'cohort', names: [acme.planned[1]?.id ?? ''] } });
    await until('it is down', async () => flipsOf(acme, ended.id).length === 1);
    await temporal.kill9();
    await expect(handedIn(acme, { kind: 'halt' })).rejects.toBeInstanceOf(CommandsUnreachable);
    await temporal.restart();
    await s3.restart();
    await logs['acme']?.restart();
    const halt = await until('the next is handed in', () => handedIn(acme, { kind: 'halt' }));
    await recorded(acme, halt);
    const view = await recorded(acme, ended);
    expect(view.commands[ended.id]).toMatchObject({ outcome: 'applied' });
    await stops[0]?.restart();
  });

  it('is followed by its incident, by whether it has landed, and by a signed attestation of who was ended', async () => {
    const { acme } = stack.customers;
    const isEnd = ({ kind, outcome }: { kind: string; outcome: string }) => kind === 'terminate' && outcome === 'applied';
    const view = await acme.until('it is attested and has landed', ({ commands, stops }) =>
      Object.values(commands)
        .filter(isEnd)
        .every(({ id }) => stops[id]?.landed && (stops[id]?.attested.length ?? 0) > 0),
    );
    const [ended] = Object.values(view.commands).filter(isEnd);
    const id = ended?.id ?? '';
    expect(Object.values(view.incidents).filter((i) => i.opened.stop === id)).toMatchObject([{ opened: { severity: 3 } }]);
    expect(view.stops[id]?.landed?.checks).toMatchObject([{ name: 'no-writes', verdict: 'pass' }]);
    const [attested] = view.stops[id]?.attested ?? [];
    expect(attested).toMatchObject({ subject: ended?.scope?.names[0], agents: acme.planned[1]?.agents });
    const document = Buffer.from(await acme.evidence(attested?.evidence ?? { ref: '', digest: '' }));
    const said = readExit(document, acme.file.machine ?? []);
    if (typeof said === 'string') throw new Error(said);
    expect(said).toMatchObject({
      stop: id,
      subject: { cohort: ended?.scope?.names[0] },
      remains: { notTerminated: 0, validCredentials: 0 },
    });
    const revoked = acme.journal().flatMap((e) => (e.op === 'revoke' && e.cohort === said.subject.cohort ? e.items : []));
    expect(revoked).toHaveLength(said.subject.agents);
  });
});
