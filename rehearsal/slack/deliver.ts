import { createHmac } from 'node:crypto';
import type { Team } from './config.ts';

/** What Slack would never do, for tests: a timestamp that many seconds old (negative: ahead), another secret, another team's id. */
export interface Forgery {
  ageSeconds?: number | undefined;
  secret?: string | undefined;
  team?: string | undefined;
}

export interface Answer {
  status: number | null;
  body: string;
  ms: number;
  /** A 200 in time. */
  acked: boolean;
  error?: string;
}

const ANSWER_WITHIN_MS = 3_000;

/** https://docs.slack.dev/authentication/verifying-requests-from-slack */
export const signature = (secret: string, timestamp: number, body: string): string =>
  `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex')}`;

export async function deliver(
  { signingSecret }: Team,
  request: { url: string; form: Record<string, string>; retry: number; forge: Forgery },
): Promise<Answer> {
  const { url, form, retry, forge } = request;
  const body = new URLSearchParams(form).toString();
  const begun = Date.now();
  // Each repetition is signed at a second of its own; the same bytes again would be a replay.
  const timestamp = Math.floor(begun / 1000) - retry - (forge.ageSeconds ?? 0);
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
        'x-slack-request-timestamp': String(timestamp),
        'x-slack-signature': signature(forge.secret ?? signingSecret, timestamp, body),
        ...(retry === 0 ? {} : { 'x-slack-retry-num': String(retry), 'x-slack-retry-reason': 'http_timeout' }),
      },
      body,
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    const answered = await response.text();
    return { status: response.status, body: answered, ms: Date.now() - begun, acked: response.status === 200 };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return { status: null, body: '', ms: Date.now() - begun, acked: false, error: String(cause) };
  }
}
