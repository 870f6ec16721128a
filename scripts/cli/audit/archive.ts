import { readFile, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { parsePolicy, type Policy } from '../../../audit/tlog/policy.ts';
import { number, plural } from '../../../domain/describe/words.ts';
import { Collector } from '../backup/collector.ts';
import { checkLog, findingLines } from '../backup/log-check.ts';
import { isPacked, pack } from '../backup/pack.ts';
import { logSnapshot } from '../backup/snapshot.ts';
import { CliError, EXIT, usage, type ExitCode } from '../io.ts';
import type { CommonOptions, Session } from '../session.ts';
import { addVerb, type Cli } from '../verb.ts';
import { readPolicy } from './source.ts';

interface ArchiveOptions extends CommonOptions {
  out?: string;
  policy?: string;
}

export function archiveVerb(audit: Command, cli: Cli): void {
  addVerb<ArchiveOptions>(audit, cli, {
    usage: 'archive',
    summary: 'copy log and evidence out of the bucket, with a manifest of digests',
    description:
      'Copies the published log, its evidence and the policy into a folder, or one tar.gz; reads it back; verifies it. Interrupted,\nthe same command goes on where it was. The folder is what golive verify and every other tool reads.',
    examples: [
      'golive audit archive --out acme-audit',
      'golive audit archive --out acme-audit.tar.gz',
      'golive verify acme-audit --policy acme-audit/policy',
    ],
    options: (c) =>
      c
        .option('--out <path>', 'a new folder, or a file that ends in .tar.gz (default audit-<customer>)')
        .option('--policy <file>', 'the policy to verify with and to enclose (default: the one in the connections file)'),
    run: archive,
  });
}

async function archive(session: Session, _args: string[], options: ArchiveOptions): Promise<ExitCode> {
  const { io, connection, customer, systems } = session;
  const out = resolve(options.out ?? `audit-${customer}`);
  const { store } = connection;
  if (!store) throw usage(`${session.connections.source} gives no store for ${customer}.`, `Add customers.${customer}.store.`);
  const policy = await policyFor(session, options.policy);
  const collector = await Collector.open(isPacked(out) ? `${out}.partial` : out, io);
  const { checkpoint, items } = await logSnapshot(await systems.audit(), store.auditPrefix, io.signal);
  const paths = new Set(items.map((item) => item.path).concat('policy'));
  await collector.forget((path) => paths.has(path));
  await collector.add(items, 'objects');
  await collector.write('policy', policy.text);
  const { origin, size, root } = checkpoint;
  const manifest = await collector.finish({
    format: 'golive-archive/v1',
    customer,
    source: `${store.auditBucket}/${store.auditPrefix}`,
    createdAt: new Date(io.now()).toISOString(),
    log: { origin, size, root: root.toString('base64') },
    committed: null,
    deployments: [],
    leftOut: [],
  });
  const verification = await checkLog(collector.dir, policy.policy);
  const digest = isPacked(out) ? await pack(collector.dir, out) : null;
  if (isPacked(out)) await rm(collector.dir, { recursive: true, force: true });

  const bytes = manifest.files.reduce((sum, f) => sum + f.size, 0);
  const ok = verification.total === 0;
  const told = {
    archive: out,
    files: manifest.files.length,
    bytes,
    log: manifest.log,
    digest,
    fetched: collector.fetched,
    kept: collector.kept,
  };
  if (options.json === true)
    io.stdout(`${JSON.stringify({ ...told, verified: ok, findings: verification.findings }, null, 2)}\n`);
  else {
    io.stdout(
      `${options.out ?? out}  ${plural(manifest.files.length, 'file')}  ${number(bytes)} B${digest === null ? '' : `  sha256:${digest}`}\n`,
    );
    io.stderr(`${number(size)} entries of ${origin}, root ${manifest.log.root}.\n`);
    for (const line of findingLines(verification)) io.stderr(`${line}\n`);
  }
  if (!ok) {
    io.stderr(
      `The copy is whole; the log in it does not verify: ${plural(verification.total, 'finding')}.\nNext: golive verify ${out}\n`,
    );
    return EXIT.unverified;
  }
  if (options.json !== true) io.stderr(`Read back and verified.\n`);
  return EXIT.ok;
}

/** What an archive is verified with, and what is enclosed for those who have none of their own yet. */
export async function policyFor(
  { connection, connections }: Session,
  file: string | undefined,
): Promise<{ policy: Policy; text: string }> {
  if (file !== undefined) return { policy: await readPolicy(file), text: await readFile(file, 'utf8') };
  const text = connection.auditPolicy;
  if (text === undefined) throw usage(`${connections.source} gives no auditPolicy.`, 'Give the policy with --policy FILE.');
  const { policy, problem } = parsePolicy(text);
  if (policy) return { policy, text };
  throw new CliError(EXIT.usage, `auditPolicy in ${connections.source} cannot be read: ${problem}.`);
}
