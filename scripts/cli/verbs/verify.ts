import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { parsePolicy, type Policy } from '../../../audit/tlog/policy.ts';
import { RULES } from '../../../audit/verify/finding.ts';
import { verifyLog, type Verification } from '../../../audit/verify/verify.ts';
import { parseDeploymentFile } from '../../../clients/manifests/parse.ts';
import { EXIT, usage } from '../io.ts';
import { paintFor, widthOf } from '../paint.ts';
import { withExamples, type Cli } from '../verb.ts';
import { openPlace, type PlaceOptions } from '../verify/places.ts';
import { verifyScreen } from '../verify/screen.ts';

interface VerifyOptions extends PlaceOptions {
  policy: string;
  since?: string;
  json?: boolean;
  color?: boolean;
}

/** Needs no connections, no Temporal and, for a folder, no network: only the log and the keys that the auditor pinned. */
export function verifyVerb(program: Command, cli: Pick<Cli, 'io' | 'exitCode'>): void {
  const { io } = cli;
  const command = program
    .command('verify <folder-or-s3-url>')
    .summary("verify the log with nobody's help")
    .description(
      'Reads everything, always: signatures, witness, every entry and tile, all earlier checkpoints and versions, the ' +
        'evidence, and the rules of a deployment. Exit 0 when nothing is wrong, 6 when something is.',
    )
    .requiredOption('--policy <file>', 'the keys that you pinned: log, witness, roots')
    .option('--since <file>', 'a checkpoint that you saved earlier: the log must continue it')
    .option('--endpoint <url>', 'of an S3 that is not AWS')
    .option('--region <name>', 'of the bucket');
  withExamples(command, [
    'golive verify out/audit --policy policy',
    'golive verify s3://acme-audit/q4 --policy policy --since last-month.checkpoint',
    'golive verify out/audit --policy policy --json > report.json',
  ]);
  command.action(async (place: string) => {
    const options = command.optsWithGlobals<VerifyOptions>();
    const policy = await policyIn(options.policy);
    const since = options.since === undefined ? undefined : await fileAt(options.since, 'checkpoint');
    const files = await openPlace(place, options, io);
    try {
      const verification = await verifyLog({ files, policy, parseDeploymentFile, ...(since ? { since } : {}) });
      if (options.json === true) io.stdout(`${JSON.stringify(verificationJson(verification), null, 2)}\n`);
      else io.stdout(verifyScreen(verification, paintFor(io, options), widthOf(io)));
      cli.exitCode = verification.total === 0 ? EXIT.ok : EXIT.unverified;
    } finally {
      files.close();
    }
  });
}

async function fileAt(path: string, what: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch {
    throw usage(`There is no ${what} file ${path}.`);
  }
}

async function policyIn(path: string): Promise<Policy> {
  const { policy, problem } = parsePolicy(Buffer.from(await fileAt(path, 'policy')).toString('utf8'));
  if (policy) return policy;
  throw usage(`${path} is no policy file: ${problem}.`, 'It pins keys: log <vkey>, witness <label> <vkey>, quorum <label>.');
}

/** The report of a verification; its digest is what W1.14 is confirmed with. */
function verificationJson({ total, findings, ...rest }: Verification) {
  const told = findings.map(({ rule, ...where }) => ({ rule, ...where, ...RULES[rule] }));
  return { verified: total === 0, ...rest, total, findings: told };
}
