import type { FailureCode } from '../domain/failure.ts';

/**
 * What every client throws when the system behind it did not do what it was asked for. `code` says what it means here;
 * the system's own words are in `message` and `cause`, so callers decide on the code and never on a text.
 */
export class ClientError extends Error {
  override name = 'ClientError';
  readonly code: FailureCode;
  /** How long the other side asked us to wait. */
  readonly retryAfterMs?: number;

  constructor(code: FailureCode, message: string, options: { cause?: unknown; retryAfterMs?: number } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    if (options.retryAfterMs !== undefined) this.retryAfterMs = options.retryAfterMs;
  }
}

export const isClientError = (error: unknown, code?: FailureCode): error is ClientError =>
  error instanceof ClientError && (code === undefined || error.code === code);

/** The log understood the request and will never take it: a mistake in the caller, which no repetition mends. */
export class RecorderRefused extends Error {
  override name = 'RecorderRefused';
}
