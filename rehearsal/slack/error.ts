/** A refusal in Slack's own words, answered as `{ok: false, error}`. */
export class SlackError extends Error {
  readonly more: Record<string, unknown>;

  constructor(error: string, more: Record<string, unknown> = {}) {
    super(error);
    this.more = more;
  }
}

/** `invalid_arguments`, `invalid_blocks` and their like say what was wrong with which field. */
export const invalid = (error: string, ...messages: string[]): SlackError =>
  new SlackError(error, { response_metadata: { messages: messages.map((m) => `[ERROR] ${m}`) } });

/** Answered as HTTP 429 with Retry-After. */
export class RateLimited extends SlackError {
  readonly retryAfter: number;

  constructor(waitMs: number) {
    super('ratelimited');
    this.retryAfter = Math.max(1, Math.ceil(waitMs / 1000));
  }
}
