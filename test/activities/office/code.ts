import { ApplicationFailure } from '@temporalio/common';

/** The code with which something is refused, or `allowed`. */
export const codeOf = (attempt: Promise<unknown>): Promise<string> =>
  attempt.then(
    () => 'allowed',
    (error: unknown) => {
      if (!(error instanceof ApplicationFailure) || error.nonRetryable !== true) throw error;
      return error.type ?? '';
    },
  );
