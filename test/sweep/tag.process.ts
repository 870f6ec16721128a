import type { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import http, { type ClientRequest, type RequestOptions } from 'node:http';
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { TAG, type Tag } from './tag.ts';

/**
 * Bundled in front of a worker: every HTTP request that it makes inside an activity says which one, and from which lines.
 * Nothing here knows an activity or a client by name, so whatever is added later is tagged as well.
 */
interface ActivityInfo {
  activityType: string;
  activityId: string;
  attempt: number;
  workflowExecution: { workflowId: string; runId: string };
}
const CONTEXT = Symbol.for('__temporal_activity_context_storage__');
const OURS = /\/(activities|clients)\/([\w/.-]+)\.ts:(\d+)/g;

function tag(): string | undefined {
  const storage = (globalThis as { [CONTEXT]?: AsyncLocalStorage<{ info: ActivityInfo }> })[CONTEXT];
  const info = storage?.getStore()?.info;
  if (info === undefined) return undefined;
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 60;
  const frames = [...(new Error().stack ?? '').matchAll(OURS)].map(([, folder = '', file = '', line = '']) => [
    folder,
    file,
    line,
  ]);
  Error.stackTraceLimit = limit;
  const site = frames.filter(([folder]) => folder === 'activities').map(([, file, line]) => `${file}:${line}`);
  const { workflowId, runId } = info.workflowExecution;
  const said: Tag = {
    ...{ pid: process.pid, activity: info.activityType, activityId: info.activityId, attempt: info.attempt, workflowId, runId },
    site: [...new Set(site)].join(' < '),
  };
  return Buffer.from(JSON.stringify(said)).toString('base64url');
}

/** Our own clients and `fetch`. */
function tagUndici(): void {
  subscribe('undici:request:create', (message) => {
    const said = tag();
    const { request } = message as { request: { addHeader(name: string, value: string): void } };
    if (said !== undefined) request.addHeader(TAG, said);
  });
}

/** The SDKs of S3 and Slack. */
function tagHttp(): void {
  const original = http.request.bind(http) as (...args: unknown[]) => ClientRequest;
  const tagged = (...args: unknown[]): ClientRequest => {
    const said = tag();
    const options = args.find((arg) => typeof arg === 'object' && !(arg instanceof URL)) as RequestOptions | undefined;
    if (said !== undefined && options) options.headers = { ...(options.headers as Record<string, string>), [TAG]: said };
    return original(...args);
  };
  http.request = tagged;
  syncBuiltinESMExports();
}

/** A worker that dies often must not leave its workflows waiting for it: nothing of them stays behind in it. */
function withoutCache(): void {
  const { Worker } = createRequire(import.meta.url)('@temporalio/worker') as {
    Worker: { create(options: Record<string, unknown>): Promise<unknown> };
  };
  const create = Worker.create.bind(Worker);
  Worker.create = (options) => create({ ...options, ...(options['workflowBundle'] ? { maxCachedWorkflows: 0 } : {}) });
}

tagUndici();
tagHttp();
withoutCache();
