import { createHmac, timingSafeEqual } from 'node:crypto';
import type { TurnedAway } from './turned-away.ts';

/** Slack's window, and ours in the other direction too: a request from the future could be kept until it fits. */
export const WINDOW_SECONDS = 300;

export interface Signed {
  /** The very bytes that came: HMAC is over them, not over what a parser makes of them. */
  body: Uint8Array;
  timestamp: string | undefined;
  signature: string | undefined;
}

/** `v0=<hex of HMAC-SHA256 over v0:<timestamp>:<body>>` */
export const slackSignature = (secret: string, timestamp: string, body: Uint8Array | string): string =>
  `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:`).update(body).digest('hex')}`;

/** Why the request is not one that Slack signed just now; undefined when it is. Says nothing of time unless the signature is right. */
export function notFromSlack(secret: string, { body, timestamp, signature }: Signed, nowMs: number): TurnedAway | undefined {
  // An empty secret makes an HMAC that anybody can make.
  if (secret === '' || timestamp === undefined || signature === undefined) return 'bad_signature';
  if (!/^\d{1,12}$/.test(timestamp)) return 'bad_signature';
  const expected = Buffer.from(slackSignature(secret, timestamp, body));
  const given = Buffer.from(signature);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return 'bad_signature';
  const age = nowMs / 1000 - Number(timestamp);
  if (age > WINDOW_SECONDS) return 'old_timestamp';
  return age < -WINDOW_SECONDS ? 'future_timestamp' : undefined;
}
