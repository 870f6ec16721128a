import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import { createS3Store } from '../../clients/store/s3.ts';
import { folder } from '../../clients/store/key.ts';
import type { LogReader } from '../../clients/recorder/reader.ts';
import { formatT, planHours } from '../../domain/clock.ts';
import type { DeploymentFile } from '../../domain/deployment-file.ts';
import type { DeploymentName } from '../../domain/ids.ts';
import type { Stack } from '../stack/stack.ts';
import { slackControl } from './slack/control.ts';

const part = z.enum(['engine', 'control', 'gateway', 'temporal', 'platform', 'log', 'witness', 's3', 'slack']);
const fault = z.union([
  z.strictObject({
    /** Plan hour on the T-clock. */
    at: z.number().min(0),
    kill: part,
    /** Wall milliseconds until it is started again. */
    restartAfterMs: z.number().min(0).default(1000),
  }),
  z.strictObject({
    at: z.number().min(0),
    /** An action of the reference platform's /control. */
    platform: z.looseObject({ action: z.string() }),
  }),
  z.strictObject({
    at: z.number().min(0),
    /** An action of the fake Slack's /control. */
    slack: z.looseObject({ action: z.string() }),
  }),
  z.strictObject({
    at: z.number().min(0),
    /** Somebody writes into what the log has published. After so many wall milliseconds what was there is put back. */
    tamper: z.literal('checkpoint'),
    restoreAfterMs: z.number().min(0).default(5000),
  }),
]);
const faultsFile = z.strictObject({ faults: z.array(fault) });
export type Fault = z.output<typeof fault>;

export async function readFaults(path: string): Promise<Fault[]> {
  const parsed = faultsFile.safeParse(parse(await readFile(path, 'utf8')));
  if (parsed.success) return parsed.data.faults;
  throw new Error(`${path}: ${parsed.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`).join('; ')}`);
}

/** What came back lives for so long at least, also where it took its time to start and the next kill is overdue. */
const LIVES_MS = 3000;

/** Does what the file says at its hours. A power cut is a kill -9; what was killed is started again on the same files and ports. */
export async function injectFaults(options: {
  faults: readonly Fault[];
  stack: Stack;
  log: LogReader;
  name: DeploymentName;
  /** Where the log is published; for what tampers with it. */
  audit?: DeploymentFile['audit'];
  say: (line: string) => void;
  signal: AbortSignal;
}): Promise<void> {
  const { stack, log, name, say, signal, audit } = options;
  const open = [...options.faults].sort((a, b) => a.at - b.at);
  // The clock is read once it runs and then computed here: the log may be the one that is down.
  let clock: ({ startedAtMs: number | null } & Parameters<typeof planHours>[0]) | undefined;
  while (open.length > 0 && !signal.aborted) {
    await sleep(200);
    clock = (await log.state(name, signal).catch(() => undefined))?.clock ?? clock;
    const now = clock === undefined ? null : planHours(clock, Date.now());
    while (now !== null && open[0] !== undefined && open[0].at <= now) {
      const next = open.shift();
      if (next === undefined) break;
      say(`${formatT(next.at).padStart(8)}  ⚡ ${words(next)}`);
      await carryOut(next, stack, name, audit);
    }
  }
}

const words = (fault: Fault): string => {
  if ('tamper' in fault) return `somebody writes over the log's ${fault.tamper}`;
  if ('kill' in fault) return `kill -9 ${fault.kill}`;
  return 'slack' in fault ? `Slack: ${fault.slack.action}` : `platform: ${fault.platform.action}`;
};

async function carryOut(next: Fault, stack: Stack, name: DeploymentName, audit?: DeploymentFile['audit']): Promise<void> {
  if ('tamper' in next) {
    if (audit) await tamper(next, stack, name, audit);
    return;
  }
  if ('kill' in next) {
    const target = partOf(stack, next.kill, name.customer);
    if (target === undefined) return;
    await target.kill9();
    await sleep(next.restartAfterMs);
    await target.restart();
    await sleep(LIVES_MS);
    return;
  }
  if ('slack' in next) {
    if (stack.slack) await slackControl(stack.slack, '').change(next.slack);
    return;
  }
  const response = await fetch(`${stack.platformEndpoint}/control`, {
    method: 'POST',
    headers: { authorization: `Bearer ${stack.controlKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(concernsAll(next.platform) ? next.platform : { customer: name.customer, ...next.platform }),
  });
  if (!response.ok) throw new Error(`/control refused ${next.platform.action}: ${await response.text()}`);
}

/** The log notices with its next publication and halts; it takes up its work once it finds what it had left. */
async function tamper(
  { tamper: what, restoreAfterMs }: Extract<Fault, { tamper: string }>,
  stack: Stack,
  { customer }: DeploymentName,
  { bucket, prefix }: DeploymentFile['audit'],
): Promise<void> {
  const { endpoint, region, accessKey: accessKeyId, secretKey: secretAccessKey } = stack.s3;
  const store = createS3Store({ endpoint, region, bucket, credentials: { accessKeyId, secretAccessKey } });
  const key = `${folder(prefix)}log/${what}`;
  const before = await store.get(key);
  if (before) {
    await store.put(key, Buffer.concat([before, Buffer.from('and something that nobody signed\n')]));
    await sleep(restoreAfterMs);
    await store.put(key, before);
    const log = stack.logs[customer];
    await log?.kill9();
    await log?.restart();
  }
  store.close();
}

const partOf = (stack: Stack, kill: z.output<typeof part>, customer: string) => {
  if (kill === 'slack') return stack.slack?.process;
  if (kill === 'log') return stack.logs[customer];
  return kill === 'witness' ? stack.witnesses[customer] : stack[kill];
};

/** What befalls the platform itself names no customer. */
const concernsAll = ({ action }: { action: string }): boolean =>
  ['unavailable-for', 'execute-then-timeout', 'refuse-next', 'careless'].includes(action);
