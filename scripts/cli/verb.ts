import { Option, type Command } from 'commander';
import { EXIT, usage, type CliIo, type ExitCode } from './io.ts';
import { openSession, type CommonOptions, type Session } from './session.ts';
import type { Wiring } from './wiring.ts';

/** What verbs share while one command line is carried out. */
export interface Cli {
  io: CliIo;
  wiring: Wiring;
  /** How the run ends. */
  exitCode: ExitCode;
}

export interface Verb<O> {
  /** `hold <name...>` as commander writes it. */
  usage: string;
  summary: string;
  description?: string;
  examples: readonly string[];
  options?(command: Command): void;
  run(session: Session, args: string[], options: O): Promise<ExitCode>;
}

/** Help starts with examples: most people look for a line that they can change. */
export function withExamples(command: Command, examples: readonly string[]): Command {
  return command.addHelpText('before', `EXAMPLES\n${examples.map((line) => `  ${line}`).join('\n')}\n`);
}

export function addVerb<O extends object = object>(program: Command, cli: Cli, verb: Verb<O & CommonOptions>): Command {
  const command = program
    .command(verb.usage)
    .summary(verb.summary)
    .description(verb.description ?? verb.summary);
  withExamples(command, verb.examples);
  verb.options?.(command);
  return command.action(async () => {
    const options = command.optsWithGlobals<O & CommonOptions>();
    const session = await openSession(cli.io, options, cli.wiring);
    try {
      cli.exitCode = await verb.run(
        session,
        command.processedArgs.flat().filter((a): a is string => typeof a === 'string'),
        options,
      );
    } finally {
      await session.systems.close();
    }
  });
}

export const cliOf = (io: CliIo, wiring: Wiring): Cli => ({ io, wiring, exitCode: EXIT.ok });

const UNITS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, min: 60_000, h: 3_600_000, '': 1000 };

/** @example milliseconds('90s') // 90_000 @example milliseconds('2m') // 120_000 */
export function milliseconds(text: string): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)\s*(ms|s|m|min|h|)$/.exec(text.trim()) ?? [];
  if (amount === undefined || unit === undefined) throw usage(`${text} is no duration.`, 'Write 30s, 5m or 2h.');
  return Number(amount) * (UNITS[unit] ?? 1000);
}

/** On every verb, before or after its name. */
export function addCommonOptions(program: Command): void {
  program
    .option(
      '--connections <file>',
      'where the customers are (else GOLIVE_CONNECTIONS, ./golive.yaml, ~/.config/golive/golive.yaml)',
    )
    .option('--customer <name>', 'default: the only one')
    .option('--deployment <name>', 'default: the only one')
    .option('--as <person>', 'who gives the order, by the id in the deployment file')
    .option('--key <file>', "that person's private key (PKCS8 PEM)")
    .option('--role <role>', 'in which role; default: the one of theirs that may')
    .option('--reason <text>', 'why; stands in the log')
    .option('--json', 'data as JSON')
    .addOption(new Option('--timeout <duration>', 'longest wait: 30s, 5m').argParser(milliseconds))
    .option('--yes', 'ask nothing before signing')
    .option('--no-color', 'no colours (NO_COLOR works as well)');
}
