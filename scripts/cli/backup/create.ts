import { mkdir, readdir, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { DEPLOYMENT_FILE_NAME, DEPLOYMENT_SIGNATURE_NAME } from '../../../audit/deployment-file.ts';
import { folder } from '../../../clients/store/key.ts';
import type { Store } from '../../../clients/store/port.ts';
import { number, plural } from '../../../domain/describe/words.ts';
import { exportHistories } from '../../report/export-histories.ts';
import { policyFor } from '../audit/archive.ts';
import { readCopy } from '../audit/copy-reader.ts';
import { CliError, EXIT, usage, type ExitCode } from '../io.ts';
import type { CommonOptions, Session } from '../session.ts';
import { readSignedFile } from '../signed-file.ts';
import { golive } from '../words.ts';
import { backupProblems } from './check.ts';
import { Collector } from './collector.ts';
import { committedLog } from './committed.ts';
import type { Manifest } from './manifest.ts';
import { isPacked, pack } from './pack.ts';
import { openBucket } from './stores.ts';
import { copyTemporalStore, localTemporalStore } from './temporal-store.ts';

export interface BackupOptions extends CommonOptions {
  out?: string;
  policy?: string;
  workBucket?: string;
  temporalDb?: string;
}

type LeftOut = Manifest['leftOut'];

/** Where Temporal's store of a local server lies in a backup. */
export const TEMPORAL_STORE = 'temporal/temporal.db';

/** Everything from which a customer's deployments can be brought back, in one archive; private keys are never in it. */
export async function createBackup(session: Session, options: BackupOptions): Promise<ExitCode> {
  const { io, connection, customer, systems } = session;
  const { store } = connection;
  if (!store) throw usage(`${session.connections.source} gives no store for ${customer}.`, `Add customers.${customer}.store.`);
  const stamp = new Date(io.now()).toISOString();
  const out = resolve(options.out ?? `backup-${customer}-${stamp.slice(0, 10)}.tar.gz`);
  const policy = await policyFor(session, options.policy);
  const leftOut: LeftOut = [];
  // Histories and Temporal's store first: the log may then know more than they do, and never less.
  const collector = await Collector.open(isPacked(out) ? `${out}.partial` : out, io);
  const temporal = await takeTemporal(session, collector, options, leftOut);
  const work = await openBucket(session, options.workBucket ?? `${store.auditBucket}-work`);
  try {
    const { published, head, items } = await committedLog(await systems.audit(), work, store.auditPrefix, io.signal);
    const audit = published.items.map((item) => ({ ...item, path: `audit/${item.path}` }));
    const locked = items.map((item) => ({ ...item, path: `work/${item.path}` }));
    const keep = new Set([...audit, ...locked].map((item) => item.path));
    await collector.forget((path) => keep.has(path) || !/^(audit|work)\//.test(path));
    await collector.add(audit, 'log and evidence');
    await collector.add(locked, 'lock');
    await collector.write('audit/policy', policy.text);
    const deployments = await deploymentsIn(collector.place('audit'));
    for (const deployment of deployments) {
      await takeSigned(session, collector, deployment, leftOut);
      if (temporal) await takeHistories(session, collector, deployment, leftOut);
    }
    const { origin, size, root } = published.checkpoint;
    const manifest = await collector.finish({
      format: 'golive-backup/v1',
      customer,
      source: `${store.auditBucket}/${store.auditPrefix}`,
      createdAt: stamp,
      log: { origin, size, root: root.toString('base64') },
      committed: { size: head.size, root: head.root.toString('base64') },
      deployments,
      leftOut,
    });
    const problems = await backupProblems(collector.dir, manifest, policy.policy);
    const digest = isPacked(out) ? await pack(collector.dir, out) : null;
    if (isPacked(out)) await rm(collector.dir, { recursive: true, force: true });
    return tell(session, options, { out, manifest, problems, digest });
  } finally {
    work.close();
  }
}

async function takeTemporal(session: Session, to: Collector, options: BackupOptions, leftOut: LeftOut): Promise<boolean> {
  const from = options.temporalDb ?? (await localTemporalStore(session.connections.source));
  const what = "Temporal's own store";
  if (from === undefined) {
    leftOut.push({
      what,
      why: 'waived: it is a server, and its database is backed up by whoever runs it, with the tools of that database (docs/audit.md). A local one is given with --temporal-db.',
    });
  } else {
    await mkdir(dirname(to.place(TEMPORAL_STORE)), { recursive: true });
    const copied = await copyTemporalStore(from, to.place(TEMPORAL_STORE));
    if (copied.by === undefined)
      leftOut.push({
        what,
        why: `waived: ${copied.why}. By hand: stop the server, then copy the file and those beside it that begin with its name.`,
      });
    else await to.take(TEMPORAL_STORE);
  }
  const { client } = await session.systems.temporal();
  const answers = await client
    .withDeadline(Date.now() + 5_000, () => client.workflowService.getSystemInfo({}))
    .then(() => true)
    .catch(() => false);
  if (!answers) leftOut.push({ what: 'histories', why: 'Temporal does not answer' });
  return answers;
}

/** The deployments that the log knows, by the entries that open them. */
async function deploymentsIn(auditDir: string): Promise<string[]> {
  const { entries } = await readCopy(auditDir);
  const opened = entries
    .filter((bytes) => bytes.includes('"kind":"deployment.opened"'))
    .map((bytes) => JSON.parse(bytes.toString('utf8')) as { kind: string; deployment: string })
    .filter(({ kind }) => kind === 'deployment.opened');
  return [...new Set(opened.map((entry) => entry.deployment))].sort();
}

/** Deployment file, its signature, and the set that it names, under their keys in the manifest bucket. */
async function takeSigned(session: Session, to: Collector, deployment: string, leftOut: LeftOut): Promise<void> {
  const { connection, connections, customer, io, systems } = session;
  try {
    const name = { customer, deployment };
    const { file } = await readSignedFile({ connection, source: connections.source, systems, signal: io.signal }, name);
    const manifests: Pick<Store, 'get' | 'list'> = await systems.manifests();
    const set = await manifests.list(folder(file.manifestSet.prefix), io.signal);
    const keys = [DEPLOYMENT_FILE_NAME, DEPLOYMENT_SIGNATURE_NAME].map((f) => ({
      key: `${deployment}/${f}`,
      changes: true,
      size: -1,
    }));
    const items = [...keys, ...set.map((o) => ({ ...o, changes: false }))];
    await to.add(
      items.map(({ key, size, changes }) => ({
        path: `manifests/${key}`,
        size,
        changes,
        read: () => manifests.get(key, io.signal),
      })),
      `${deployment}: signed files`,
    );
  } catch (error) {
    io.signal?.throwIfAborted();
    leftOut.push({ what: `signed files of ${deployment}`, why: error instanceof Error ? error.message : String(error) });
  }
}

async function takeHistories(session: Session, to: Collector, deployment: string, leftOut: LeftOut): Promise<void> {
  const { customer, io } = session;
  const dir = `history/${deployment}`;
  try {
    const { client } = await session.systems.temporal();
    const { runs } = await exportHistories(client, { deployment: { customer, deployment } }, to.place(dir));
    for (const file of await readdir(to.place(dir))) await to.take(`${dir}/${file}`);
    if (runs === 0) leftOut.push({ what: `histories of ${deployment}`, why: 'Temporal has none: its retention has taken them' });
  } catch (error) {
    io.signal?.throwIfAborted();
    leftOut.push({ what: `histories of ${deployment}`, why: error instanceof Error ? error.message : String(error) });
  }
}

interface Told {
  out: string;
  manifest: Manifest;
  problems: string[];
  digest: string | null;
}

function tell(session: Session, options: BackupOptions, { out, manifest, problems, digest }: Told): ExitCode {
  const { io } = session;
  const { files, leftOut, log, committed, deployments } = manifest;
  const bytes = files.reduce((sum, f) => sum + f.size, 0);
  if (options.json === true) {
    io.stdout(
      `${JSON.stringify({ backup: out, digest, files: files.length, bytes, log, committed, deployments, leftOut, problems }, null, 2)}\n`,
    );
  } else {
    io.stdout(
      `${options.out ?? out}  ${plural(files.length, 'file')}  ${number(bytes)} B${digest === null ? '' : `  sha256:${digest}`}\n`,
    );
    io.stderr(
      `${number(committed?.size ?? 0)} entries of ${log.origin}, ${number(log.size)} of them published; deployments: ${deployments.join(', ') || 'none'}.\n`,
    );
    for (const { what, why } of leftOut) io.stderr(`Not in it: ${what}: ${why}\n`);
    for (const problem of problems.slice(0, 5)) io.stderr(`${problem}\n`);
  }
  if (problems.length > 0)
    throw new CliError(
      EXIT.unverified,
      `The copy is whole; what was copied does not verify: ${plural(problems.length, 'finding')}.`,
      { next: 'golive verify' },
    );
  if (options.json !== true)
    io.stderr(
      `Read back and verified. Keep it outside of the account that holds the bucket.\nNext: ${golive(session, ['backup', 'verify', out])}\n`,
    );
  return EXIT.ok;
}
