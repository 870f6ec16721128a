/** One event as Temporal's tools write it: `workflowExecutionStartedEventAttributes` and the like, payloads in base64. */
type HistoryEvent = Record<string, unknown>;

export interface History {
  events: HistoryEvent[];
}

/**
 * What a history is an example of, or undefined for one that shows nothing new. The name says what a workflow went through,
 * because it is the combination of words and refusals that a changed workflow may no longer follow.
 */
export function shapeOf(history: History): string | undefined {
  switch (startedOf(history)?.workflowType?.name) {
    case 'deployment':
      return `deployment-${inputOf<{ state?: { stage: string } }>(history)?.state?.stage ?? 'countdown'}`;
    case 'cohort':
      return cohortShape(history);
    case 'wave':
      return inputOf<{ shape: string }>(history)?.shape === 'catch-up' ? 'wave-catch-up' : waveShape(history);
    case 'stop':
      return stopShape(history);
    case 'remedy':
      return `remedy-${inputOf<{ kind: string }>(history)?.kind ?? 'unknown'}`;
    case 'watch':
      return 'watch';
    case 'channel':
      return 'channel';
    case 'queueDrill':
      return 'queue-drill';
    default:
      return undefined;
  }
}

function cohortShape(history: History): string {
  const phases = activityInputs<{ phase: string }>(history, 'notePhase').map((input) => input.phase);
  const words = signalInputs<{ to: string }>(history, 'advance').map((word) => word.to);
  if (words.includes('retry')) return 'cohort-isolated-then-retried';
  if (phases.includes('isolated') || phases.includes('parked')) return 'cohort-isolated';
  if (words.filter((to) => to === 'live').length > 1) return 'cohort-promoted-again';
  return phases.includes('handed-over') ? 'cohort-normal' : 'cohort-held';
}

/** A wave that raised everybody, one that somebody left, or one out of which somebody was stopped. */
function waveShape(history: History): string {
  const codes = activityResults<{ left?: { code: string }[] } | null>(history).flatMap((step) => step?.left ?? []);
  if (codes.some(({ code }) => code === 'stopped')) return 'wave-stopped';
  const [closed] = activityInputs<{ left: string[] }>(history, 'closeWave');
  return closed === undefined || closed.left.length > 0 ? 'wave-left' : 'wave-normal';
}

/** A stop by the furthest that it had to go. */
function stopShape(history: History): string {
  const done = (name: string): boolean => activityInputs(history, name).length > 0;
  if (!done('landStop')) return 'stop-refused';
  if (done('noteOverdue')) return 'stop-overdue';
  if (done('bringDownRest')) return 'stop-laggards';
  return done('attestExit') ? 'stop-terminated' : 'stop-down';
}

interface Started {
  workflowType?: { name?: string };
  workflowId?: string;
  input?: Payloads;
}
interface Payloads {
  payloads?: { data?: string }[];
}

const attributes = <T>(history: History, name: string): T[] =>
  history.events.flatMap((event) => (event[name] === undefined || event[name] === null ? [] : [event[name] as T]));

const startedOf = (history: History): Started | undefined =>
  attributes<Started>(history, 'workflowExecutionStartedEventAttributes')[0];

export const workflowIdOf = (history: History): string => startedOf(history)?.workflowId ?? 'unknown';

const inputOf = <T>(history: History): T | undefined => decoded<T>(startedOf(history)?.input);

const activityInputs = <T>(history: History, name: string): T[] =>
  attributes<{ activityType?: { name?: string }; input?: Payloads }>(history, 'activityTaskScheduledEventAttributes')
    .filter((scheduled) => scheduled.activityType?.name === name)
    .flatMap((scheduled) => decoded<T>(scheduled.input) ?? []);

const activityResults = <T>(history: History): T[] =>
  attributes<{ result?: Payloads }>(history, 'activityTaskCompletedEventAttributes').flatMap(
    ({ result }) => decoded<T>(result) ?? [],
  );

/** Types of the workflows that it started. */
export const childrenOf = (history: History): string[] =>
  attributes<{ workflowType?: { name?: string } }>(history, 'startChildWorkflowExecutionInitiatedEventAttributes').flatMap(
    ({ workflowType }) => workflowType?.name ?? [],
  );

const signalInputs = <T>(history: History, name: string): T[] =>
  attributes<{ signalName?: string; input?: Payloads }>(history, 'workflowExecutionSignaledEventAttributes')
    .filter((signalled) => signalled.signalName === name)
    .flatMap((signalled) => decoded<T>(signalled.input) ?? []);

function decoded<T>(input: Payloads | undefined): T | undefined {
  const data = input?.payloads?.[0]?.data;
  return data === undefined ? undefined : (JSON.parse(Buffer.from(data, 'base64').toString('utf8')) as T);
}

/** Where and by which process something ran says nothing about the workflow, and names machines. */
export const withoutMachines = (history: History): History =>
  JSON.parse(
    JSON.stringify(history, (key, value: unknown) => (key === 'identity' ? 'golive' : key === 'stackTrace' ? undefined : value)),
  ) as History;
