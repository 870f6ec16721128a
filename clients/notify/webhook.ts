import { request } from 'undici';
import { ClientError } from '../error.ts';
import { Turns } from './turns.ts';

interface WebhookSettings {
  /** What it is called in errors; the address itself is a secret and is never quoted. */
  name: string;
  url: string;
  token?: string;
  timeoutMs?: number;
}

/** Both Teams and whatever takes Alertmanager's webhooks: a POST of JSON, about one a second. */
export function jsonWebhook({ name, url, token, timeoutMs = 10_000 }: WebhookSettings) {
  const turns = new Turns(1_000);
  return async (body: unknown, signal?: AbortSignal): Promise<void> => {
    await turns.next(signal);
    const timeout = AbortSignal.timeout(timeoutMs);
    const answer = await request(url, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    }).catch((error: unknown) => {
      if (signal?.aborted) throw error;
      throw new ClientError('notify_unreachable', `${name}: no answer.`);
    });
    const { statusCode } = answer;
    await answer.body.dump().catch(() => undefined);
    if (statusCode < 300) return;
    if (statusCode === 429) {
      const seconds = Number(answer.headers['retry-after']);
      const retryAfterMs = seconds > 0 ? seconds * 1000 : 5_000;
      turns.hold(retryAfterMs);
      throw new ClientError('notify_limited', `${name}.`, { retryAfterMs });
    }
    throw new ClientError(statusCode >= 500 ? 'notify_unreachable' : 'notify_refused', `${name}: status ${statusCode}.`);
  };
}
