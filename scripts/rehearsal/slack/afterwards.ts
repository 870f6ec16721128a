import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LogReader } from '../../../clients/recorder/reader.ts';
import type { DeploymentFile } from '../../../domain/deployment-file.ts';
import type { RecordedEntry } from '../../../domain/entry.ts';
import { checkSlack, type SlackCheck } from './check.ts';
import type { SlackControl } from './control.ts';

/** Messages are edited at Slack's own pace, so that the last cards lose their buttons some time after the deployment has closed. */
const SETTLE_WITHIN_MS = 120_000;

/** Looks at what happened in Slack until nothing is left to be said of it, or too long; keeps what the check rests on. */
export async function checkAfterwards(options: {
  control: SlackControl;
  file: DeploymentFile;
  log: LogReader;
  /** Folder for what Slack saw. */
  dir: string;
  signal: AbortSignal;
}): Promise<SlackCheck> {
  const { control, file, log, dir, signal } = options;
  const until = Date.now() + SETTLE_WITHIN_MS;
  for (;;) {
    const [deliveries, messages, calls, entries] = await Promise.all([
      control.deliveries(),
      control.messages(),
      control.calls(),
      read(log, file),
    ]);
    const check = checkSlack({ deployment: file.deployment, deliveries, messages, entries });
    if (check.findings.length > 0 && Date.now() < until && !signal.aborted) {
      await sleep(1000);
      continue;
    }
    await mkdir(dir, { recursive: true });
    const keep = (name: string, what: unknown) => writeFile(join(dir, `${name}.json`), `${JSON.stringify(what, null, 2)}\n`);
    await Promise.all([keep('deliveries', deliveries), keep('messages', messages), keep('calls', calls), keep('check', check)]);
    return check;
  }
}

async function read(log: LogReader, { customer, deployment }: DeploymentFile): Promise<RecordedEntry[]> {
  const entries: RecordedEntry[] = [];
  const kinds = ['command.applied', 'command.refused', 'card.issued'] as const;
  for await (const entry of log.entries({ deployment: { customer, deployment }, kinds: [...kinds] })) entries.push(entry);
  return entries;
}

export function checkWords({ submits, acked, applied, refused, clickToRecorded, findings }: SlackCheck): string[] {
  const latency =
    clickToRecorded === null ? '' : `; recorded ${clickToRecorded.p50} ms after the click (p99 ${clickToRecorded.p99} ms)`;
  return [
    `Slack: ${submits} signatures were sent off, ${acked} acknowledged; the log has ${applied} applied and ${refused} refused${latency}.`,
    ...findings.map(({ sentence }) => `Slack: ${sentence}`),
  ];
}
