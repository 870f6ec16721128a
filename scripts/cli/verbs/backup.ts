import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { number, plural } from '../../../domain/describe/words.ts';
import { ensureTools } from '../../setup/tools.ts';
import { setUp } from '../../setup/progress.ts';
import { readPolicy } from '../audit/source.ts';
import { backupProblems, logFolder } from '../backup/check.ts';
import { createBackup, type BackupOptions } from '../backup/create.ts';
import { drillAll, writeEvidence, type DrillEvidence } from '../backup/drill.ts';
import type { DrillStep } from '../backup/drill-result.ts';
import { foldBackup, type Folded } from '../backup/folded.ts';
import { manifestProblems, readManifest, type Manifest } from '../backup/manifest.ts';
import { opened } from '../backup/pack.ts';
import { CliError, EXIT, usage, type CliIo, type ExitCode } from '../io.ts';
import { paintFor, wrap, widthOf } from '../paint.ts';
import type { CommonOptions } from '../session.ts';
import { addVerb, withExamples, type Cli } from '../verb.ts';

interface ArchiveOptions extends CommonOptions {
  policy?: string;
  out?: string;
  execute?: boolean;
  color?: boolean;
}

/** What brings a customer's deployments back, whether it can be trusted, and whether it really does. */
export function backupVerb(program: Command, cli: Cli): void {
  const backup = addVerb<BackupOptions>(program, cli, {
    usage: 'backup',
    summary: 'back up, verify and restore',
    description:
      "Log with its lock, evidence, policy, deployment files, sets, histories and Temporal's own store, as one archive with a\nmanifest of digests. No private key is in it. Interrupted, the same command goes on where it was.",
    examples: [
      'golive backup --out acme.tar.gz',
      'golive backup verify acme.tar.gz --policy policy',
      'golive backup restore-drill acme.tar.gz             # says what it would do',
      'golive backup restore-drill acme.tar.gz --execute',
    ],
    options: (c) =>
      c
        .option('--out <path>', 'a new folder, or a file that ends in .tar.gz (default backup-<customer>-<date>.tar.gz)')
        .option('--policy <file>', 'the policy to verify with and to enclose (default: the one in the connections file)')
        .option('--work-bucket <name>', "bucket of the log's lock (default <audit bucket>-work)")
        .option('--temporal-db <file>', 'SQLite file of a local Temporal server (default: the one of golive up)'),
    run: (session, _args, options) => createBackup(session, options),
  });
  verifyVerb(backup, cli);
  drillVerb(backup, cli);
  drillVerb(program, cli);
}

function verifyVerb(backup: Command, cli: Cli): void {
  const command = backup
    .command('verify <archive>')
    .summary('digests and log of a backup or archive, without restoring it')
    .description(
      'Every file against the manifest, then all that golive verify checks on the log in it. Needs no network. Exit 0 or 6.',
    );
  withExamples(command, ['golive backup verify acme.tar.gz --policy policy', 'golive backup verify acme-audit/']);
  command.action(async (archive: string) => {
    const options = command.optsWithGlobals<ArchiveOptions>();
    const { io } = cli;
    cli.exitCode = await opened(archive, async (dir) => {
      const { manifest, problems, own } = await verified(dir, archive, options.policy);
      const { files, log, committed, leftOut, createdAt } = manifest;
      if (options.json === true) {
        io.stdout(
          `${JSON.stringify({ ok: problems.length === 0, archive, files: files.length, log, committed, createdAt, leftOut, problems }, null, 2)}\n`,
        );
      } else {
        for (const problem of problems) io.stdout(`${problem}\n`);
        if (problems.length === 0)
          io.stdout(
            `Verified: ${plural(files.length, 'file')}, ${number(committed?.size ?? log.size)} entries of ${log.origin}, as of ${createdAt}.\n`,
          );
        for (const { what, why } of leftOut) io.stderr(`Not in it: ${what}: ${why}\n`);
        if (own) io.stderr('Verified under the policy in the archive itself; with --policy FILE under your own.\n');
      }
      return problems.length === 0 ? EXIT.ok : EXIT.unverified;
    });
  });
}

async function verified(
  dir: string,
  archive: string,
  policyFile: string | undefined,
): Promise<{ manifest: Manifest; problems: string[]; own: boolean; rootKeys: string[] }> {
  const manifest = await readManifest(dir, archive);
  const policy = await readPolicy(policyFile ?? join(dir, logFolder(manifest), 'policy'));
  const problems = await manifestProblems(dir, manifest);
  if (problems.length === 0) problems.push(...(await backupProblems(dir, manifest, policy)));
  return { manifest, problems, own: policyFile === undefined, rootKeys: policy.rootKeys };
}

const PLAN = [
  'verify the digests of the backup, and the log in it',
  'start an S3 server of its own on this machine, in a temporary folder, and put log, evidence and lock there',
  'sign the heads of that copy with a key made for the drill, so that no second history is ever signed with the real one',
  'start a golive log there for reading and writing; compare size, root and the fold of each deployment; write an entry',
  "start a Temporal server on a copy of the backed-up store, if there is one, and look for the deployments' workflows",
  'start control and engine workers beside them, whose platform and cluster are an address at which nothing listens, and ask each open deployment how far it is',
  'remove all of it, and write what was seen as evidence',
];

function drillVerb(parent: Command, cli: Cli): void {
  const command = parent
    .command('restore-drill <backup>')
    .summary('show that a backup can be restored, in an empty place')
    .description(
      'Without --execute it says what it would do, and does nothing. It never touches the systems of the customer.\nRefused (exit 5) for a deployment in production.',
    )
    .option('--execute', 'really do it')
    .option('--evidence <folder>', 'where evidence/drills/ is', 'out')
    .option('--policy <file>', 'the policy to verify with (default: the one in the backup)');
  withExamples(command, [
    'golive restore-drill acme.tar.gz',
    'golive restore-drill acme.tar.gz --execute --evidence out/rehearsal',
  ]);
  command.action(async (backup: string) => {
    const options = command.optsWithGlobals<ArchiveOptions & { evidence: string }>();
    cli.exitCode = await opened(backup, (dir) => drill(cli.io, { dir, backup, ...options }));
  });
}

type DrillOptions = ArchiveOptions & { dir: string; backup: string; evidence: string };

async function drill(io: CliIo, options: DrillOptions): Promise<ExitCode> {
  const { dir, backup } = options;
  const started = io.now();
  const { manifest, problems, rootKeys } = await verified(dir, backup, options.policy);
  if (manifest.format !== 'golive-backup/v1')
    throw usage(`${backup} is an archive of the log alone; a drill restores a backup.`, 'golive backup makes one.');
  if (problems.length > 0)
    throw new CliError(EXIT.unverified, `${backup} does not verify: ${problems.slice(0, 3).join('; ')}.`, {
      next: 'golive backup verify lists all of it.',
    });
  const folded = await foldBackup(dir, manifest);
  await refuseProduction(dir, manifest, folded);
  if (options.execute !== true) return tellPlan(io, options, manifest);

  await setUp(['temporal', 'versitygw']);
  const tools = await ensureTools(['temporal', 'versitygw']);
  const drilled = await drillAll({ dir, manifest, folded, rootKeys, tools });
  const steps: DrillStep[] = [
    { step: 'digests and log of the backup verify', ok: true, detail: `${manifest.files.length} files` },
    ...drilled.steps,
  ];
  const evidence: DrillEvidence = {
    kind: 'restore-drill',
    ...{
      backup,
      customer: manifest.customer,
      at: new Date(started).toISOString(),
      log: manifest.log,
      committed: manifest.committed,
    },
    ...{
      deployments: manifest.deployments,
      steps,
      goesOn: drilled.goesOn,
      ok: steps.every((s) => s.ok !== false),
      wallMs: io.now() - started,
    },
  };
  const path = await writeEvidence(options.evidence, evidence);
  if (options.json === true) io.stdout(`${JSON.stringify({ ...evidence, evidence: path }, null, 2)}\n`);
  else {
    const paint = paintFor(io, options);
    const mark = { true: paint.good('✔'), false: paint.bad('✖'), null: paint.warn('–') };
    for (const { step, ok, detail } of steps) {
      io.stdout(
        `${mark[`${ok}`]} ${step}\n${wrap(detail, widthOf(io) - 4)
          .map((line) => `    ${paint.dim(line)}\n`)
          .join('')}`,
      );
    }
    io.stdout(`${path}\n`);
  }
  return evidence.ok ? EXIT.ok : EXIT.failed;
}

function tellPlan(io: CliIo, options: DrillOptions, manifest: Manifest): ExitCode {
  if (options.json === true)
    io.stdout(`${JSON.stringify({ would: PLAN, log: manifest.log, leftOut: manifest.leftOut }, null, 2)}\n`);
  else {
    io.stdout(
      `${options.backup}: ${plural(manifest.files.length, 'file')}, ${number(manifest.committed?.size ?? 0)} entries. A drill would\n`,
    );
    for (const [i, line] of PLAN.entries()) io.stdout(`  ${i + 1}. ${line}\n`);
    io.stderr(`Nothing was done.\nNext: golive restore-drill ${options.backup} --execute\n`);
  }
  return EXIT.ok;
}

async function refuseProduction(dir: string, { deployments }: Manifest, { environments }: Folded): Promise<void> {
  // Also of a file that this version cannot read: what says production is production.
  const files = await Promise.all(
    deployments.map(async (d) => {
      const text = await readFile(join(dir, 'manifests', d, 'deployment.yaml'), 'utf8').catch(() => '');
      return /^environment:\s*['"]?production\b/m.test(text) ? 'production' : '';
    }),
  );
  if (![...environments, ...files].includes('production')) return;
  throw new CliError(
    EXIT.refused,
    'This is a backup of production, and a drill is never run on one: its copies would leave the places that production data may be in.',
    {
      next: 'golive backup verify shows that it is whole; drill with the backup of a rehearsal or of staging.',
      code: 'wrong_environment',
    },
  );
}
