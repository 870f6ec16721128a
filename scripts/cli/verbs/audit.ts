import type { Command } from 'commander';
import { adoptVerb } from '../audit/adopt.ts';
import { archiveVerb } from '../audit/archive.ts';
import { exportVerb } from '../audit/export.ts';
import { receiptVerb } from '../audit/receipt.ts';
import { sampleVerb } from '../audit/sample.ts';
import { readingVerbs } from '../audit/reading.ts';
import { withExamples, type Cli } from '../verb.ts';

/** What the log holds, for people who must not have to believe anybody. */
export function auditVerb(program: Command, cli: Cli): void {
  const audit = program
    .command('audit')
    .summary('query, summarise, export and archive the log')
    .description(
      'Reads the running log, or a copy of it with --folder. None of it needs Temporal, and none but adopt changes anything.',
    );
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
  adoptVerb(audit, cli);
}
