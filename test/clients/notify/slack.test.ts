import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebClient } from '@slack/web-api';
import { slackChannel } from '../../../clients/notify/slack/channel.ts';
import { isClientError } from '../../../clients/error.ts';
import type { Channel, Message } from '../../../clients/notify/port.ts';
import type { Notice } from '../../../domain/notice.ts';
import { RunningSlack, WORKSPACE } from '../../rehearsal/slack/running-slack.ts';

const CHANNEL = 'C0GOLIVE';
const DEPLOYMENT = 'acme/q4';
const SINCE = { channel: CHANNEL, deployment: DEPLOYMENT, sinceMs: 0 };
const message = (key: string, notice: Partial<Notice> = {}, mention: string[] = []): Message => ({
  ...{ deployment: DEPLOYMENT, key, mention },
  notice: { title: key, tone: 'info', lines: ['plain words'], ...notice },
});
const codeOf = (error: unknown): string => (isClientError(error) ? error.code : String(error));

interface Shown {
  ts: string;
  text: string;
  thread_ts?: string;
  broadcast?: boolean;
  blocks: unknown[];
}

describe('Slack as a place where people are told', () => {
  let slack: RunningSlack;
  let port: Channel;
  const channel = (botToken = WORKSPACE.botToken) => slackChannel({ botToken, apiUrl: slack.apiUrl, timeoutMs: 2_000 });
  const shown = async (ts: string): Promise<Shown | undefined> =>
    (await slack.look<Shown[]>(`/control/messages?channel=${CHANNEL}`)).find((m) => m.ts === ts);

  /** On a slow machine calls come in clumps, and Slack asks for a pause: who posts is told, and posts again. */
  const posted = async (...args: Parameters<Channel['post']>): ReturnType<Channel['post']> => {
    for (;;) {
      const place = await port.post(...args).catch((error: unknown) => {
        if (!isClientError(error, 'notify_limited')) throw error;
      });
      if (place !== undefined) return place;
    }
  };

  beforeAll(async () => {
    slack = await RunningSlack.start('http://127.0.0.1:9/slack/acme');
    port = channel();
  });
  afterAll(() => slack.stop());

  it('shows a notice with its facts and buttons, and whoever is named is called; its words call nobody', async () => {
    const notice: Partial<Notice> = {
      lines: ['<!channel> & <@U0ADA> are only words'],
      facts: Array.from({ length: 12 }, (_, i) => ({ label: `fact ${i}`, value: 'x'.repeat(3000) })),
      buttons: [{ action: 'ack', label: 'I take it on', value: 'q4:sign/cfo/1', style: 'primary' }],
    };
    const { ts } = await port.post(CHANNEL, message('drawn', notice, ['U0ADA']));
    const text = JSON.stringify((await shown(ts))?.blocks);
    expect(text).toContain('&lt;!channel&gt; &amp; &lt;@U0ADA&gt; are only words');
    expect(text).toContain('"<@U0ADA>"');
    expect(text).toContain('"golive.ack"');
    expect(text).toContain('fact 11');
  });

  it('finds what it posted by what went with it unseen, in the channel and in a thread, and nothing of another deployment', async () => {
    const root = await posted(CHANNEL, message('root'));
    const below = await posted(CHANNEL, message('status/1'), { ts: root.ts, broadcast: false });
    const loud = await posted(CHANNEL, message('end'), { ts: root.ts, broadcast: true });
    const other = await posted(CHANNEL, { ...message('root'), deployment: 'acme/q5' });
    const beside = await port.posted(SINCE);
    expect(beside.get('root')).toEqual(root);
    expect(beside.get('end')).toEqual(loud);
    expect(beside.has('status/1')).toBe(false);
    const under = await port.posted({ ...SINCE, under: root.ts });
    expect(under.get('status/1')).toEqual(below);
    expect(await port.posted({ ...SINCE, deployment: 'acme/q5' })).toEqual(new Map([['root', other]]));
    expect((await shown(loud.ts))?.broadcast).toBe(true);
    expect((await shown(below.ts))?.thread_ts).toBe(root.ts);
  });

  it('is edited in place: a message keeps its place and what it is found by, and loses its buttons', async () => {
    const buttons: Notice['buttons'] = [{ action: 'sign-approve', label: 'Approve', value: 'q4:x' }];
    const place = await posted(CHANNEL, message('card/x', { buttons }));
    await port.edit(place, message('card/x', { title: 'decided' }));
    const after = await shown(place.ts);
    expect(after?.text).toContain('decided');
    expect(JSON.stringify(after?.blocks)).not.toContain('golive.sign');
    expect((await port.posted(SINCE)).get('card/x')).toEqual(place);
  });

  it('says how long it wants to be left alone, and is: nothing is sent before, and nothing twice', async () => {
    const impatient = { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 }, rejectRateLimitedCalls: true };
    const somebodyElse = new WebClient(WORKSPACE.botToken, impatient);
    const burst = async (): Promise<unknown> => {
      const others = Array.from({ length: 8 }, () =>
        somebodyElse.chat.postMessage({ channel: CHANNEL, text: 'x' }).catch(() => null),
      );
      await Promise.all(others);
      return port.post(CHANNEL, message('too early')).catch((error: unknown) => error);
    };
    let first = await burst();
    // A machine may be so slow that no four of them come within Slack's four seconds.
    for (let tries = 1; tries < 20 && !isClientError(first); tries++) first = await burst();
    expect(codeOf(first)).toBe('notify_limited');
    const wanted = isClientError(first) ? (first.retryAfterMs ?? 0) : 0;
    expect(wanted).toBeGreaterThan(0);
    const from = Date.now();
    const place = await port.post(CHANNEL, message('limited'));
    expect(Date.now() - from).toBeGreaterThanOrEqual(wanted - 50);
    expect((await port.posted(SINCE)).get('limited')).toEqual(place);
  });

  it('that is away may have taken it or not; a channel or token that is wrong never will, and no error shows the token', async () => {
    expect(
      codeOf(
        await channel()
          .post('C0NOWHERE', message('a'))
          .catch((e: unknown) => e),
      ),
    ).toBe('notify_refused');
    const wrong = await channel('xoxb-other')
      .post(CHANNEL, message('a'))
      .catch((e: unknown) => e);
    expect(codeOf(wrong)).toBe('notify_refused');
    expect(String(wrong)).not.toContain('xoxb');
    await slack.kill();
    const away = await channel()
      .post(CHANNEL, message('a'))
      .catch((e: unknown) => e);
    expect(codeOf(away)).toBe('notify_unreachable');
    expect(String(away)).not.toContain('xoxb');
    await slack.restart();
    await port.post(CHANNEL, message('back'));
  });
});
