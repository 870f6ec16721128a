import type { WorkflowHandle } from '@temporalio/client';
import type { ClockState } from '../../../domain/clock.ts';
import { newClock, startClock } from '../../../domain/clock.ts';
import type { PlannedCohort } from '../../../domain/entry.ts';
import { cohortWorkflowId, deploymentWorkflowId, QUEUES } from '../../../domain/ids.ts';
import type { Shape } from '../../../domain/mode.ts';
import type { DeploymentState } from '../../../workflows/deployment-state.ts';
import type { CommandMessage, DeploymentInput } from '../../../workflows/messages/deployment.ts';
import { until } from '../../support/stack/until.ts';
import { newCast, type Activities, type Cast, type FakeOrder } from './cast.ts';
import type { Events, OwnNamespace } from './server.ts';

/** 72 plan hours in three seconds: the workflows do not know how long an hour is. */
export const FAST = 86_400;

export const planned = (id: string, shape: Shape): PlannedCohort => ({ id, group: id.replace(/-[^-]+$/, ''), shape, agents: 60 });
export const THREE = [planned('hr-a', 'research'), planned('it-b', 'production'), planned('sales-c', 'coordination')];

type Given = Partial<FakeOrder> & Pick<FakeOrder, 'kind'>;

export interface Run {
  cast: Cast;
  handle: WorkflowHandle;
  workflowId: string;
  state: () => Promise<DeploymentState>;
  order: (order: Given) => Promise<string>;
  /** Every order of a deployment that goes well, all at once and long before their hour. */
  allOrders: (handOver?: boolean) => Promise<void>;
  /** The Operations Lead takes over. */
  handOver: () => Promise<unknown>;
  until: (what: string, holds: (state: DeploymentState) => boolean) => Promise<unknown>;
}

interface Options {
  cohorts?: PlannedCohort[];
  plays?: Partial<Activities>;
  speed?: number;
  state?: DeploymentState;
}

let orders = 0;

export async function startDeployment({ client }: Pick<OwnNamespace, 'client'>, options: Options = {}): Promise<Run> {
  const { speed = FAST, state } = options;
  const cast = newCast(options.cohorts ?? THREE, options.plays);
  if (state !== undefined) cast.clock = state.clock;
  const workflowId = deploymentWorkflowId(cast.name);
  const input: DeploymentInput = { name: cast.name, speed, startedBy: 'lea', ...(state === undefined ? {} : { state }) };
  const started = await client.workflow.start('deployment', { workflowId, taskQueue: QUEUES.control, args: [input] });
  const handle = client.workflow.getHandle(workflowId, undefined, { firstExecutionRunId: started.firstExecutionRunId });
  const current = () => handle.query<DeploymentState>('state');

  cast.state = current;

  async function order(given: Given): Promise<string> {
    const full: FakeOrder = { id: `order-${++orders}`, scope: { level: 'deployment', names: [] }, ...given };
    await handle.signal<[CommandMessage]>('command', { envelope: JSON.stringify(full), handedInAt: new Date().toISOString() });
    return full.id;
  }
  const handOver = () => order({ kind: 'confirm', scope: { level: 'row', names: ['W3.13'] } });
  return {
    ...{ cast, handle, workflowId, order },
    state: current,
    handOver,
    async allOrders(andHandOver = true) {
      await order({ kind: 'clock', clock: startClock(newClock(speed), Date.now()) });
      await order({ kind: 'approve' });
      for (const gate of ['gate-1', 'gate-2', 'gate-3']) await order({ kind: 'go', scope: { level: 'gate', names: [gate] } });
      for (const row of ['W2.08', 'W3.15']) await order({ kind: 'confirm', scope: { level: 'row', names: [row] } });
      for (const shape of ['coordination', 'research', 'production'])
        await order({ kind: 'promote', scope: { level: 'wave', names: [shape] } });
      if (andHandOver) await handOver();
    },
    until: (what, holds) => until(what, async () => holds(await current()), 30_000),
  };
}

/** Every run of the deployment, first to last, each as it was recorded. */
export async function runsOf({ client, events }: OwnNamespace, { handle, workflowId }: Run): Promise<Events[]> {
  const runs: Events[] = [];
  const last = (await client.workflow.getHandle(workflowId).describe()).runId;
  let runId = (await handle.fetchHistory()).events?.[0]?.workflowExecutionStartedEventAttributes?.firstExecutionRunId ?? last;
  for (;;) {
    const run = await events(workflowId, runId);
    runs.push(run);
    const next = run.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId;
    if (next == null) return runs;
    runId = next;
  }
}

export const cohortHandle = ({ client }: OwnNamespace, { cast }: Run, cohort: string) =>
  client.workflow.getHandle(cohortWorkflowId(cast.name, cohort));

export const runningClock = (hours: number, speed: number, nowMs: number): ClockState =>
  startClock(newClock(speed), nowMs - (hours * 3_600_000) / speed);
