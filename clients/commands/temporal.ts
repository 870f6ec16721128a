import { Client, Connection, WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client';
import { loadClientConfigProfile, toClientOptions } from '@temporalio/envconfig';
import { defineSearchAttributeKey } from '@temporalio/common';
import { deploymentId, deploymentWorkflowId, QUEUES, stopWorkflowId } from '../../domain/ids.ts';
import { addresseeOf, stops, type Addressee } from '../../domain/stop/addressee.ts';
import { CommandNotTaken, CommandsUnreachable, type Commands, type Deployments, type HandedIn } from './port.ts';

export interface TemporalAddress {
  address?: string;
  namespace?: string;
}

/** Names of the messages; they are defined beside the workflows, which this layer does not import. */
export interface WorkflowNames {
  workflow: string;
  commandSignal: string;
  stopWorkflow: string;
}

export interface TemporalDeployments extends Deployments, Commands {
  client: Client;
  close(): Promise<void>;
}

const DEPLOYMENT = defineSearchAttributeKey('GoliveDeployment', 'KEYWORD');

/** Where a stop worker dies with a task in its hands, the other has it after this long. */
const STOP_TASK_TIMEOUT = '2s';

/**
 * The client's connection as Temporal's own tools would make it (profiles, TEMPORAL_ADDRESS and the like), with what the
 * connections file says on top. Lazy: nothing is dialled before the first call.
 */
export function temporalClient(given: TemporalAddress = {}): Client {
  const profile = loadClientConfigProfile();
  const { connectionOptions, namespace } = toClientOptions({
    ...profile,
    ...(given.address === undefined ? {} : { address: given.address }),
    ...(given.namespace === undefined ? {} : { namespace: given.namespace }),
  });
  // Without the SDK's own repetitions: a person is told at once, and none of them outlives the connection.
  const connection = Connection.lazy({ ...connectionOptions, interceptors: [] });
  return new Client({ connection, namespace: namespace ?? 'default' });
}

/** For who has rights on the namespace: starts deployments, and hands orders in without a gateway. */
export function temporalDeployments(client: Client, names: WorkflowNames, timeoutMs = 10_000): TemporalDeployments {
  const within = async <T>(call: () => Promise<T>): Promise<T> => {
    try {
      return await client.withDeadline(Date.now() + timeoutMs, call);
    } catch (cause) {
      if (cause instanceof WorkflowNotFoundError || cause instanceof WorkflowExecutionAlreadyStartedError) throw cause;
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new CommandsUnreachable('Temporal', `Temporal does not answer: ${why}`, { cause });
    }
  };
  const signal = async (to: Addressee, order: HandedIn): Promise<void> => {
    try {
      await within(() => client.workflow.getHandle(deploymentWorkflowId(to)).signal(names.commandSignal, order));
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
      throw new CommandNotTaken('wrong_deployment', `There is no open deployment ${deploymentId(to)}.`);
    }
  };
  /** A stop needs no deployment. One that is there already, running or done, was handed in before. */
  const startStop = async (to: Addressee, { envelope, handedInAt }: HandedIn): Promise<void> => {
    const { customer, deployment, kind } = to;
    try {
      await within(() =>
        client.workflow.start(names.stopWorkflow, {
          workflowId: stopWorkflowId(to),
          taskQueue: QUEUES.stop,
          args: [{ name: { customer, deployment }, envelope, handedInAt }],
          workflowIdReusePolicy: 'REJECT_DUPLICATE',
          workflowTaskTimeout: STOP_TASK_TIMEOUT,
          typedSearchAttributes: [{ key: DEPLOYMENT, value: deploymentId(to) }],
          staticSummary: `${kind} in ${deploymentId(to)}`.slice(0, 180),
        }),
      );
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
  };
  return {
    client,
    close: () => client.connection.close(),

    async start({ name, speed, startedBy }) {
      try {
        await within(() =>
          client.workflow.start(names.workflow, {
            workflowId: deploymentWorkflowId(name),
            taskQueue: QUEUES.control,
            args: [{ name, speed, startedBy }],
            // A deployment is started once; a second one under the same name would share its log and its platform.
            workflowIdReusePolicy: 'REJECT_DUPLICATE',
            staticSummary: `deployment ${deploymentId(name)}`,
          }),
        );
        return 'started';
      } catch (error) {
        if (error instanceof WorkflowExecutionAlreadyStartedError) return 'already-started';
        throw error;
      }
    },

    async handIn(order) {
      const to = addresseeOf(order.envelope);
      if (!to) throw new CommandNotTaken('malformed_command', 'The envelope does not hold an order.');
      await (stops(to) ? startStop(to, order) : signal(to, order));
      return { id: to.id };
    },
  };
}
