import {
  LogLevel,
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
  WebClient,
} from '@slack/web-api';
import { ClientError } from '../../error.ts';
import type { Channel, Message, Place } from '../port.ts';
import { Turns } from '../turns.ts';
import { METADATA_EVENT } from './actions.ts';
import { drawn } from './blocks.ts';

interface SlackSettings {
  botToken: string;
  /** `https://slack.com/api/`, if it is not given. */
  apiUrl?: string;
  timeoutMs?: number;
}

/** Slack allows about one message a second and channel, and fifty edits or readings a minute; we stay a little below. */
const APART_MS = { post: 1_050, edit: 1_250, read: 1_250 } as const;
const PAGE = 200;

/** Slack says these of itself; all other words of refusal are about what we asked. */
const AILING = ['internal_error', 'fatal_error', 'service_unavailable', 'request_timeout', 'team_added_to_org'];

/** Slack's Web API. Repetition is the caller's, who knows what may be said twice. */
export function slackChannel({ botToken, apiUrl, timeoutMs = 10_000 }: SlackSettings): Channel {
  const client = new WebClient(botToken, {
    ...(apiUrl === undefined ? {} : { slackApiUrl: apiUrl }),
    timeout: timeoutMs,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    allowAbsoluteUrls: false,
    // What goes wrong is thrown, and told by the caller.
    logger: silent(),
  });
  const posts = new Map<string, Turns>();
  const edits = new Turns(APART_MS.edit);
  const reads = new Turns(APART_MS.read);

  async function call<T>(turns: Turns, what: string, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    await turns.next(signal);
    try {
      return await work();
    } catch (error) {
      const failure = failureOf(what, error);
      if (failure.retryAfterMs !== undefined) turns.hold(failure.retryAfterMs);
      throw failure;
    }
  }

  return {
    async post(channel, message, under, signal) {
      let turns = posts.get(channel);
      if (turns === undefined) posts.set(channel, (turns = new Turns(APART_MS.post)));
      const thread = under === undefined ? {} : { thread_ts: under.ts, reply_broadcast: under.broadcast };
      const answer = await call(turns, 'chat.postMessage', signal, () =>
        client.chat.postMessage({ channel, ...content(message), ...thread, unfurl_links: false, unfurl_media: false }),
      );
      if (answer.channel === undefined || answer.ts === undefined)
        throw new ClientError('notify_unreachable', 'chat.postMessage answered without the place of the message.');
      return { channel: answer.channel, ts: answer.ts };
    },

    async edit({ channel, ts }, message, signal) {
      await call(edits, 'chat.update', signal, () => client.chat.update({ channel, ts, ...content(message) }));
    },

    async posted({ channel, under, deployment, sinceMs }, signal) {
      const found = new Map<string, Place>();
      const oldest = String(Math.max(0, sinceMs / 1000));
      let cursor: string | undefined;
      do {
        const page = { channel, oldest, limit: PAGE, include_all_metadata: true, ...(cursor === undefined ? {} : { cursor }) };
        const answer = await call(reads, 'conversations', signal, () =>
          under === undefined ? client.conversations.history(page) : client.conversations.replies({ ...page, ts: under }),
        );
        for (const { ts, metadata } of answer.messages ?? []) {
          if (ts === undefined || metadata?.event_type !== METADATA_EVENT) continue;
          const { key, deployment: whose } = (metadata.event_payload ?? {}) as Record<string, unknown>;
          if (typeof key === 'string' && whose === deployment && !found.has(key)) found.set(key, { channel, ts });
        }
        cursor = answer.response_metadata?.next_cursor;
      } while (cursor !== undefined && cursor !== '');
      return found;
    },
  };
}

const content = ({ deployment, key, notice, mention }: Message) => ({
  ...drawn(notice, mention),
  metadata: { event_type: METADATA_EVENT, event_payload: { deployment, key } },
});

/** Nothing of the request is quoted: it carries the token. */
function failureOf(what: string, error: unknown): ClientError {
  if (error instanceof WebAPIRateLimitedError)
    return new ClientError('notify_limited', `${what}.`, { retryAfterMs: error.retryAfter * 1000 });
  if (error instanceof WebAPIPlatformError) {
    const word = error.data.error;
    if (word === 'ratelimited') return new ClientError('notify_limited', `${what}.`, { retryAfterMs: 5_000 });
    return new ClientError(AILING.includes(word) ? 'notify_unreachable' : 'notify_refused', `${what}: ${word}.`);
  }
  if (error instanceof WebAPIHTTPError) {
    const code = error.statusCode >= 500 || error.statusCode === 408 ? 'notify_unreachable' : 'notify_refused';
    return new ClientError(code, `${what}: status ${error.statusCode}.`);
  }
  if (error instanceof WebAPIRequestError) return new ClientError('notify_unreachable', `${what}: no answer.`, { cause: error });
  throw error;
}

const silent = () => {
  const nothing = (): void => undefined;
  return {
    debug: nothing,
    info: nothing,
    warn: nothing,
    error: nothing,
    setLevel: nothing,
    setName: nothing,
    getLevel: () => LogLevel.ERROR,
  };
};
