import { CommanderError } from 'commander';
import { CommandNotTaken, CommandsUnreachable } from '../../clients/commands/port.ts';
import { ClientError } from '../../clients/error.ts';
import { FAILURES } from '../../domain/failure.ts';
import { CliError, EXIT, type CliIo, type ExitCode } from './io.ts';

/** Says how a run of the CLI ended that did not end well, and answers its exit code. */
export function endedBadly(error: unknown, argv: readonly string[], io: CliIo): ExitCode {
  if (io.signal?.aborted) {
    io.stderr('Interrupted. The deployment goes on without this command line.\n');
    return EXIT.interrupted;
  }
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  const told = toldError(error);
  if (argv.includes('--json'))
    io.stdout(`${JSON.stringify({ error: { message: told.message, code: told.code ?? null, next: told.next ?? null } })}\n`);
  io.stderr(`${told.message}\n${told.next === undefined ? '' : `${told.next}\n`}`);
  return told.exitCode;
}

/** Every way in which a run can end badly, in words and with its exit code. */
function toldError(error: unknown): CliError {
  if (error instanceof CliError) return error;
  if (error instanceof CommandsUnreachable) {
    return new CliError(EXIT.unreachable, error.message, {
      next: 'golive doctor shows what answers.',
      code: 'unreachable',
    });
  }
  if (error instanceof CommandNotTaken)
    return new CliError(EXIT.refused, error.message, { next: FAILURES[error.code].next, code: error.code });
  if (error instanceof ClientError) {
    const { sentence, next, retryable } = FAILURES[error.code];
    return new CliError(retryable ? EXIT.unreachable : EXIT.failed, `${sentence} ${error.message}`, { next, code: error.code });
  }
  return new CliError(EXIT.failed, error instanceof Error ? (error.stack ?? error.message) : String(error), {
    next: 'This is a fault of golive itself; please report it with the lines above.',
  });
}
