import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readGatewayConfig } from '../../../workers/gateway/config.ts';

const customer = {
  customer: 'acme',
  rootKeys: ['ed25519:AAAA'],
  store: { region: 'us-east-1', manifestBucket: 'manifests' },
  log: { endpoint: 'http://127.0.0.1:7400', readToken: 'readers-token-0123', noteToken: 'gateways-token-0123' },
  slack: { team: 'T0ACME', signingSecret: 'a-signing-secret', botToken: 'xoxb-1', keyFile: '/keys/gateway.pem' },
};
type Customer = typeof customer;

describe('a gateway’s configuration', () => {
  let dir: string;
  beforeAll(async () => (dir = await mkdtemp(join(tmpdir(), 'golive-gateway-'))));
  afterAll(() => rm(dir, { recursive: true, force: true }));

  async function read(content: unknown, mode = 0o600): Promise<unknown> {
    const path = join(dir, 'gateway.json');
    await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
    await chmod(path, mode);
    return readGatewayConfig({ GOLIVE_GATEWAY_PORT: '7500', GOLIVE_GATEWAY_FILE: path });
  }
  const without = (change: (c: Customer) => unknown) => ({ customers: [change(structuredClone(customer))] });

  it('is one file that only its owner can read', async () => {
    await expect(read({ customers: [customer] })).resolves.toMatchObject({
      port: 7500,
      customers: [customer],
      refusedEveryMs: 60_000,
    });
    await expect(read({ customers: [customer] }, 0o640)).rejects.toThrow('chmod 600');
  });

  it('without a file it does not start, unless Slack is off', () => {
    expect(() => readGatewayConfig({ GOLIVE_GATEWAY_PORT: '7500' })).toThrow('GOLIVE_SLACK=off');
    expect(readGatewayConfig({ GOLIVE_GATEWAY_PORT: '7500', GOLIVE_SLACK: 'off' }).customers).toEqual([]);
  });

  it.each<[string, (c: Customer) => unknown]>([
    ['slack.signingSecret', (c) => ({ ...c, slack: { ...c.slack, signingSecret: undefined } })],
    ['slack.signingSecret', (c) => ({ ...c, slack: { ...c.slack, signingSecret: '' } })],
    ['slack.signingSecret', (c) => ({ ...c, slack: { ...c.slack, signingSecret: 'short' } })],
    ['slack.botToken', (c) => ({ ...c, slack: { ...c.slack, botToken: '' } })],
    ['slack.keyFile', (c) => ({ ...c, slack: { ...c.slack, keyFile: undefined } })],
    ['slack.team', (c) => ({ ...c, slack: { ...c.slack, team: '' } })],
    ['log.noteToken', (c) => ({ ...c, log: { ...c.log, noteToken: undefined } })],
    ['log.readToken', (c) => ({ ...c, log: { ...c.log, readToken: '' } })],
    ['rootKeys', (c) => ({ ...c, rootKeys: [] })],
    ['customer', (c) => ({ ...c, customer: '../admin' })],
  ])('without a usable %s it does not start, and says so without the secrets', async (field, change) => {
    const problem = await read(without(change)).then(
      () => 'it started',
      (error: Error) => error.message,
    );
    expect(problem).toContain(field);
    expect(problem).not.toContain('xoxb-1');
  });

  it('that is no JSON, or has no customer, or one twice, is refused without a word of what is in it', async () => {
    await expect(read('{"botToken":"xoxb-1"')).rejects.not.toThrow('xoxb-1');
    await expect(read({ customers: [] })).rejects.toThrow('customers');
    await expect(read({ customers: [customer, customer] })).rejects.toThrow('names a customer twice');
  });

  const alerting = {
    customer: 'acme',
    token: 'alertmanagers-own-token',
    keyFile: '/keys/machine.pem',
    deployments: { q4: { environment: 'production', logOrigin: 'acme.example/golive' } },
    rules: [{ alert: 'TooManyWrites', order: 'rollback', row: 'write-rate', scope: { level: 'cohort', label: 'cohort' } }],
  };
  async function readAlerts(content: unknown, mode = 0o600) {
    const path = join(dir, 'alerts.json');
    await writeFile(path, JSON.stringify(content));
    await chmod(path, mode);
    return readGatewayConfig({ GOLIVE_GATEWAY_PORT: '7500', GOLIVE_SLACK: 'off', GOLIVE_ALERTS_FILE: path });
  }

  it('takes alerts with a file of its own, and none without', async () => {
    expect((await readAlerts({ customers: [alerting] })).alerts).toMatchObject([{ customer: 'acme', rules: [{ labels: {} }] }]);
    expect(readGatewayConfig({ GOLIVE_GATEWAY_PORT: '7500', GOLIVE_SLACK: 'off' }).alerts).toEqual([]);
    await expect(readAlerts({ customers: [alerting] }, 0o644)).rejects.toThrow('chmod 600');
  });

  it.each([
    ['token', { token: undefined }],
    ['token', { token: 'short' }],
    ['keyFile', { keyFile: undefined }],
    ['deployments', { deployments: {} }],
    ['rules', { rules: [] }],
    ['row', { rules: [{ ...alerting.rules[0], row: 'person' }] }],
    ['order', { rules: [{ ...alerting.rules[0], order: 'terminate' }] }],
    ['scope', { rules: [{ ...alerting.rules[0], scope: 'customer' }] }],
  ])('half configured for alerts, without a usable %s, it does not start', async (field, change) => {
    await expect(readAlerts({ customers: [{ ...alerting, ...change }] })).rejects.toThrow(field);
  });
});
