/** Every name that crosses a process boundary is made here, from business identity and never from a run id. */

export interface DeploymentName {
  customer: string;
  deployment: string;
}

export const deploymentId = (d: DeploymentName): string => `${d.customer}/${d.deployment}`;

export const deploymentWorkflowId = (d: DeploymentName): string => `golive/${deploymentId(d)}`;
export const cohortWorkflowId = (d: DeploymentName, cohort: string): string => `${deploymentWorkflowId(d)}/cohort/${cohort}`;
export const waveWorkflowId = (d: DeploymentName, wave: string): string => `${deploymentWorkflowId(d)}/wave/${wave}`;
export const channelWorkflowId = (d: DeploymentName): string => `${deploymentWorkflowId(d)}/channel`;
export const watchWorkflowId = (d: DeploymentName): string => `${deploymentWorkflowId(d)}/watch`;
/** What an order mends: one workflow per order. */
export const remedyWorkflowId = (d: DeploymentName, commandId: string): string =>
  `${deploymentWorkflowId(d)}/remedy/${commandId}`;
/** A stop belongs to the customer, and needs no deployment to be there. `mark`: of the signed order, which alone has it. */
export const stopWorkflowId = ({ customer, id, mark }: { customer: string; id: string; mark: string }): string =>
  `golive/${customer}/stop/${id}/${mark}`;
export const queueDrillWorkflowId = (d: DeploymentName): string => `${deploymentWorkflowId(d)}/queue-drill`;

/** What can be done to an agent (or a cohort) at the platform; each is one natural key per credential or authority generation. */
export const OPERATIONS = [
  'register',
  'create',
  'bind',
  'mint',
  'smoke',
  'run',
  'example',
  'raise',
  'drill',
  'reassign',
  'restore',
  'revoke',
  'reissue',
  'regenerate',
] as const;
export type Operation = (typeof OPERATIONS)[number];

/**
 * The idempotency key of one side effect: `acme/q4/cohort-7/agent-12/mint/1`.
 * `agent` is `*` for an operation on the whole cohort. The same key is sent again on every repetition,
 * and an unknown outcome is looked up by it.
 */
export const sideEffectKey = (
  d: DeploymentName,
  cohort: string,
  agent: string,
  operation: Operation,
  generation: number | string,
): string => `${deploymentId(d)}/${cohort}/${agent}/${operation}/${generation}`;

export const QUEUES = { control: 'control', engine: 'engine', mint: 'mint', stop: 'stop' } as const;
export type Queue = keyof typeof QUEUES;

/** Search attributes that set-up registers and `doctor` checks; an unregistered one stalls a run for ever. */
export const SEARCH_ATTRIBUTES = {
  GoliveDeployment: 'KEYWORD',
  GoliveWindow: 'KEYWORD',
  GolivePace: 'KEYWORD',
  GoliveCohortGroup: 'KEYWORD',
  GoliveShape: 'KEYWORD',
  GoliveMode: 'KEYWORD',
  GoliveHold: 'KEYWORD_LIST',
} as const;
