import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import { cosignedAt } from '../../../audit/tlog/cosignature.ts';
import type { Policy } from '../../../audit/tlog/policy.ts';
import { parseReceipt, receiptProblem, receiptText, type Receipt } from '../../../audit/tlog/receipt.ts';
import { number } from '../../../domain/describe/words.ts';
import type { NewEntry, RecordedEntry } from '../../../domain/entry.ts';
import { CliError, EXIT, usage, type ExitCode } from '../io.ts';
import { withExamples, type Cli } from '../verb.ts';
import { addAuditVerb, type AuditRun } from './leaf.ts';
import { entryBytes, readPolicy, type LogSource, type SourceOptions } from './source.ts';
import { sentenceOf } from './tables.ts';

interface ReceiptOptions extends SourceOptions {
  out?: string;
  entry?: string;
}

export function receiptVerb(audit: Command, cli: Cli): void {
  const command = addAuditVerb<ReceiptOptions>(audit, cli, {
    usage: 'receipt <what>',
    summary: 'that one entry is in the log, for somebody who has nothing but the policy',
    description:
      'Writes a C2SP tlog-proof, and the bytes of the entry beside it. <what> is an agent, the number of an entry, the id of an\norder or of an entry. Of an agent it is the last thing that was done to it; the others are named.',
    examples: [
      'golive audit receipt sales-ic-research-0007 --out receipt.tlog-proof',
      'golive audit receipt 84922 --out sign-off.tlog-proof',
      'golive audit receipt verify sign-off.tlog-proof --entry sign-off.entry --policy policy',
    ],
    options: (c) => c.option('--out <file>', 'where to (default receipt-<entry>.tlog-proof)'),
    run: writeReceipt,
  });
  verifyVerb(command, cli);
}

async function writeReceipt({ io, log, options, args }: AuditRun<ReceiptOptions>): Promise<ExitCode> {
  const [what = ''] = args;
  const { entry, others } = await entryNamed(log, what);
  const receipt = await log.receipt(entry.index, options.timeout ?? 0);
  if (receipt === undefined) throw usage(`${log.name} has no entry #${entry.index} yet.`);
  const bytes = entryBytes(entry);
  const known = await log.policy();
  const problem = known && receiptProblem(receipt, bytes, known.policy);
  if (problem)
    throw new CliError(EXIT.unverified, `The receipt of #${entry.index} does not verify: ${problem}.`, { code: 'log_damaged' });

  const out = options.out ?? `receipt-${entry.index}.tlog-proof`;
  await whole(resolve(out), receiptText(receipt));
  await whole(resolve(entryFileOf(out)), bytes);
  const told = {
    receipt: out,
    entry: entryFileOf(out),
    ...facts(receipt, known?.policy),
    kind: entry.kind,
    id: entry.id,
    others,
  };
  if (options.json === true) io.stdout(`${JSON.stringify(told, null, 2)}\n`);
  else {
    io.stdout(`${out}\n${entryFileOf(out)}\n`);
    io.stderr(
      `#${entry.index}, ${sentenceOf(entry)}: in the first ${number(receipt.checkpoint.size)} entries of ${receipt.checkpoint.origin}.\n`,
    );
    if (others.length > 0)
      io.stderr(
        `Others about ${what}: ${others
          .slice(-12)
          .map((i) => `#${i}`)
          .join(' ')}\n`,
      );
    if (known === undefined) io.stderr('Not verified here: no policy was given (--policy FILE).\n');
    io.stderr(
      `Next: golive audit receipt verify ${out} --entry ${entryFileOf(out)} --policy ${options.policy ?? (log.live ? 'POLICY' : (known?.from ?? 'POLICY'))}\n`,
    );
  }
  return EXIT.ok;
}

const entryFileOf = (out: string): string => `${out.replace(/\.tlog-proof$/, '')}.entry`;

async function entryNamed(log: LogSource, what: string): Promise<{ entry: RecordedEntry; others: number[] }> {
  if (/^#?\d{1,15}$/.test(what)) {
    const index = Number(what.replace('#', ''));
    const entry = await log.entry(index);
    if (entry) return { entry, others: [] };
    throw usage(`${log.name} has ${number(await log.size())} entries, and none with the number ${index}.`);
  }
  for await (const entry of log.entries({ kinds: ['command.applied', 'command.refused'] })) {
    if (commandIdOf(entry) === what) return { entry, others: [] };
  }
  const named = await log.find(what);
  if (named) return { entry: named, others: [] };
  const about = await ofAgent(log, what);
  const entry = about.findLast((e) => e.kind === 'outcome') ?? about.at(-1);
  if (entry) return { entry, others: about.filter((e) => e !== entry).map((e) => e.index) };
  throw usage(
    `Neither an agent nor an order nor an entry is called ${what}.`,
    'golive audit query and golive audit decisions list them.',
  );
}

function commandIdOf(entry: RecordedEntry): string | undefined {
  if (entry.kind === 'command.applied') return entry.data.command.id;
  return entry.kind === 'command.refused' ? entry.data.commandId : undefined;
}

/** Agents are mostly called after their cohort, and one cohort's entries are read in no time; else all are. */
async function ofAgent(log: LogSource, agent: string): Promise<RecordedEntry[]> {
  for (const narrow of [{ cohort: agent.replace(/-\d+$/, '') }, {}]) {
    const found: RecordedEntry[] = [];
    for await (const entry of log.entries(narrow)) if (entry.agent === agent) found.push(entry);
    if (found.length > 0) return found;
  }
  return [];
}

/** What a receipt says, once it is known to hold. */
function facts({ index, checkpoint }: Receipt, policy: Policy | undefined) {
  const { origin, size, root, note } = checkpoint;
  const witnesses = (policy?.witnesses ?? []).flatMap(({ verifier }) => {
    const at = cosignedAt(note, verifier);
    return at === undefined ? [] : [{ name: verifier.name, at: new Date(at * 1000).toISOString() }];
  });
  return { index, origin, size, root: root.toString('base64'), verified: policy !== undefined, witnesses };
}

function verifyVerb(receipt: Command, cli: Cli): void {
  const command = receipt
    .command('verify <file>')
    .summary('verify a receipt, without any network')
    .description(
      'Verifies signatures, cosignature and inclusion. Needs the receipt, the entry and the policy, and nothing else. Exit 0 or 6.',
    )
    .option('--entry <file>', "the entry's bytes (default: the file beside the receipt)");
  withExamples(command, ['golive audit receipt verify sign-off.tlog-proof --entry sign-off.entry --policy policy']);
  command.action(async (file: string) => {
    const { io } = cli;
    const options = command.optsWithGlobals<ReceiptOptions>();
    if (options.policy === undefined)
      throw usage('golive audit receipt verify needs --policy FILE.', 'Use the one that the customer gave you.');
    const entryFile = options.entry ?? entryFileOf(file);
    const [text, bytes, policy] = await Promise.all([read(file), read(entryFile), readPolicy(options.policy)]);
    const parsed = parseReceipt(text.toString('utf8'));
    const problem = parsed ? receiptProblem(parsed, bytes, policy) : `${file} is no receipt (C2SP tlog-proof)`;
    if (options.json === true) {
      io.stdout(
        `${JSON.stringify({ ok: problem === null, problem, ...(parsed && problem === null ? facts(parsed, policy) : {}) }, null, 2)}\n`,
      );
    }
    cli.exitCode = problem === null ? EXIT.ok : EXIT.unverified;
    if (problem !== null) io.stderr(`Not verified: ${problem}.\n`);
    else if (parsed && options.json !== true) io.stdout(`${verifiedWords(parsed, policy, bytes)}\n`);
  });
}

function verifiedWords(receipt: Receipt, policy: Policy, bytes: Buffer): string {
  const { index, origin, size, witnesses } = facts(receipt, policy);
  const by = witnesses.map((w) => `cosigned by ${w.name} at ${w.at}`).join(', ') || 'the policy asks for no witness';
  return `Verified: entry #${index} is in the first ${number(size)} entries of ${origin}; ${by}.\n${saidIn(bytes, index)}`;
}

function saidIn(bytes: Buffer, index: number): string {
  try {
    const entry = JSON.parse(bytes.toString('utf8')) as NewEntry;
    return `It says, at ${entry.at}, by ${entry.actor}: ${sentenceOf({ ...entry, index })}`;
  } catch {
    return 'What it says is of a kind that this version does not know.';
  }
}

const read = (file: string): Promise<Buffer> =>
  readFile(file).catch(() => {
    throw usage(`There is no file ${file}.`);
  });

async function whole(path: string, content: Uint8Array | string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.part`, content);
  await rename(`${path}.part`, path);
}
