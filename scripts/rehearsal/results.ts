import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { temporalClient } from '../../clients/commands/temporal.ts';
import { httpPlatform } from '../../clients/platform/http.ts';
import { createHttpRecorder } from '../../clients/recorder/http.ts';
import type { LogReader } from '../../clients/recorder/reader.ts';
import { folder } from '../../clients/store/key.ts';
import { createS3Store } from '../../clients/store/s3.ts';
import type { Report } from '../../domain/report/report.ts';
import type { InjectedFault } from '../../domain/report/stopping-table.ts';
import { isSettled } from '../../domain/gate.ts';
import type { DeploymentView } from '../../domain/view.ts';
import { exportHistories } from '../report/export-histories.ts';
import { readHistoryFigures } from '../report/figures.ts';
import { writeReport } from '../report/write.ts';
import type { MemoryWatch } from './memory.ts';
import type { RehearsalOptions } from './options.ts';
import type { Rehearsal } from './setup.ts';

interface Inputs {
  options: RehearsalOptions;
  rehearsal: Rehearsal;
  log: LogReader;
  view: DeploymentView;
  memory: ReturnType<MemoryWatch['peak']>;
  faults: readonly InjectedFault[];
  wallSeconds: number;
  say: (line: string) => void;
}

const COPIES_AT_ONCE = 16;
/** The log may just have been killed, or S3: what it can mend, it mends by then. */
const PUBLISH_WITHIN_MS = 15_000;

/** Everything that a rehearsal leaves behind: histories, the log as it lies in the bucket, evidence, the report. */
export async function writeResults(inputs: Inputs): Promise<Report> {
  const { options, rehearsal, log, view, memory, faults, wallSeconds } = inputs;
  const { out, customer, deployment } = options;
  const { stack, file } = rehearsal;
  const client = temporalClient({ address: stack.temporal.address, namespace: stack.temporal.namespace });
  await exportHistories(client, { deployment: { customer, deployment } }, join(out, 'history'));
  await client.connection.close();
  await publish(inputs);
  const audit = await log.audit().catch(() => null);
  const brief = await copyAudit(rehearsal, join(out, 'audit'), view);
  await writeGates(join(out, 'evidence'), view);

  const platform = httpPlatform({ endpoint: stack.platformEndpoint, key: stack.secrets[customer]?.platform.read ?? '' });
  const cohorts = await platform.cohorts(deployment).catch(() => null);
  const histories = await readHistoryFigures(join(out, 'history'));
  const { report } = await writeReport({
    ...{ dir: out, view, file, cohorts, audit },
    figures: { histories, peakRssMb: memory.totalMb, peakRssMbByPart: memory.byPart, wallSeconds, faults },
    ...(brief === undefined ? {} : { brief }),
  });
  return report;
}

/** What is copied is to be complete, with the witness's line; a log that cannot do so leaves what it has published so far. */
async function publish({ rehearsal: { stack }, options: { customer }, say }: Inputs): Promise<void> {
  const recorder = createHttpRecorder({
    url: stack.logEndpoints[customer] ?? '',
    token: stack.secrets[customer]?.log.add ?? '',
  });
  const deadline = Date.now() + PUBLISH_WITHIN_MS;
  for (;;) {
    try {
      await recorder.publish();
      break;
    } catch (error) {
      if (Date.now() < deadline) {
        await sleep(500);
        continue;
      }
      say(`The end of the log was not published: ${error instanceof Error ? error.message : String(error)}`);
      break;
    }
  }
  await recorder.close();
}

/** The log's objects and the evidence beside them, byte for byte, and the policy under which they are judged. */
async function copyAudit({ stack, file }: Rehearsal, dir: string, view: DeploymentView): Promise<string | undefined> {
  const { endpoint, region } = stack.s3;
  const auditor = stack.secrets[file.customer]?.s3.auditor;
  const store = createS3Store({
    ...{ endpoint, region, bucket: file.audit.bucket },
    // With what the auditor is given: whatever the copy needs, he can have as well.
    credentials: auditor && { accessKeyId: auditor.accessKey, secretAccessKey: auditor.secretKey },
  });
  const prefix = folder(file.audit.prefix);
  const copy = async (key: string): Promise<void> => {
    const path = join(dir, key.slice(prefix.length));
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, (await store.get(key)) ?? '');
  };
  // First: whatever is published while the rest is copied goes beyond it, and contradicts nothing.
  const checkpoint = `${prefix}log/checkpoint`;
  if ((await store.size(checkpoint)) !== undefined) await copy(checkpoint);
  const rest = (await store.list(prefix)).filter(({ key }) => key !== checkpoint);
  for (let i = 0; i < rest.length; i += COPIES_AT_ONCE) {
    await Promise.all(rest.slice(i, i + COPIES_AT_ONCE).map(({ key }) => copy(key)));
  }
  const brief = view.header.brief && (await store.get(view.header.brief.ref));
  store.close();
  await writeFile(join(dir, 'policy'), stack.policies[file.customer] ?? '');
  return brief ? Buffer.from(brief).toString('utf8') : undefined;
}

/** One file per gate: who said go, and how each row of its window stood. The other folders wait for what fills them. */
async function writeGates(dir: string, view: DeploymentView): Promise<void> {
  for (const name of ['releases', 'drills', 'gates', 'changes', 'archive']) await mkdir(join(dir, name), { recursive: true });
  for (const gate of Object.values(view.gates)) {
    const rows = Object.values(view.milestones).filter((m) => m.index < gate.index && isSettled(m.status));
    await writeFile(join(dir, 'gates', `${gate.gate}.json`), `${JSON.stringify({ ...gate, rows }, null, 2)}\n`);
  }
}
