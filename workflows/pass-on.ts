import { defineSearchAttributeKey, WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { log, ParentClosePolicy, patched, startChild, WorkflowIdReusePolicy } from '@temporalio/workflow';
import { deploymentId, QUEUES, stopWorkflowId } from '../domain/ids.ts';
import { addresseeOf, stops, type Addressee } from '../domain/stop/addressee.ts';
import type { CommandMessage } from './messages/deployment.ts';
import { STOP_WORKFLOW, type StopInput } from './messages/stop.ts';

const DEPLOYMENT = defineSearchAttributeKey('GoliveDeployment', 'KEYWORD');

/** Whom a stopping order is for, by its own word; undefined for every other message. */
export function stopIn({ envelope }: CommandMessage): Addressee | undefined {
  const to = addresseeOf(envelope);
  return to && stops(to) ? to : undefined;
}

/**
 * A stop that was handed in as a signal has a workflow of its own from now on, and waits for nothing here: not for the orders
 * before it, and not for what this workflow is doing. Whether it may be carried out is seen there.
 */
export async function passOn(to: Addressee, { envelope, handedInAt }: CommandMessage): Promise<void> {
  const { id, customer, deployment, kind } = to;
  const input: StopInput = { name: { customer, deployment }, envelope, handedInAt };
  try {
    await startChild(STOP_WORKFLOW, {
      workflowId: patched('a stop is known by its mark') ? stopWorkflowId(to) : `golive/${customer}/stop/${id}`,
      taskQueue: QUEUES.stop,
      parentClosePolicy: ParentClosePolicy.ABANDON,
      workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
      workflowTaskTimeout: '2 s',
      args: [input],
      staticSummary: `${kind}, passed on`,
      typedSearchAttributes: [{ key: DEPLOYMENT, value: deploymentId(to) }],
    });
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return;
    log.error('a stop could not be passed on', { id, error: String(error) });
  }
}
