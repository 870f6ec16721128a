import { Command } from 'commander';
import type { CliIo } from './io.ts';

/** The program without its verbs: it writes where `io` says, and never ends the process. */
export function newProgram(io: CliIo): Command {
  return new Command('golive')
    .description('A durable go-live engine: from a signed manifest set to live agents in 72 hours.')
    .usage('<verb> [options]')
    .exitOverride()
    .showSuggestionAfterError()
    .configureHelp({ showGlobalOptions: true, helpWidth: Math.min(io.columns ?? 100, 100) })
    .configureOutput({
      writeOut: (text) => io.stdout(text),
      writeErr: (text) => io.stderr(text),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
}
