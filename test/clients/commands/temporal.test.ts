import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CommandNotTaken, CommandsUnreachable } from '../../../clients/commands/port.ts';
import { temporalClient, temporalDeployments, type TemporalDeployments } from '../../../clients/commands/temporal.ts';
import { deploymentWorkflowId, stopWorkflowId } from '../../../domain/ids.ts';
import { sharedTemporal, uniqueName } from '../../support/servers/shared.ts';

const NAMES = { workflow: 'deployment', commandSignal: 'command', stopWorkflow: 'stop' };
const orderFor = (customer: string, deployment: string, kind = 'promote', sig = 'c2lnbmVk') => ({
  envelope: JSON.stringify({
    signatures: [{ keyid: 'key', sig }],
    payload: Buffer.from(JSON.stringify({ id: 'order-1', customer, deployment, kind })).toString('base64'),
  }),
  handedInAt: '2026-03-10T08:00:00.000Z',
});

let temporal: TemporalDeployments;
beforeAll(() => {
  const { address, namespace } = sharedTemporal();
  temporal = temporalDeployments(temporalClient({ address, namespace }), NAMES);
});
afterAll(() => temporal.close());

describe('a deployment in Temporal', () => {
  it('is started once, on the control queue, and takes orders by signal before any worker is there', async () => {
    const name = { customer: uniqueName('acme'), deployment: 'q4' };
    const input = { name, speed: 360, startedBy: 'lea' };
    expect(await temporal.start(input)).toBe('started');
    expect(await temporal.start(input)).toBe('already-started');
    const order = orderFor(name.customer, name.deployment);
    expect(await temporal.handIn(order)).toEqual({ id: 'order-1' });

    const handle = temporal.client.workflow.getHandle(deploymentWorkflowId(name));
    const { events = [] } = await handle.fetchHistory();
    const [started] = events ?? [];
    expect(started?.workflowExecutionStartedEventAttributes?.taskQueue?.name).toBe('control');
    const signalled = events?.find((e) => e.workflowExecutionSignaledEventAttributes)?.workflowExecutionSignaledEventAttributes;
    expect(signalled?.signalName).toBe('command');
    expect(JSON.parse(Buffer.from(signalled?.input?.payloads?.[0]?.data ?? []).toString())).toEqual(order);
    await handle.terminate();
    expect(await temporal.start(input)).toBe('already-started');
  });

  it('that is not there takes no orders, and what is no order goes nowhere', async () => {
    await expect(temporal.handIn(orderFor(uniqueName('nobody'), 'q4'))).rejects.toMatchObject({ code: 'wrong_deployment' });
    await expect(temporal.handIn({ ...orderFor('a', 'b'), envelope: '{}' })).rejects.toBeInstanceOf(CommandNotTaken);
  });

  it('is not needed by an order that stops: that has a workflow of its own, once, on a queue of its own', async () => {
    const customer = uniqueName('acme');
    const order = orderFor(customer, 'q4', 'halt');
    for (let i = 0; i < 3; i++) expect(await temporal.handIn(order)).toEqual({ id: 'order-1' });
    const handle = temporal.client.workflow.getHandle(stopWorkflowId({ customer, id: 'order-1', mark: 'c2lnbmVk' }));
    const { events = [] } = await handle.fetchHistory();
    const started = events?.[0]?.workflowExecutionStartedEventAttributes;
    expect(started).toMatchObject({ taskQueue: { name: 'stop' }, workflowType: { name: 'stop' } });
    expect(Number(started?.workflowTaskTimeout?.seconds)).toBe(2);
    expect(JSON.parse(Buffer.from(started?.input?.payloads?.[0]?.data ?? []).toString())).toEqual({
      name: { customer, deployment: 'q4' },
      ...order,
    });
    await handle.terminate();
    expect(await temporal.handIn(order)).toEqual({ id: 'order-1' });
  });

  it('starts a stop also after somebody has handed in rubbish under the id of its order', async () => {
    const customer = uniqueName('acme');
    for (const sig of ['Z3Vlc3NlZA', '', 'c2lnbmVk']) await temporal.handIn(orderFor(customer, 'q4', 'halt', sig));
    const handle = temporal.client.workflow.getHandle(stopWorkflowId({ customer, id: 'order-1', mark: 'c2lnbmVk' }));
    const { events = [] } = await handle.fetchHistory();
    const [given] = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
    expect(JSON.parse(Buffer.from(given?.data ?? []).toString())).toMatchObject(orderFor(customer, 'q4', 'halt'));
  });

  it('is not reached when nobody answers, and that is told at once', async () => {
    const nowhere = temporalDeployments(temporalClient({ address: '127.0.0.1:1' }), NAMES);
    await expect(nowhere.start({ name: { customer: 'a', deployment: 'b' }, speed: 1, startedBy: 'lea' })).rejects.toBeInstanceOf(
      CommandsUnreachable,
    );
    await nowhere.close();
  });
});
