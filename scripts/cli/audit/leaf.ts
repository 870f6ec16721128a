import type { Command } from 'commander';
import type { CliIo, ExitCode } from '../io.ts';
import { paintFor } from '../paint.ts';
import { withExamples, type Cli } from '../verb.ts';
import { openSource, type LogSource, type SourceOptions } from './source.ts';
import { tableWidth, type Look } from './tables.ts';

/** One verb of `golive audit`, while it runs. */
export interface AuditRun<O> {
  io: CliIo;
  log: LogSource;
  options: O;
  args: string[];
  look: Look;
}

export interface AuditVerb<O> {
  usage: string;
  summary: string;
  description?: string;
  examples: readonly string[];
  options?(command: Command): void;
  run(given: AuditRun<O>): Promise<ExitCode>;
}

/** A verb that reads a log, wherever it is: the running one, or a copy with `--folder`. */
export function addAuditVerb<O extends object = object>(parent: Command, cli: Cli, verb: AuditVerb<O & SourceOptions>): Command {
  const command = parent
    .command(verb.usage)
    .summary(verb.summary)
    .description(verb.description ?? verb.summary)
    .option('--folder <dir>', 'read a copy of the audit folder instead of the running log')
    .option('--policy <file>', 'what to verify signatures with (default: what came with the connections, or with the copy)');
  withExamples(command, verb.examples);
  verb.options?.(command);
  return command.action(async () => {
    const options = command.optsWithGlobals<O & SourceOptions>();
    const { io } = cli;
    const log = await openSource(io, options, cli.wiring);
    try {
      const args = command.processedArgs.flat().filter((a): a is string => typeof a === 'string');
      cli.exitCode = await verb.run({ io, log, options, args, look: { paint: paintFor(io, options), width: tableWidth(io) } });
    } finally {
      await log.close();
    }
  });
}
