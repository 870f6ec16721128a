import './environment.ts';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Report } from '../domain/report/report.ts';
import { stoppingFindings } from '../domain/report/stopping-check.ts';
import { ProcessFailed } from './processes/process.ts';
import { rehearsalOptions, USAGE, UsageError } from './rehearsal/options.ts';
import { rehearse } from './rehearsal/rehearse.ts';
import { checkWords } from './rehearsal/slack/afterwards.ts';
import { checkFinished } from './rehearsal/slack/finished.ts';
import { stoppingWords } from './rehearsal/stopping.ts';
import { ToolMissing } from './setup/tools.ts';

/** `npm run rehearse`: see USAGE. Exit codes are those of the CLI. */
try {
  const options = rehearsalOptions(process.argv.slice(2));
  if (options === 'help') {
    process.stdout.write(USAGE);
  } else if (options.check !== undefined) {
    const check = await checkFinished(options.check);
    const report = JSON.parse(await readFile(join(options.check, 'report.json'), 'utf8')) as Report;
    process.stdout.write(`${[...checkWords(check), ...stoppingWords(report)].join('\n')}\n`);
    process.exitCode = check.findings.length + stoppingFindings(report).length > 0 ? 1 : 0;
  } else {
    process.exitCode = await rehearse(options);
  }
} catch (error) {
  if (error instanceof ToolMissing) {
    for (const line of error.details) process.stderr.write(`  ${line}\n`);
    process.stderr.write(`${error.message}\n`);
    process.exitCode = error.exitCode;
  } else if (error instanceof UsageError) {
    process.stderr.write(`${error.message}\nnpm run rehearse -- --help shows the options.\n`);
    process.exitCode = 2;
  } else {
    process.stderr.write(
      `The rehearsal broke: ${error instanceof ProcessFailed ? error.message : String((error as Error).stack ?? error)}\n`,
    );
    process.exitCode = 1;
  }
}
