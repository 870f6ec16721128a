import { ActivityFailure, ApplicationFailure, isCancellation, TimeoutFailure } from '@temporalio/workflow';
import { isFailureCode, type FailureCode } from '../domain/failure.ts';

/**
 * What an activity's failure means for the work: its code, `side_effect_unknown` when all attempts ran out of time,
 * or undefined for anything that is not a failure of the business (then it is thrown on).
 */
export function failureCode(error: unknown): FailureCode | undefined {
  if (isCancellation(error) || !(error instanceof ActivityFailure)) return undefined;
  const { cause } = error;
  if (cause instanceof ApplicationFailure && isFailureCode(cause.type)) {
    // Retryable codes come here only when their total bound ran out: nobody knows then what took place.
    return cause.nonRetryable ? cause.type : 'side_effect_unknown';
  }
  return cause instanceof TimeoutFailure ? 'side_effect_unknown' : undefined;
}
