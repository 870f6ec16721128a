import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { ClientError } from '../clients/error.ts';
import { FAILURES, type FailureCode } from '../domain/failure.ts';

/** Beats while it works, so that a cancellation arrives within seconds and a dead worker is noticed; throttled by the worker. */
const BEAT_MS = 1000;

/** Said by an activity itself: final, with the code that decides what happens next. */
export const refused = (code: FailureCode, detail: string): ApplicationFailure =>
  ApplicationFailure.create({ type: code, message: `${FAILURES[code].sentence} ${detail}`.trim(), nonRetryable: true });

/** Every activity as Temporal runs it: heartbeat, and one translation of errors. Nothing secret is ever in a `ClientError`'s message. */
export function atBoundary<T extends object>(activities: T): T {
  const wrapped = Object.entries(activities).map(([name, activity]) => [
    name,
    bounded(activity as (input: unknown) => Promise<unknown>),
  ]);
  return Object.fromEntries(wrapped) as T;
}

function bounded(activity: (input: unknown) => Promise<unknown>) {
  return async (input: unknown): Promise<unknown> => {
    const context = Context.current();
    const beat = context.info.heartbeatTimeoutMs === undefined ? undefined : setInterval(() => context.heartbeat(), BEAT_MS);
    try {
      return await activity(input);
    } catch (error) {
      throw error instanceof ClientError ? failure(error) : error;
    } finally {
      clearInterval(beat);
    }
  };
}

function failure(error: ClientError): ApplicationFailure {
  const { retryable, sentence } = FAILURES[error.code];
  return ApplicationFailure.create({
    type: error.code,
    message: `${sentence} ${error.message}`,
    nonRetryable: !retryable,
    ...(error.retryAfterMs === undefined ? {} : { nextRetryDelay: error.retryAfterMs }),
  });
}

export const abortSignal = (): AbortSignal => Context.current().cancellationSignal;

/** Waits, and ends at once when the activity is cancelled or the worker shuts down. */
export async function pause(ms: number): Promise<void> {
  await Promise.race([new Promise((resolve) => setTimeout(resolve, ms)), Context.current().cancelled]);
}
