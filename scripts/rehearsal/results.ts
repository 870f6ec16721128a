import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { temporalClient } from '../../clients/commands/temporal.ts';
import { httpPlatform } from '../../clients/platform/http.ts';
import type { LogReader } from '../../clients/recorder/reader.ts';
import { createS3Store } from '../../clients/store/s3.ts';
import { deploymentWorkflowId } from '../../domain/ids.ts';
import type { Report } from '../../domain/report/report.ts';
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
  wallSeconds: number;
}

/** Everything that a rehearsal leaves behind: histories, the log as it lies in the bucket, evidence, the report. */
export async function writeResults(inputs: Inputs): Promise<Report> {
  const { options, rehearsal, view, memory, wallSeconds } = inputs;
  const { out, customer, deployment } = options;
  const { stack, file } = rehearsal;
  const client = temporalClient({ address: stack.temporal.address, namespace: stack.temporal.namespace });
  await exportHistories(client, { deployment: deploymentWorkflowId({ customer, deployment }) }, join(out, 'history'));
  await client.connection.close();
  const brief = await copyAudit(rehearsal, join(out, 'audit'), view);
  await writeGates(join(out, 'evidence'), view);

  const platform = httpPlatform({ endpoint: stack.platformEndpoint, key: stack.secrets[customer]?.platform.read ?? '' });
  const cohorts = await platform.cohorts(deployment).catch(() => null);
  const histories = await readHistoryFigures(join(out, 'history'));
  const { report } = await writeReport({
    dir: out,
    view,
    file,
    cohorts,
    figures: { histories, peakRssMb: memory.totalMb, wallSeconds },
    ...(brief === undefined ? {} : { brief }),
  });
  return report;
}

/** The log's objects and the evidence beside them, byte for byte, and the keys under which they are judged. */
async function copyAudit({ stack, file, customer }: Rehearsal, dir: string, view: DeploymentView): Promise<string | undefined> {
  const { endpoint, region, accessKey, secretKey } = stack.s3;
  const store = createS3Store({
    endpoint,
    region,
    bucket: file.audit.bucket,
    credentials: { accessKeyId: accessKey, secretAccessKey: secretKey },
  });
  for (const { key } of await store.list(file.audit.prefix)) {
    const path = join(dir, key);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, (await store.get(key)) ?? '');
  }
  const brief = view.header.brief && (await store.get(view.header.brief.ref));
  store.close();
  const policy = {
    apiVersion: 'golive/v1',
    kind: 'AuditPolicy',
    log: file.logOrigin,
    rootKeys: [customer.rootPublicKey],
    witness: 'waived: not built yet',
  };
  await writeFile(join(dir, 'policy.json'), `${JSON.stringify(policy, null, 2)}\n`);
  return brief ? Buffer.from(brief).toString('utf8') : undefined;
}

/** One file per gate: who said go, and how each row of its window stood. The other folders wait for what fills them. */
async function writeGates(dir: string, view: DeploymentView): Promise<void> {
  for (const folder of ['releases', 'drills', 'gates', 'changes', 'archive']) await mkdir(join(dir, folder), { recursive: true });
  for (const gate of Object.values(view.gates)) {
    const rows = Object.values(view.milestones).filter((m) => m.index < gate.index && isSettled(m.status));
    await writeFile(join(dir, 'gates', `${gate.gate}.json`), `${JSON.stringify({ ...gate, rows }, null, 2)}\n`);
  }
}
