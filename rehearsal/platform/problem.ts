import type { z } from 'zod';
import { PROBLEM_STATUS, type problem } from '../../clients/platform/wire.schema.ts';

export type ProblemCode = z.infer<typeof problem>['code'];

/** A refusal: thrown by a handler before it has changed anything, answered by the server as a problem body. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly retryAfterMs: number | undefined;

  constructor(code: ProblemCode, message: string, retryAfterMs?: number) {
    super(message);
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }

  get status(): number {
    return PROBLEM_STATUS[this.code];
  }

  get body(): z.infer<typeof problem> {
    return {
      code: this.code,
      message: this.message,
      ...(this.retryAfterMs === undefined ? {} : { retryAfterMs: this.retryAfterMs }),
    };
  }
}
