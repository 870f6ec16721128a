import { pino } from 'pino';
import { createMemoryStore } from '../../../clients/store/memory.ts';
import type { Store } from '../../../clients/store/port.ts';
import type { NewEntry } from '../../../domain/entry.ts';
import { openLog, type LogProcess } from '../../../workers/log/process.ts';

export const ADD_TOKEN = 'writers-token-0123';
export const READ_TOKEN = 'readers-token-0123';

export interface OpenedLog extends LogProcess {
  url: string;
  store: Store;
}

/** The log with its real HTTP interface, in this process, on any store. */
export async function openedLog(
  store: Store = createMemoryStore(),
  over: { commitEveryMs?: number; addTimeoutMs?: number; port?: number } = {},
): Promise<OpenedLog> {
  const settings = {
    prefix: 'acme',
    addToken: ADD_TOKEN,
    readToken: READ_TOKEN,
    commitEveryMs: 20,
    commitAtEntries: 1_000,
    addTimeoutMs: 2_000,
  };
  const log = await openLog(store, { ...settings, ...over }, pino({ level: 'silent' }));
  const url = await log.app.listen({ port: over.port ?? 0, host: '127.0.0.1' });
  return { ...log, url, store };
}

export const minted = (n: number, cohort = 'sales-ic-research', deployment = 'q4'): NewEntry => {
  const key = `acme/${deployment}/${cohort}/agent-${n}/mint/1`;
  return {
    v: 1,
    id: `${key}/outcome`,
    at: '2026-03-01T08:00:00.000Z',
    kind: 'outcome',
    customer: 'acme',
    deployment,
    actor: 'golive',
    cohort,
    agent: `agent-${n}`,
    data: { operation: 'mint', key, result: 'applied', intent: 0 },
  };
};

export const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);
