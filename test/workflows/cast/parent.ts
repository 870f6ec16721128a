import { defaultPayloadConverter } from '@temporalio/common';
import { deploymentWorkflowId, type DeploymentName } from '../../../domain/ids.ts';
import { uniqueName } from '../../support/servers/shared.ts';
import type { Events, OwnNamespace } from './server.ts';

/** Someone to report to who never acts: no worker polls its queue, so what it is told stays in its history as it came. */
export async function startParent({ client }: OwnNamespace, name: DeploymentName): Promise<void> {
  await client.workflow.start('deployment', { workflowId: deploymentWorkflowId(name), taskQueue: uniqueName('nobody') });
}

/** What a workflow was told by signals of one name, in order. */
export const decodedSignals = <T>(events: Events, signal: string): T[] =>
  events.flatMap(({ workflowExecutionSignaledEventAttributes: told }) => {
    const payload = told?.signalName === signal ? told.input?.payloads?.[0] : undefined;
    return payload == null ? [] : [defaultPayloadConverter.fromPayload<T>(payload)];
  });

export const signalsTo = async <T = unknown>({ events }: OwnNamespace, workflowId: string, signal: string): Promise<T[]> =>
  decodedSignals<T>(await events(workflowId), signal);

export const reportsTo = (temporal: OwnNamespace, name: DeploymentName) =>
  signalsTo(temporal, deploymentWorkflowId(name), 'report');
