import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { envelopeText, signJson } from '../../../audit/envelope.ts';
import { temporalDeployments } from '../../../clients/commands/temporal.ts';
import { loadKeyFile } from '../../../clients/keys/local.ts';
import { COMMAND_PAYLOAD_TYPE, type Command } from '../../../domain/command.ts';
import type { DeploymentFile } from '../../../domain/deployment-file.ts';
import { inParallel } from '../../../domain/in-parallel.ts';
import { WORKFLOW_NAMES } from '../../../workflows/messages/names.ts';
import type { Figures, Round } from './figures.ts';
import type { JournalTail } from './journal-tail.ts';
import type { LiveCohorts } from './live.ts';

export interface Field {
  client: Client;
  file: DeploymentFile;
  /** Folder with the people's keys. */
  keys: string;
  live: LiveCohorts;
  tail: JournalTail;
}

export interface Phase {
  name: string;
  stops: number;
  /** From one order to the next, whatever became of the one before. */
  everyMs: number;
  /** Called when the first cohort of a stop is down. */
  midway?: () => Promise<void>;
  /** Every so many stops, once each way that it is compared with; signalling takes many times longer. */
  compareEvery?: { bare: number; signalled: number };
}

const GIVE_UP_MS = 60_000;

/**
 * Orders at fixed moments; once a stop is over, all cohorts are put live again. Where that takes longer than the next order is
 * away, the orders that would have come meanwhile are counted all the same (`asIfOpen`).
 */
export async function runPhase(field: Field, phase: Phase): Promise<Figures> {
  const { name, stops, everyMs, midway, compareEvery } = phase;
  const figures: Figures = { everyMs, stops: [], bare: [], signalled: [] };
  const isTurn = (i: number, every = 0): boolean => every > 0 && i % every === 0;
  await field.live.raise(`${name}-start`);
  let due = Date.now();
  for (let i = 0; i < stops; i++) {
    due = Math.max(due + everyMs, Date.now());
    await sleep(due - Date.now());
    const id = `bench-${name}-${i}`;
    const from = Date.now();
    await handIn(field, id);
    const round = downWithin(field, id, from);
    if (midway) {
      await until(() => field.tail.of(id).flips > 0);
      await midway();
    }
    figures.stops.push(await round);
    await field.live.raise(id, id);
    if (isTurn(i, compareEvery?.bare)) figures.bare.push(await compared(field, `${id}-bare`, (key) => field.live.bareLoop(key)));
    if (isTurn(i, compareEvery?.signalled))
      figures.signalled.push(await compared(field, `${id}-signalled`, (key) => signalAll(field, key)));
  }
  return figures;
}

async function compared(field: Field, id: string, go: (id: string) => Promise<void>): Promise<Round> {
  const from = Date.now();
  await go(id);
  const round = await downWithin(field, id, from);
  await field.live.raise(id);
  return round;
}

async function downWithin({ tail, live }: Field, id: string, from: number): Promise<Round> {
  await until(() => tail.of(id).flips >= live.cohorts.length);
  const { flips, lastAt } = tail.of(id);
  if (flips === 0) throw new Error(`${id} has flipped nothing within ${GIVE_UP_MS / 1000} s`);
  return { flips, ms: lastAt - from };
}

async function until(holds: () => boolean): Promise<void> {
  const end = Date.now() + GIVE_UP_MS;
  while (!holds() && Date.now() < end) await sleep(5);
}

/** A stop is never refused for what its giver saw. */
const SEEN = `sha256:${'0'.repeat(64)}`;

async function handIn({ client, file, keys }: Field, id: string): Promise<void> {
  const person = file.people.find(({ roles }) => roles.includes('arx-standby'))?.id ?? '';
  const now = Date.now();
  const value: Command = {
    ...{ v: 1, id, kind: 'rollback', person, role: 'arx-standby', scope: { level: 'deployment', names: [] } },
    ...{ customer: file.customer, deployment: file.deployment, environment: file.environment, logOrigin: file.logOrigin },
    ...{ issuedAt: new Date(now).toISOString(), expiresAt: new Date(now + 3_600_000).toISOString() },
    ...{
      saw: { manifestSetDigest: SEEN, runbookDigest: SEEN, policyVersion: file.version, evidence: {} },
      args: {},
      reason: 'bench',
    },
  };
  const signer = await loadKeyFile(join(keys, `${person}.pem`));
  const envelope = envelopeText(await signJson({ payloadType: COMMAND_PAYLOAD_TYPE, value, signers: [signer] }));
  await temporalDeployments(client, WORKFLOW_NAMES).handIn({ envelope, handedInAt: new Date(now).toISOString() });
}

const SIGNALS_AT_ONCE = 64;
const workflowOf = (cohort: string): string => `bench/${cohort}`;

export async function startSignalled({ client, live, file }: Field): Promise<void> {
  for (const cohort of live.cohorts)
    await client.workflow.start('signalledCohort', {
      workflowId: workflowOf(cohort),
      taskQueue: 'bench-signalled',
      args: [{ deployment: file.deployment, cohort }],
    });
}

async function signalAll({ client, live }: Field, round: string): Promise<void> {
  const signal = (cohort: string) => client.workflow.getHandle(workflowOf(cohort)).signal('stop', round);
  await inParallel(live.cohorts, SIGNALS_AT_ONCE, signal);
}
