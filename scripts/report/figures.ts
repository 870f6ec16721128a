import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { HistoryFigures, WorkflowTypeFigures } from '../../domain/report/figures.ts';

/** As much of Temporal's history JSON as is counted. Times, links and whatever a newer server adds stand beside it. */
const eventSchema = z.looseObject({
  eventType: z.string(),
  workflowExecutionStartedEventAttributes: z
    .looseObject({ workflowType: z.looseObject({ name: z.string() }).optional(), workflowId: z.string().optional() })
    .optional(),
  activityTaskScheduledEventAttributes: z
    .looseObject({ activityType: z.looseObject({ name: z.string() }).optional() })
    .optional(),
});
const historySchema = z.looseObject({ events: z.array(eventSchema) });
type HistoryEvent = z.infer<typeof eventSchema>;

interface RunOfHistory {
  workflowId: string;
  type: string;
  events: number;
  worstCase: number;
  activities: Record<string, number>;
  largestPayload: { bytes: number; event: string };
}

/** Counts exported histories; null when there are none. */
export async function readHistoryFigures(dir: string): Promise<HistoryFigures | null> {
  const names = await readdir(dir).catch(() => []);
  const runs: RunOfHistory[] = [];
  for (const name of names.filter((n) => n.endsWith('.json')).sort()) {
    const parsed = historySchema.safeParse(JSON.parse(await readFile(join(dir, name), 'utf8')));
    if (!parsed.success) throw new Error(`${name} is not a Temporal history: ${parsed.error.issues[0]?.message ?? ''}`);
    runs.push(countRun(parsed.data.events, name));
  }
  return runs.length === 0 ? null : sumUp(runs);
}

/** Each of these wakes the workflow: at worst alone, in a workflow task of its own. */
const WAKES = new Set([
  'WORKFLOW_EXECUTION_STARTED',
  'WORKFLOW_EXECUTION_SIGNALED',
  'WORKFLOW_EXECUTION_CANCEL_REQUESTED',
  'ACTIVITY_TASK_COMPLETED',
  'ACTIVITY_TASK_FAILED',
  'ACTIVITY_TASK_TIMED_OUT',
  'ACTIVITY_TASK_CANCELED',
  'TIMER_FIRED',
  'CHILD_WORKFLOW_EXECUTION_STARTED',
  'CHILD_WORKFLOW_EXECUTION_COMPLETED',
  'CHILD_WORKFLOW_EXECUTION_FAILED',
  'CHILD_WORKFLOW_EXECUTION_CANCELED',
  'CHILD_WORKFLOW_EXECUTION_TIMED_OUT',
  'CHILD_WORKFLOW_EXECUTION_TERMINATED',
  'START_CHILD_WORKFLOW_EXECUTION_FAILED',
  'EXTERNAL_WORKFLOW_EXECUTION_SIGNALED',
  'SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED',
]);

/** scheduled, started, completed */
const EVENTS_PER_TASK = 3;

/**
 * worst case = events that are no workflow tasks + 3 × tasks, with a task for each event that wakes the workflow
 * @example five activities that completed in one task: recorded 5 × 3 + 3 = 18, worst case 5 × 3 + 5 × 3 = 30
 */
function countRun(events: readonly HistoryEvent[], file: string): RunOfHistory {
  const started = events[0]?.workflowExecutionStartedEventAttributes;
  const activities: Record<string, number> = {};
  let [tasks, taskEvents, wakes] = [0, 0, 0];
  let largestPayload = { bytes: 0, event: '' };
  for (const event of events) {
    const kind = event.eventType.replace(/^EVENT_TYPE_/, '');
    if (kind.startsWith('WORKFLOW_TASK_')) taskEvents += 1;
    if (kind === 'WORKFLOW_TASK_SCHEDULED') tasks += 1;
    if (WAKES.has(kind)) wakes += 1;
    if (kind === 'ACTIVITY_TASK_SCHEDULED') {
      const name = event.activityTaskScheduledEventAttributes?.activityType?.name ?? 'unknown';
      activities[name] = (activities[name] ?? 0) + 1;
    }
    const bytes = largestPayloadIn(event);
    if (bytes > largestPayload.bytes) largestPayload = { bytes, event: kind };
  }
  return {
    workflowId: started?.workflowId ?? file.replace(/(\.\d+)?\.json$/, ''),
    type: started?.workflowType?.name ?? 'unknown',
    events: events.length,
    worstCase: events.length - taskEvents + EVENTS_PER_TASK * Math.max(tasks, wakes),
    activities,
    largestPayload,
  };
}

/** A payload is an object with `metadata` and base64 `data`, wherever in an event it stands. */
function largestPayloadIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  if ('data' in value && 'metadata' in value && typeof value.data === 'string') return Buffer.from(value.data, 'base64').length;
  return Object.values(value).reduce((most: number, part) => Math.max(most, largestPayloadIn(part)), 0);
}

function sumUp(runs: readonly RunOfHistory[]): HistoryFigures {
  const activitiesByName: Record<string, number> = {};
  for (const run of runs) {
    for (const [name, n] of Object.entries(run.activities)) activitiesByName[name] = (activitiesByName[name] ?? 0) + n;
  }
  const payload = runs.reduce((a, b) => (b.largestPayload.bytes > a.largestPayload.bytes ? b : a));
  const longest = runs.reduce((a, b) => (b.events > a.events ? b : a));
  return {
    executions: new Set(runs.map((r) => r.workflowId)).size,
    runs: runs.length,
    events: sum(runs, (r) => r.events),
    worstCaseEvents: sum(runs, (r) => r.worstCase),
    activities: sum(runs, activitiesOf),
    activitiesByName: Object.fromEntries(Object.entries(activitiesByName).sort(([a], [b]) => (a < b ? -1 : 1))),
    largestPayloadBytes: payload.largestPayload.bytes,
    largestPayload:
      payload.largestPayload.bytes === 0 ? null : { workflowId: payload.workflowId, event: payload.largestPayload.event },
    largestRun: { workflowId: longest.workflowId, type: longest.type, events: longest.events },
    types: typesOf(runs),
  };
}

const typesOf = (runs: readonly RunOfHistory[]): WorkflowTypeFigures[] =>
  [...new Set(runs.map((r) => r.type))].sort().map((type) => {
    const own = runs.filter((r) => r.type === type);
    return {
      type,
      executions: new Set(own.map((r) => r.workflowId)).size,
      runs: own.length,
      events: sum(own, (r) => r.events),
      worstCaseEvents: sum(own, (r) => r.worstCase),
      activities: sum(own, activitiesOf),
      largestRun: Math.max(...own.map((r) => r.events)),
    };
  });

const activitiesOf = (run: RunOfHistory): number => Object.values(run.activities).reduce((a, b) => a + b, 0);
const sum = (runs: readonly RunOfHistory[], count: (run: RunOfHistory) => number): number =>
  runs.reduce((a, r) => a + count(r), 0);
