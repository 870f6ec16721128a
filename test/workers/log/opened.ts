import { pino } from 'pino';
import { temporarySigner } from '../../../clients/keys/local.ts';
import type { Signer } from '../../../clients/keys/port.ts';
import { createMemoryStore } from '../../../clients/store/memory.ts';
import type { Store } from '../../../clients/store/port.ts';
import type { NewEntry } from '../../../domain/entry.ts';
import { openLog, type LogProcess } from '../../../workers/log/process.ts';

export const ADD_TOKEN = 'writers-token-0123';
export const READ_TOKEN = 'readers-token-0123';

export const ORIGIN = 'log.acme.example/q4';

export const logSettings = {
  prefix: 'acme',
  origin: ORIGIN,
  witness: undefined,
  witnessEveryMs: 60_000,
  retention: undefined,
  addToken: ADD_TOKEN,
  readToken: READ_TOKEN,
  commitEveryMs: 20,
  commitBurst: 1,
  commitAtEntries: 1_000,
  addTimeoutMs: 2_000,
};

export interface OpenedLog extends LogProcess {
  url: string;
  audit: Store;
  work: Store;
  signer: Signer;
}

interface Over extends Partial<Parameters<typeof openLog>[1]> {
  audit?: Store;
  work?: Store;
  signer?: Signer;
  port?: number;
}

/** The log with its real HTTP interface, in this process, on any stores. Publishes when asked to, unless told otherwise. */
export async function openedLog(over: Over = {}): Promise<OpenedLog> {
  const { audit = createMemoryStore(), work = createMemoryStore(), signer = temporarySigner(), port = 0, ...rest } = over;
  const log = await openLog({ audit, work, signer }, { ...logSettings, ...rest }, pino({ level: 'silent' }));
  const url = await log.app.listen({ port, host: '127.0.0.1' });
  return { ...log, url, audit, work, signer };
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
