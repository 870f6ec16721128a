import type { Command } from 'commander';
import { archiveVerb } from '../audit/archive.ts';
import { exportVerb } from '../audit/export.ts';
import { receiptVerb } from '../audit/receipt.ts';
import { sampleVerb } from '../audit/sample.ts';
import { readingVerbs } from '../audit/reading.ts';
import { usage } from '../io.ts';
import { withExamples, type Cli } from '../verb.ts';

/** What the log holds, for people who must not have to believe anybody. */
export function auditVerb(program: Command, cli: Cli): void {
  const audit = program
    .command('audit')
    .summary('query, summarise, export and archive the log')
    .description('Reads the running log, or a copy of it with --folder. None of it changes anything, or needs Temporal.');
  withExamples(audit, [
    'golive audit summary',
    'golive audit decisions --decision refused',
    'golive audit query --agent sales-ic-research-0007',
    'golive audit receipt sales-ic-research-0007 --out receipt.tlog-proof',
    'golive audit archive --out acme-audit.tar.gz',
  ]);
  readingVerbs(audit, cli);
  exportVerb(audit, cli);
  receiptVerb(audit, cli);
  sampleVerb(audit, cli);
  archiveVerb(audit, cli);
  adoptVerb(audit);
}

/** Stopping without Temporal leaves signed files; entering them is only possible once there is such stopping. */
function adoptVerb(audit: Command): void {
  const command = audit
    .command('adopt [files...]')
    .summary('enter what was stopped without Temporal (waived: not built yet)')
    .description(`${ADOPT} Nothing is done; exit 2.`)
    .allowUnknownOption();
  withExamples(command, ['golive audit adopt   # waived: not built yet']).action(() => {
    throw usage(`golive audit adopt: ${ADOPT} Nothing was done.`, 'golive audit query shows what the log holds already.');
  });
}

const ADOPT =
  'waived: not built yet. It will enter the signed intent and outcome files that golive halt --direct leaves when it stops agents without Temporal; halting is not built yet either.';
