import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isClientError } from '../../../clients/error.ts';
import { alertmanagerPager } from '../../../clients/notify/pager/alertmanager.ts';
import type { Alert } from '../../../clients/notify/port.ts';
import { teamsWebhook } from '../../../clients/notify/teams/webhook.ts';

let server: Server;
let url = '';
let answer: { status: number; headers?: Record<string, string> };
const heard: { headers: IncomingHttpHeaders; body: Record<string, never> }[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    let raw = '';
    request.on('data', (chunk: Buffer) => (raw += chunk.toString()));
    request.on('end', () => {
      heard.push({ headers: request.headers, body: JSON.parse(raw) as Record<string, never> });
      response.writeHead(answer.status, answer.headers).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook/SECRET`;
});
beforeEach(() => {
  heard.length = 0;
  answer = { status: 200 };
});
afterAll(() => server.close());

const alert: Alert = {
  ...{ key: 'acme/q4/escalation/sign/cfo/1/on-call', status: 'firing', startsAt: '2026-03-06T12:00:00.000Z' },
  labels: { alertname: 'GoliveNobodyActed', severity: 'warning' },
  annotations: { summary: 'Nobody has acted: sign 3 cohort groups' },
};

describe('Teams', () => {
  it('is sent an Adaptive Card whose words are words and no Markdown, and which says where to answer', async () => {
    await teamsWebhook({ webhook: url }).send({
      ...{ deployment: 'acme/q4', key: 'card/x', mention: [] },
      notice: {
        ...{ title: 'sales-ic: to be signed', tone: 'warn', lines: ['*not bold*'] },
        facts: [{ label: 'Agents', value: '60' }],
        links: [{ label: 'Report', url: 'https://example.com/report' }],
        buttons: [{ action: 'sign-approve', label: 'Approve', value: 'q4:x' }],
      },
    });
    const [{ body } = { body: {} }] = heard;
    expect(body).toMatchObject({
      type: 'message',
      attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content: { type: 'AdaptiveCard' } }],
    });
    const text = JSON.stringify(body);
    expect(text).toContain(String.raw`\\*not bold\\*`);
    expect(text).toContain('"Action.OpenUrl"');
    expect(text).toContain('Answered in Slack or with the golive CLI.');
    expect(text).not.toContain('q4:x');
  });

  it.each([
    [500, 'notify_unreachable'],
    [404, 'notify_refused'],
    [429, 'notify_limited'],
  ])('that answers %i means %s, and the error keeps the address to itself', async (status, code) => {
    answer = { status, headers: { 'retry-after': '1' } };
    const notice = { title: 't', tone: 'info' as const, lines: [] };
    const error = await teamsWebhook({ webhook: url })
      .send({ deployment: 'acme/q4', key: 'k', notice, mention: [] })
      .catch((e: unknown) => e);
    expect(isClientError(error) && error.code).toBe(code);
    expect(isClientError(error) && error.retryAfterMs).toBe(status === 429 ? 1000 : undefined);
    expect(String(error)).not.toContain('SECRET');
  });
});

describe('the pager', () => {
  it("is sent Alertmanager's webhook, version 4: the same alert fires and is resolved", async () => {
    const pager = alertmanagerPager({ url, token: 'pager-token' });
    await pager.page(alert);
    await pager.page({ ...alert, status: 'resolved', endsAt: '2026-03-06T12:10:00.000Z' });
    expect(heard.map((h) => h.headers.authorization)).toEqual(['Bearer pager-token', 'Bearer pager-token']);
    const [fired, resolved] = heard.map((h) => h.body as unknown as { groupKey: string; alerts: { fingerprint: string }[] });
    expect(fired).toMatchObject({
      ...{ version: '4', status: 'firing', truncatedAlerts: 0, receiver: 'golive' },
      ...{ groupLabels: alert.labels, commonLabels: alert.labels, commonAnnotations: alert.annotations },
      alerts: [{ status: 'firing', startsAt: alert.startsAt, endsAt: '0001-01-01T00:00:00Z', generatorURL: '' }],
    });
    expect(resolved).toMatchObject({ status: 'resolved', alerts: [{ status: 'resolved', endsAt: '2026-03-06T12:10:00.000Z' }] });
    expect(resolved?.groupKey).toBe(fired?.groupKey);
    expect(fired?.alerts[0]?.fingerprint).toMatch(/^[0-9a-f]{16}$/);
    expect(resolved?.alerts[0]?.fingerprint).toBe(fired?.alerts[0]?.fingerprint);
  });
});
