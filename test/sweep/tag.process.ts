import type { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import http, { type ClientRequest, type RequestOptions } from 'node:http';
import { syncBuiltinESMExports } from 'node:module';
import os from 'node:os';
import { basename } from 'node:path';
import { Connection as TemporalConnection } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { Worker as TemporalWorker } from '@temporalio/worker';
import { ACTIVITIES, TAG, type Tag } from './tag.ts';

/**
 * Bundled in front of a worker: every request that it makes inside an activity says which one, and from which lines.
 * Nothing here knows an activity or a client by name, so whatever is added later is tagged as well.
 */
interface ActivityInfo {
  activityType: string;
  attempt: number;
  workflowExecution: { workflowId: string };
}
/** What failed is tried again after so long. */
const AGAIN_MS = 100;
/** A workflow that a dead worker has in its memory goes on elsewhere after so long. */
const ELSEWHERE_MS = 500;
const CONTEXT = Symbol.for('__temporal_activity_context_storage__');
const BUNDLE = basename(import.meta.url);
const FRAME = new RegExp(`${BUNDLE.replaceAll('.', '\\.')}:(\\d+):(\\d+)`, 'g');

function tag(): string | undefined {
  const storage = (globalThis as { [CONTEXT]?: AsyncLocalStorage<{ info: ActivityInfo }> })[CONTEXT];
  const info = storage?.getStore()?.info;
  if (info === undefined) return undefined;
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 60;
  const { stack = '' } = new Error();
  Error.stackTraceLimit = limit;
  const said: Tag = {
    ...{ pid: process.pid, activity: info.activityType, attempt: info.attempt, workflowId: info.workflowExecution.workflowId },
    bundle: BUNDLE,
    frames: [...stack.matchAll(FRAME)].map(([, line, column]) => [Number(line), Number(column)]),
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
}

/** What an activity itself asks of Temporal, by way of the relay; the worker's own connection is another. */
function tagTemporal(relay: string): void {
  interface Context {
    metadata?: Record<string, string>;
  }
  type Rpc = (...call: unknown[]) => unknown;
  interface Connections {
    lazy(options: object): unknown;
    generateRPCImplementation(given: { callContextStorage: AsyncLocalStorage<Context> }): Rpc;
  }
  const Connection = TemporalConnection as unknown as Connections;
  const lazy = Connection.lazy.bind(Connection);
  Connection.lazy = (options) => lazy({ ...options, address: relay });
  const generate = Connection.generateRPCImplementation.bind(Connection);
  Connection.generateRPCImplementation = (given) => {
    const rpc = generate(given);
    return (...call) => {
      const said = tag();
      if (said === undefined) return rpc(...call);
      const context = given.callContextStorage.getStore();
      return given.callContextStorage.run({ ...context, metadata: { ...context?.metadata, [TAG]: said } }, () => rpc(...call));
    };
  };
}

/**
 * A worker that dies often must not leave its workflows waiting for it: others take them up soon, and it starts without a
 * thread for them. It says which activities it has, so that those which were never called can be named, and each is
 * tried again soon.
 */
function ownWorker(): void {
  type Activities = Record<string, (input: unknown) => Promise<unknown>>;
  interface Options {
    activities: Activities;
    workflowBundle?: unknown;
  }
  const Worker = TemporalWorker as unknown as { create(options: Options): Promise<unknown> };
  const create = Worker.create.bind(Worker);
  Worker.create = ({ activities, ...options }) => {
    process.stderr.write(`${JSON.stringify({ [ACTIVITIES]: Object.keys(activities) })}\n`);
    const soon = Object.entries(activities).map(([name, activity]) => [name, againSoon(activity)]);
    return create({
      ...options,
      ...(options.workflowBundle === undefined ? {} : { stickyQueueScheduleToStartTimeout: ELSEWHERE_MS, debugMode: true }),
      activities: Object.fromEntries(soon) as Activities,
    });
  };
}

/** Without the back-off, which grows with each death; who asks to be asked later is. */
const againSoon = (activity: (input: unknown) => Promise<unknown>) => (input: unknown) =>
  activity(input).catch((error: unknown) => {
    if (error instanceof ApplicationFailure && error.nonRetryable !== true && error.nextRetryDelay == null)
      Object.assign(error, { nextRetryDelay: AGAIN_MS });
    throw error;
  });

tagUndici();
tagHttp();
// Most of the machine is busy with starting workers, which nothing else should wait for.
os.setPriority = () => undefined;
syncBuiltinESMExports();
tagTemporal(process.argv[2] ?? '');
ownWorker();
