import { setTimeout as sleep } from 'node:timers/promises';
import type { Dispatcher } from 'undici';
import type { RecordedEntry } from '../../domain/entry.ts';
import { deploymentId } from '../../domain/ids.ts';
import type { DeploymentView } from '../../domain/view.ts';
import { ClientError, isClientError } from '../error.ts';
import { connectLog, unreachable, type LogConnectionSettings } from './fetch.ts';
import type { AuditState, DeploymentSummary, EntryQuery, LogReader } from './reader.ts';
import { eventsIn } from './sse.ts';

export interface HttpLogReader extends LogReader {
  close(): Promise<void>;
}

/** The log says something every 15 s; twice that in silence, and the connection is dead. */
const FEED_SILENCE_MS = 35_000;
const FEED_PAUSE_MS = 1_000;

export function createHttpLogReader(settings: LogConnectionSettings): HttpLogReader {
  const log = connectLog(settings);
  /** The last answer per deployment: while the log has nothing new, `state` costs one empty answer. */
  const states = new Map<string, { etag: string; text: string }>();

  async function read<T>(path: string, signal?: AbortSignal): Promise<T | undefined> {
    const answer = await log.get(path, { signal });
    return answer && parsed<T>(await text(answer, signal));
  }

  async function document(path: string, signal?: AbortSignal): Promise<string | undefined> {
    const answer = await log.get(path, { signal });
    return answer && text(answer, signal);
  }

  async function required<T>(path: string, signal?: AbortSignal): Promise<T> {
    const answer = await read<T>(path, signal);
    if (answer === undefined) throw new ClientError('recorder_unreachable', `The log has no ${path}; is this the log?`);
    return answer;
  }

  return {
    size: async (signal) => (await required<{ size: number }>('/size', signal)).size,
    deployments: async (signal) => (await required<{ deployments: DeploymentSummary[] }>('/deployments', signal)).deployments,
    entry: (index, signal) => read(`/entry/${index}`, signal),
    find: (id, signal) => read(`/find?id=${encodeURIComponent(id)}`, signal),

    async state(d, signal) {
      const id = deploymentId(d);
      const known = states.get(id);
      const headers: Record<string, string> = known ? { 'if-none-match': known.etag } : {};
      const answer = await log.get(`/state/${encodeURIComponent(d.customer)}/${encodeURIComponent(d.deployment)}`, {
        signal,
        headers,
      });
      if (!answer) return undefined;
      const body = await text(answer, signal);
      if (answer.statusCode === 304 && known) return parsed<DeploymentView>(known.text);
      const { etag } = answer.headers;
      if (typeof etag === 'string') states.set(id, { etag, text: body });
      return parsed<DeploymentView>(body);
    },

    async *entries(query = {}, signal) {
      let from: number | null = query.from ?? 0;
      while (from !== null) {
        const page: { next: number | null; entries: RecordedEntry[] } = await required(`/entries?${search(query, from)}`, signal);
        yield* page.entries;
        from = page.next;
      }
    },

    async *feed(query, signal) {
      let next = query.from ?? 0;
      while (!signal.aborted) {
        try {
          const options = { signal, bodyTimeoutMs: FEED_SILENCE_MS };
          const answer = await log.get(`/feed?${search(query, next)}`, options);
          for await (const event of eventsIn(answer?.body ?? [])) {
            const entry = parsed<RecordedEntry>(event.data);
            next = entry.index + 1;
            yield entry;
          }
        } catch (error) {
          if (signal.aborted) return;
          const failure = unreachable(error, signal);
          if (!isClientError(failure)) throw failure;
        }
        await sleep(FEED_PAUSE_MS, undefined, { signal }).catch(() => undefined);
      }
    },

    audit: (signal) => required<AuditState>('/audit', signal),
    receipt: (index, signal) => document(`/receipt/${index}`, signal),
    checkpoint: (signal) => document('/checkpoint', signal),
    close: () => log.close(),
  };
}

function search(query: EntryQuery, from: number): string {
  const parameters = new URLSearchParams({ from: String(from) });
  if (query.deployment) parameters.set('deployment', deploymentId(query.deployment));
  if (query.cohort !== undefined) parameters.set('cohort', query.cohort);
  if (query.kinds) parameters.set('kind', query.kinds.join(','));
  return parameters.toString();
}

async function text(answer: Dispatcher.ResponseData, signal: AbortSignal | undefined): Promise<string> {
  try {
    return await answer.body.text();
  } catch (error) {
    throw unreachable(error, signal);
  }
}

function parsed<T>(json: string): T {
  try {
    return JSON.parse(json) as T;
  } catch (error) {
    throw new ClientError('recorder_unreachable', 'The log answered something that is not JSON.', { cause: error });
  }
}
