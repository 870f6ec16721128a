import { FAILURES, type FailureCode } from '../../domain/failure.ts';

/** What a run of the CLI may touch of the process around it. Nothing else: the conductor of a rehearsal runs many at once. */
export interface CliIo {
  /** Data. */
  stdout(text: string): void;
  /** Messages to people. */
  stderr(text: string): void;
  /** A person looks at it: colours, screens that refresh, questions. */
  isTTY: boolean;
  now(): number;
  signal?: AbortSignal;
  /** Size of the terminal. */
  columns?: number;
  rows?: number;
  /** Variables that count: GOLIVE_CONNECTIONS, NO_COLOR, XDG_CONFIG_HOME, HOME. None by default. */
  env?: Readonly<Record<string, string | undefined>>;
  /** Asks a person and waits for the answer; absent where nobody could answer. */
  ask?(question: string): Promise<string>;
}

export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  waiting: 3,
  unreachable: 4,
  refused: 5,
  unverified: 6,
  interrupted: 130,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Ends a run of the CLI: what went wrong, and how to mend it. */
export class CliError extends Error {
  override name = 'CliError';
  readonly exitCode: ExitCode;
  readonly next: string | undefined;
  /** For `--json`. */
  readonly code: string | undefined;
  constructor(exitCode: ExitCode, message: string, options: { next?: string; code?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.exitCode = exitCode;
    this.next = options.next;
    this.code = options.code;
  }
}

export const usage = (message: string, next?: string): CliError => new CliError(EXIT.usage, message, { next });

/** One of the ways in which golive can say no, as the operator reads it. */
export const failure = (exitCode: ExitCode, code: FailureCode, detail?: string): CliError =>
  new CliError(exitCode, detail ?? FAILURES[code].sentence, { next: FAILURES[code].next, code });
