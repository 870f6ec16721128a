import type { z } from 'zod';
import type { problem } from '../../clients/platform/wire.schema.ts';

export type ProblemCode = z.infer<typeof problem>['code'];

const STATUS: Record<ProblemCode, number> = {
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  agent_in_other_deployment: 409,
  fenced: 409,
  above_ceiling: 409,
  precondition_failed: 412,
  invalid: 422,
  precondition_required: 428,
  rate_limited: 429,
  internal: 500,
  unavailable: 503,
};

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
    return STATUS[this.code];
  }

  get body(): z.infer<typeof problem> {
    return {
      code: this.code,
      message: this.message,
      ...(this.retryAfterMs === undefined ? {} : { retryAfterMs: this.retryAfterMs }),
    };
  }
}
