import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ErrorCode, WebClient, type ViewsOpenArguments } from '@slack/web-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RunningSlack, WORKSPACE, type Acted } from './running-slack.ts';

const CHANNEL = 'C0GOLIVE';
const BUTTON = {
  type: 'button',
  action_id: 'golive.sign-approve',
  value: 'q4:card1',
  text: { type: 'plain_text', text: 'Approve' },
} as const;
const CARD = [
  { type: 'section', text: { type: 'mrkdwn', text: '*engineering-ic*' } },
  { type: 'actions', block_id: 'sign', elements: [BUTTON] },
] as const;
const MODAL: ViewsOpenArguments['view'] = {
  type: 'modal',
  callback_id: 'step-up',
  private_metadata: 'card1',
  title: { type: 'plain_text', text: 'Sign' },
  submit: { type: 'plain_text', text: 'Sign' },
  blocks: [
    {
      type: 'input',
      block_id: 'name',
      label: { type: 'plain_text', text: 'Name of the deployment' },
      element: { type: 'plain_text_input', action_id: 'name' },
    },
  ],
};

interface Heard {
  path: string;
  headers: IncomingHttpHeaders;
  raw: string;
}
interface Message {
  ts: string;
  text: string;
  blocks?: unknown[];
}

/** The app: what it hears is kept, and it answers as a test wants it. */
const heard: Heard[] = [];
let answer: (heard: Heard) => Promise<{ status: number; body?: unknown }> = async () => ({ status: 200 });
const app = createServer((request, response) => {
  let raw = '';
  request.on('data', (chunk: Buffer) => (raw += chunk.toString()));
  request.on('end', () => {
    const one = { path: request.url ?? '', headers: request.headers, raw };
    heard.push(one);
    void answer(one).then(({ status, body }) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(body === undefined ? '' : JSON.stringify(body));
    });
  });
});
const payloadOf = ({ raw }: Heard) => JSON.parse(new URLSearchParams(raw).get('payload') ?? '') as Record<string, never>;

describe('the fake Slack', () => {
  let slack: RunningSlack;
  let web: WebClient;
  const client = (token: string) =>
    new WebClient(token, { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 }, rejectRateLimitedCalls: true });
  /** The message with the button, posted once: there is a limit. */
  let ts = '';
  const click = (more: Record<string, unknown> = {}): Promise<Acted> =>
    slack.act({ type: 'click', user: 'U0ADA', channel: CHANNEL, ts, action_id: 'golive.sign-approve', ...more });
  const openModal = async ({ raw }: Heard) => {
    const { trigger_id } = JSON.parse(new URLSearchParams(raw).get('payload') ?? '{}') as { trigger_id: string };
    return web.views.open({ trigger_id, view: MODAL });
  };

  beforeAll(async () => {
    await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve));
    slack = await RunningSlack.start(`http://127.0.0.1:${(app.address() as AddressInfo).port}/slack/acme`);
    web = client(WORKSPACE.botToken);
    ts = (await web.chat.postMessage({ channel: CHANNEL, text: 'card', blocks: [...CARD] })).ts ?? '';
  });
  afterAll(async () => {
    await slack.stop();
    app.close();
  });

  it('refuses calls without its token, in the words that Slack uses', async () => {
    await expect(client('xoxb-somebody').auth.test()).rejects.toMatchObject({ data: { ok: false, error: 'invalid_auth' } });
    await expect(client('').auth.test()).rejects.toMatchObject({ data: { error: 'not_authed' } });
    expect(await web.auth.test()).toMatchObject({ ok: true, team_id: 'T0ACME' });
  });

  it('keeps messages and their edits over kill -9, and gives metadata to whoever asks for it', async () => {
    const metadata = { event_type: 'golive', event_payload: { key: 'card/1' } };
    const { ts: first = '' } = await web.chat.postMessage({ channel: CHANNEL, text: 'first', blocks: [...CARD], metadata });
    await web.chat.postMessage({ channel: CHANNEL, text: 'below', thread_ts: first });
    await web.chat.update({ channel: CHANNEL, ts: first, text: 'decided', blocks: [] });
    await slack.restart();
    const { messages } = await web.conversations.history({ channel: CHANNEL, include_all_metadata: true });
    expect(messages?.[0]).toMatchObject({ ts: first, text: 'decided', blocks: [], metadata });
    const { messages: thread } = await web.conversations.replies({ channel: CHANNEL, ts: first });
    expect(thread?.map((m) => m.text)).toEqual(['decided', 'below']);
    expect(thread?.[0]).not.toHaveProperty('metadata');
  });

  it('sends a click signed and with a trigger, and gives back the modal that was opened for it', async () => {
    answer = async (one) => (await openModal(one), { status: 200 });
    const { acked, views } = await click();
    const last = heard.at(-1) as Heard;
    const stamp = String(last.headers['x-slack-request-timestamp']);
    const signed = createHmac('sha256', WORKSPACE.signingSecret).update(`v0:${stamp}:${last.raw}`).digest('hex');
    expect(last.headers['x-slack-signature']).toBe(`v0=${signed}`);
    expect(payloadOf(last)).toMatchObject({
      type: 'block_actions',
      team: { id: 'T0ACME' },
      user: { id: 'U0ADA' },
      container: { type: 'message', message_ts: ts, channel_id: CHANNEL },
      actions: [{ action_id: 'golive.sign-approve', value: 'q4:card1', block_id: 'sign' }],
    });
    expect({ acked, views }).toMatchObject({ acked: true, views: [{ callback_id: 'step-up', private_metadata: 'card1' }] });
  });

  it('a trigger opens one modal, within its three seconds', async () => {
    answer = async (one) => (await openModal(one), { status: 200 });
    const { trigger } = await click();
    const open = (trigger_id: string) => web.views.open({ trigger_id, view: MODAL });
    await expect(open(trigger)).rejects.toMatchObject({ data: { error: 'exchanged_trigger_id' } });
    answer = async () => ({ status: 200 });
    const late = await click();
    expect(late).toMatchObject({ acked: true, views: [] });
    await expect(open(late.trigger)).rejects.toMatchObject({ data: { error: 'expired_trigger_id' } });
    await expect(open('1.2.three')).rejects.toMatchObject({ data: { error: 'invalid_trigger_id' } });
  });

  it('a submit carries what was typed; errors keep the modal, anything else that is acked changes or closes it', async () => {
    answer = async (one) => (await openModal(one), { status: 200 });
    const { views } = await click();
    const view = views[0]?.id ?? '';
    const submit = () => slack.act({ type: 'submit', user: 'U0ADA', view, values: { name: 'q4' } });
    await expect(slack.act({ type: 'submit', user: 'U0ADA', view, values: {} })).rejects.toThrow('required_field_is_empty');
    answer = async () => ({ status: 200, body: { response_action: 'errors', errors: { name: 'Not recorded' } } });
    expect((await submit()).view).toMatchObject({ id: view });
    expect(payloadOf(heard.at(-1) as Heard)).toMatchObject({
      type: 'view_submission',
      view: { id: view, private_metadata: 'card1', state: { values: { name: { name: { value: 'q4' } } } } },
    });
    answer = async () => ({ status: 500 });
    expect(await submit()).toMatchObject({ acked: false, view: { id: view } });
    const { blocks: _fields, submit: _button, ...told } = MODAL;
    const text = { type: 'section', text: { type: 'plain_text', text: 'Handed in' } };
    answer = async () => ({ status: 200, body: { response_action: 'update', view: { ...told, blocks: [text] } } });
    const after = await submit();
    expect(after.view).toMatchObject({ id: view, blocks: [text] });
    await expect(web.views.update({ view_id: view, hash: 'old', view: { ...told, blocks: [] } })).rejects.toMatchObject({
      data: { error: 'hash_conflict' },
    });
    await web.views.update({ view_id: view, hash: after.view?.hash ?? '', view: { ...told, blocks: [] } });
    answer = async () => ({ status: 200 });
    expect(await submit()).toMatchObject({ acked: true, view: null });
    await expect(web.views.update({ view_id: view, view: { ...told, blocks: [] } })).rejects.toMatchObject({
      data: { error: 'not_found' },
    });
  });

  it('duplicates are the same request again with another signature, and all are remembered', async () => {
    answer = async () => ({ status: 200 });
    const before = heard.length;
    await click({ duplicates: 2, patienceMs: 0 });
    const sent = heard.slice(before);
    expect(new Set(sent.map(({ raw }) => raw)).size).toBe(1);
    expect(new Set(sent.map(({ headers }) => headers['x-slack-signature'])).size).toBe(3);
    expect(sent.map(({ headers }) => headers['x-slack-retry-num']).sort()).toEqual(['1', '2', undefined]);
    const deliveries = await slack.look<{ what: string; acked: boolean }[]>('/control/deliveries');
    expect(deliveries.slice(-3)).toMatchObject(Array(3).fill({ what: 'golive.sign-approve', value: 'q4:card1', acked: true }));
  });

  it('what no Slack would send is sent on request, and a value that no button holds', async () => {
    await click({ patienceMs: 0, value: 'q4:another', forge: { ageSeconds: 400, team: 'T0ELSE', secret: 'guessed' } });
    const last = heard.at(-1) as Heard;
    expect(Date.now() / 1000 - Number(last.headers['x-slack-request-timestamp'])).toBeGreaterThan(399);
    expect(payloadOf(last)).toMatchObject({ team: { id: 'T0ELSE' }, actions: [{ value: 'q4:another' }] });
  });

  it('a slash command comes as a form; what is answered is seen by its author alone', async () => {
    answer = async () => ({ status: 200, body: { response_type: 'ephemeral', text: 'on track' } });
    const { acked } = await slack.act({
      ...{ type: 'command', user: 'U0ADA', command: '/golive', text: 'status', channel: CHANNEL, patienceMs: 0 },
    });
    const last = heard.at(-1) as Heard;
    expect(acked).toBe(true);
    expect(Object.fromEntries(new URLSearchParams(last.raw))).toMatchObject({
      ...{ command: '/golive', text: 'status', user_id: 'U0ADA', team_id: 'T0ACME', channel_id: CHANNEL },
    });
    const url = new URLSearchParams(last.raw).get('response_url') ?? '';
    await fetch(url, { method: 'POST', body: JSON.stringify({ text: 'and still is' }) });
    const seen = await slack.look<Message[]>('/control/ephemerals?user=U0ADA');
    expect(seen.map((m) => m.text)).toEqual(['on track', 'and still is']);
  });

  it('refuses blocks that are larger than Slack allows', async () => {
    const section = (length: number) => ({ type: 'section', text: { type: 'mrkdwn', text: 'x'.repeat(length) } }) as const;
    const postBlocks = (blocks: unknown[]) =>
      web.chat.postEphemeral({ channel: CHANNEL, user: 'U0ADA', text: 'x', blocks: blocks as never });
    const refused = { data: { error: 'invalid_blocks' } };
    await expect(postBlocks([section(3001)])).rejects.toMatchObject(refused);
    await expect(postBlocks(Array.from({ length: 51 }, () => section(1)))).rejects.toMatchObject(refused);
    await expect(postBlocks([{ type: 'actions', elements: [{ ...BUTTON, value: 'x'.repeat(2001) }] }])).rejects.toMatchObject(
      refused,
    );
  });

  it('one message a second and channel; more is refused with the time to wait', async () => {
    const { errors, posted } = await burst(() => web.chat.postMessage({ channel: CHANNEL, text: 'one more' }));
    expect(posted).toBeLessThanOrEqual(4);
    expect(errors.length).toBeGreaterThanOrEqual(6);
    for (const error of errors) expect(error).toMatchObject({ code: ErrorCode.RateLimitedError });
    expect(Math.max(...errors.map((e) => e.retryAfter))).toBeLessThanOrEqual(4);
  });

  async function burst(call: () => Promise<unknown>) {
    const results = await Promise.allSettled(Array.from({ length: 10 }, call));
    return {
      posted: results.filter((r) => r.status === 'fulfilled').length,
      errors: results.flatMap((r) => (r.status === 'rejected' ? [r.reason as { retryAfter: number }] : [])),
    };
  }

  it('can be down for everybody but the conductor', async () => {
    await slack.change({ action: 'down-for', ms: 400 });
    await expect(web.auth.test()).rejects.toMatchObject({ code: ErrorCode.HTTPError });
    await expect(click()).rejects.toThrow('slack_is_down');
    await new Promise((resolve) => setTimeout(resolve, 450));
    expect(await web.auth.test()).toMatchObject({ ok: true });
  });

  it('knows guests and the deactivated, and somebody can become one', async () => {
    expect(await web.users.info({ user: 'U0GUEST' })).toMatchObject({ user: { is_restricted: true, team_id: 'T0ACME' } });
    await slack.change({ action: 'user', id: 'U0ADA', deleted: true });
    expect(await web.users.info({ user: 'U0ADA' })).toMatchObject({ user: { deleted: true, real_name: 'Ada Berg' } });
    await expect(web.users.info({ user: 'U0NOBODY' })).rejects.toMatchObject({ data: { error: 'user_not_found' } });
  });

  it('remembers what came to the webhooks of Teams and the pager', async () => {
    await fetch(`${slack.origin}/pager`, { method: 'POST', body: '{"version":"4"}', headers: { authorization: 'Bearer p' } });
    await fetch(`${slack.origin}/teams/acme`, { method: 'POST', body: '{"type":"message"}' });
    const sinks = await slack.look<unknown[]>('/control/sinks');
    expect(sinks).toMatchObject([
      { sink: '/pager', authorization: 'Bearer p', body: { version: '4' } },
      { sink: '/teams/acme', body: { type: 'message' } },
    ]);
  });
});
