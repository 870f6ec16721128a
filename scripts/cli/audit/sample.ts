import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { receiptProblem } from '../../../audit/tlog/receipt.ts';
import { drawSample } from '../../../domain/audit-sample.ts';
import { number, plural } from '../../../domain/describe/words.ts';
import type { EntryKind } from '../../../domain/entry.ts';
import { CliError, EXIT, usage } from '../io.ts';
import type { Cli } from '../verb.ts';
import { indexOf } from './filter.ts';
import { addAuditVerb } from './leaf.ts';
import { entryBytes, signatureProblem, type LogSource, type SourceOptions } from './source.ts';
import type { Policy } from '../../../audit/tlog/policy.ts';

interface SampleOptions extends SourceOptions {
  share: string;
  size?: string;
  out?: string;
}

interface Drawn {
  index: number;
  kind: EntryKind | null;
  id: string | null;
  verified: boolean;
  problem: string | null;
}

export interface Sample {
  origin: string;
  size: number;
  /** base64, as in the checkpoint. */
  root: string;
  share: number;
  indexes: number[];
  verified: number;
  entries: Drawn[];
}

export function sampleVerb(audit: Command, cli: Cli): void {
  addAuditVerb<SampleOptions>(audit, cli, {
    usage: 'sample',
    summary: 'draw one entry in a hundred, and verify that each is in the log',
    description:
      'The draw follows from size and root of the last published checkpoint: nobody can choose it, anybody can repeat it.\nEach drawn entry is verified against the checkpoint, under the policy. Exit 0, or 6 when one does not verify.',
    examples: [
      'golive audit sample --json --out sample.json',
      'golive audit sample --folder audit/ --policy policy',
      'golive audit sample --folder audit/ --size 84900   # the draw as it was at that size',
    ],
    options: (c) =>
      c
        .option('--share <share>', 'how much is drawn; the runbook fixes one in a hundred', '0.01')
        .option('--size <n>', 'draw as at this size (with --folder)')
        .option('--out <file>', 'write the result as JSON, too'),
    async run({ io, log, options }) {
      if (Number(options.share) !== 0.01)
        throw usage(`--share ${options.share}: the runbook (W2.09) fixes one in a hundred, 0.01.`);
      const known = await log.policy();
      if (!known) throw usage('A sample is verified under a policy, and none was given.', 'Give it with --policy FILE.');
      const sample = await drawn(log, known.policy, indexOf('size', options.size));
      const text = `${JSON.stringify(sample, null, 2)}\n`;
      if (options.out !== undefined) await writeFile(options.out, text);
      const { indexes, verified, size, origin, root } = sample;
      if (options.json === true) io.stdout(text);
      else {
        io.stdout(
          `${plural(indexes.length, 'entry', 'entries')} of ${number(size)} drawn by root ${root} of ${origin}; ${number(verified)} verified.\n`,
        );
        for (const one of sample.entries.filter((e) => !e.verified)) io.stdout(`#${one.index}: ${one.problem ?? ''}\n`);
      }
      if (verified === indexes.length) return EXIT.ok;
      io.stderr(`${indexes.length - verified} of the drawn entries did not verify.\nNext: golive verify\n`);
      return EXIT.unverified;
    },
  });
}

/** Receipts are of the last published checkpoint: when it moves on while they are fetched, the draw starts anew. */
const ATTEMPTS = 5;
const AT_ONCE = 16;

async function drawn(log: LogSource, policy: Policy, asked: number | undefined): Promise<Sample> {
  for (let attempt = 1; ; attempt++) {
    const checkpoint = await log.checkpoint();
    if (!checkpoint || checkpoint.size === 0)
      throw new CliError(EXIT.waiting, `Nothing of ${log.name} is published yet.`, { next: 'Ask again in a few minutes.' });
    const problem = signatureProblem(checkpoint, policy);
    if (problem !== null)
      throw new CliError(EXIT.unverified, `The checkpoint does not hold: ${problem}.`, { code: 'log_damaged' });
    const size = asked ?? checkpoint.size;
    const root = asked === undefined ? checkpoint.root : await log.rootAt(size);
    if (!root)
      throw usage(
        `The root of the first ${number(size)} entries is not known here.`,
        'golive audit archive makes a copy; ask with --folder.',
      );
    const indexes = drawSample(size, root.toString('base64'));
    const entries: Drawn[] = [];
    for (let i = 0; i < indexes.length; i += AT_ONCE) {
      const some = await Promise.all(
        indexes.slice(i, i + AT_ONCE).map((index) => verifiedEntry(log, index, policy, checkpoint.root)),
      );
      if (some.includes('moved')) break;
      entries.push(...some.filter((e) => e !== 'moved'));
    }
    if (entries.length < indexes.length) {
      if (attempt < ATTEMPTS) continue;
      throw new CliError(EXIT.waiting, 'The log was published again and again while the sample was drawn.', {
        next: 'Ask again, or ask a copy with --folder.',
      });
    }
    const verified = entries.filter((e) => e.verified).length;
    return { origin: checkpoint.origin, size, root: root.toString('base64'), share: 0.01, indexes, verified, entries };
  }
}

async function verifiedEntry(log: LogSource, index: number, policy: Policy, root: Buffer): Promise<Drawn | 'moved'> {
  const [entry, receipt] = await Promise.all([log.entry(index), log.receipt(index)]);
  if (!entry || !receipt) return { index, kind: null, id: null, verified: false, problem: 'the log does not give it' };
  if (!receipt.checkpoint.root.equals(root)) return 'moved';
  const problem = receiptProblem(receipt, entryBytes(entry), policy);
  return { index, kind: entry.kind, id: entry.id, verified: problem === null, problem };
}
