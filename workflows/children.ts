import { defineSearchAttributeKey, WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  getExternalWorkflowHandle,
  isCancellation,
  log,
  ParentClosePolicy,
  startChild,
  WorkflowIdReusePolicy,
} from '@temporalio/workflow';
import type { Authority, DrillRef } from '../activities/contract.ts';
import { chunkCount } from '../domain/set/chunk.ts';
import type { PlannedCohort } from '../domain/entry.ts';
import {
  channelWorkflowId,
  cohortWorkflowId,
  deploymentId,
  QUEUES,
  queueDrillWorkflowId,
  watchWorkflowId,
  remedyWorkflowId,
  type DeploymentName,
  waveWorkflowId,
} from '../domain/ids.ts';
import type { Applied, DeploymentRun } from './deployment-run.ts';
import type { ChannelInput } from './messages/channel.ts';
import type { RemedyInput } from './messages/remedy.ts';
import { advanceSignal, type Advance, type CohortInput } from './messages/cohort.ts';
import type { WatchInput } from './messages/watch.ts';
import type { WaveInput } from './messages/wave.ts';

/** How many starts or signals share one workflow task: enough to be quick, few enough to stay far from its 4 MB. */
const AT_ONCE = 50;

const DEPLOYMENT = defineSearchAttributeKey('GoliveDeployment', 'KEYWORD');
const GROUP = defineSearchAttributeKey('GoliveCohortGroup', 'KEYWORD');
const SHAPE = defineSearchAttributeKey('GoliveShape', 'KEYWORD');

// Children outlive each run of their parent, so none may be closed with it.
const CHILD = {
  taskQueue: QUEUES.engine,
  parentClosePolicy: ParentClosePolicy.ABANDON,
  workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
} as const;

export async function inBatches<T>(items: readonly T[], each: (item: T) => Promise<void>): Promise<void> {
  for (let i = 0; i < items.length; i += AT_ONCE) await Promise.all(items.slice(i, i + AT_ONCE).map(each));
}

/** Starting what already runs is adopting it: a reset parent finds its children. */
async function startOrAdopt(start: Promise<unknown>): Promise<void> {
  try {
    await start;
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    log.info('child runs already: adopted', { workflowId: error.workflowId });
  }
}

export async function startCohorts(run: DeploymentRun, cohorts: PlannedCohort[], goAhead: Authority): Promise<void> {
  const { name } = run.input;
  await inBatches(cohorts, async (c) => {
    const input: CohortInput = {
      name,
      cohort: c.id,
      group: c.group,
      shape: c.shape,
      chunks: chunkCount(c.agents),
      snapshotId: run.state.snapshotId ?? '',
      goAhead,
    };
    // One that is adopted may have told already how far it is.
    if ((run.state.standing[c.id] ?? 'new') === 'new') run.state.standing[c.id] = 'provisioning';
    await startOrAdopt(
      startChild('cohort', {
        ...CHILD,
        workflowId: cohortWorkflowId(name, c.id),
        args: [input],
        staticSummary: `${c.agents} agents of ${c.group} (${c.shape})`,
        typedSearchAttributes: [
          { key: DEPLOYMENT, value: deploymentId(name) },
          { key: GROUP, value: c.group },
          { key: SHAPE, value: c.shape },
        ],
      }),
    );
  });
}

export async function startWave(run: DeploymentRun, input: WaveInput): Promise<void> {
  const { name } = run.input;
  if (run.state.waves[input.wave] !== undefined) return;
  run.state.waves[input.wave] = 'running';
  await startOrAdopt(
    startChild('wave', {
      ...CHILD,
      workflowId: waveWorkflowId(name, input.wave),
      args: [input],
      staticSummary: `${input.cohorts.length} cohorts (${input.shape}) to live`,
      typedSearchAttributes: [{ key: DEPLOYMENT, value: deploymentId(name) }],
    }),
  );
}

/** The managers' queues have a workflow of their own: tried now, watched from the first live writes until the close. */
export async function startQueueDrill(run: DeploymentRun, authority: Authority): Promise<void> {
  const { name } = run.input;
  const input: DrillRef = { name, authority, snapshotId: run.state.snapshotId ?? '' };
  await startOrAdopt(
    startChild('queueDrill', {
      ...CHILD,
      workflowId: queueDrillWorkflowId(name),
      args: [input],
      staticSummary: "the managers' queues: tried, then watched",
      typedSearchAttributes: [{ key: DEPLOYMENT, value: deploymentId(name) }],
    }),
  );
}

/** What people are told has a workflow of its own. */
export const startChannel = ({ input: { name } }: DeploymentRun): Promise<void> =>
  startBeside('channel', { name }, channelWorkflowId(name), 'what people are told, and who does not answer');

/** The stopping table is watched by a workflow of its own. */
export const startWatch = ({ input: { name } }: DeploymentRun): Promise<void> =>
  startBeside('watch', { name }, watchWorkflowId(name), 'the stopping table, from T+24 to T+96');

/** Without it, or when it fails, the deployment goes on as it would with it. */
async function startBeside(
  type: 'channel' | 'watch',
  input: ChannelInput & WatchInput,
  workflowId: string,
  staticSummary: string,
): Promise<void> {
  try {
    await startOrAdopt(
      startChild(type, {
        ...CHILD,
        taskQueue: QUEUES.control,
        workflowId,
        args: [input],
        staticSummary,
        typedSearchAttributes: [{ key: DEPLOYMENT, value: deploymentId(input.name) }],
      }),
    );
  } catch (error) {
    if (isCancellation(error)) throw error;
    log.warn(`the ${type} could not be started`, { error: String(error) });
  }
}

/** What an order mends has a workflow of its own, one per order: no other order waits for it. */
export async function startRemedy(run: DeploymentRun, { id, kind, index }: Applied): Promise<void> {
  const { name } = run.input;
  const input: RemedyInput = { name, kind, index };
  await startOrAdopt(
    startChild('remedy', {
      ...CHILD,
      workflowId: remedyWorkflowId(name, id),
      args: [input],
      staticSummary: `${kind}, entry #${index}`,
      typedSearchAttributes: [{ key: DEPLOYMENT, value: deploymentId(name) }],
    }),
  );
}

export const advance = (run: DeploymentRun, cohort: string, word: Advance): Promise<void> => tell(run.input.name, cohort, word);

/** Tells a cohort the next word. One that has ended is a fact for the log, never a failure of whoever tells it. */
export async function tell(name: DeploymentName, cohort: string, word: Advance): Promise<void> {
  try {
    await getExternalWorkflowHandle(cohortWorkflowId(name, cohort)).signal(advanceSignal, word);
  } catch (error) {
    log.warn('cohort could not be told', { cohort, to: word.to, error: String(error) });
  }
}
