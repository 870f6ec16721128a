import { commandSignal, DEPLOYMENT_WORKFLOW } from './deployment.ts';
import { STOP_WORKFLOW } from './stop.ts';

/** What whoever hands orders in needs to know of the workflows that take them. */
export const WORKFLOW_NAMES = {
  workflow: DEPLOYMENT_WORKFLOW,
  commandSignal: commandSignal.name,
  stopWorkflow: STOP_WORKFLOW,
} as const;
