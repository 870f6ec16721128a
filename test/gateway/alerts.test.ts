import { describe, expect, it } from 'vitest';
import { parseEnvelope } from '../../audit/envelope.ts';
import { openOrder } from '../../audit/signed-order.ts';
import { CommandsUnreachable } from '../../clients/commands/port.ts';
import { temporarySigner } from '../../clients/keys/local.ts';
import type { Command } from '../../domain/command.ts';
import { judgeStop } from '../../domain/stop/judge.ts';
import type { AlertCustomer } from '../../gateway/alerts.ts';
import { gateway } from '../../gateway/server.ts';
import { signedDeployment } from '../support/signed-deployment.ts';

const machine = temporarySigner();
const file = { ...(await signedDeployment()).file, machine: [machine.publicKey] };
const { customer, deployment, environment, logOrigin } = file;
const TOKEN = 'alertmanagers-own-token';
const rules: AlertCustomer['rules'] = [
  { alert: 'TooManyWrites', labels: {}, order: 'rollback', row: 'write-rate', scope: { level: 'cohort', label: 'cohort' } },
  { alert: 'LogDiffers', labels: { severity: 'critical' }, order: 'halt', row: 'audit-integrity', scope: 'deployment' },
];

/** `away`: nothing is taken, or nothing about this cohort. */
function opened(away: boolean | string = false) {
  const handed: Command[] = [];
  const verdicts: string[] = [];
  const sink = {
    check: async () => undefined,
    handIn: async ({ envelope: text }: { envelope: string }) => {
      const unreachable = new CommandsUnreachable('Temporal', 'connect ECONNREFUSED 10.0.0.7:7233');
      if (away === true) throw unreachable;
      const envelope = parseEnvelope(text);
      const { command, signer } = ('problem' in envelope ? undefined : openOrder(envelope, file)) ?? {};
      if (!command) throw new Error('no order that the file knows a key for');
      if (command.scope.names.some((name) => name === away)) throw unreachable;
      handed.push(command);
      verdicts.push(judgeStop(command, { file, signer: signer ?? null }).verdict);
      return { id: command.id };
    },
  };
  const one: AlertCustomer = {
    customer,
    token: TOKEN,
    signer: machine,
    deployments: { [deployment]: { environment, logOrigin } },
    rules,
  };
  const app = gateway(sink, { alerts: { customers: [one], now: () => Date.parse('2026-03-02T09:00:00Z') } });
  const post = (alerts: object[], token = TOKEN, path = customer) =>
    app.inject({
      method: 'POST',
      url: `/v1/alerts/${path}`,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      payload: JSON.stringify({ version: '4', groupKey: 'x', status: 'firing', receiver: 'golive', alerts }),
    });
  return { app, handed, verdicts, post };
}
const firing = (labels: Record<string, string>, more: object = {}) => ({
  status: 'firing',
  labels,
  annotations: { summary: 'three times as many writes as expected' },
  startsAt: '2026-03-02T08:58:00.123Z',
  endsAt: '0001-01-01T00:00:00Z',
  generatorURL: 'http://prometheus/graph',
  fingerprint: 'f0e1d2c3b4a59687',
  ...more,
});
const writes = (cohort: string, more?: object) => firing({ alertname: 'TooManyWrites', cohort }, more);

describe('an alert of Alertmanager’s', () => {
  it('becomes the order that its rule names, signed by the engine, that a stop worker carries out', async () => {
    const { handed, verdicts, post } = opened();
    const answer = await post([writes('sales-ic-production'), firing({ alertname: 'LogDiffers', severity: 'critical' })]);
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({ orders: [{ kind: 'rollback' }, { kind: 'halt' }], ignored: 0 });
    expect(handed).toMatchObject([
      {
        person: 'golive',
        role: 'machine',
        args: { trigger: 'write-rate' },
        scope: { level: 'cohort', names: ['sales-ic-production'] },
      },
      { kind: 'halt', args: { trigger: 'audit-integrity' }, scope: { level: 'deployment', names: [] } },
    ]);
    expect(handed[0]?.reason).toBe('Alert TooManyWrites fires: three times as many writes as expected');
    expect(verdicts).toEqual(['applied', 'applied']);
    expect(handed[0]?.saw, 'nothing was looked at, and no version of a deployment file is 0').toMatchObject({
      ...{ manifestSetDigest: `sha256:${'0'.repeat(64)}`, policyVersion: 0 },
    });
  });

  it('waits for no other: what cannot be handed in is asked for again, and holds nothing up', async () => {
    const { handed, post } = opened('hr');
    const answer = await post([writes('hr'), writes('sales')]);
    expect(answer.statusCode).toBe(503);
    expect(handed.map(({ scope }) => scope.names)).toEqual([['sales']]);
  });

  it('is one order for as long as it fires, and another when it fires anew', async () => {
    const { handed, post } = opened();
    await post([writes('sales')]);
    await post([writes('sales')]);
    await post([writes('sales', { startsAt: '2026-03-02T10:00:00Z' })]);
    const ids = handed.map(({ id }) => id);
    expect(ids[0]).toBe(ids[1]);
    expect(ids[2]).not.toBe(ids[0]);
  });

  it.each([
    ['is resolved', writes('sales', { status: 'resolved' })],
    ['has no rule', firing({ alertname: 'DiskFull', cohort: 'sales' })],
    ['lacks a label of its rule', firing({ alertname: 'LogDiffers', severity: 'warning' })],
    ['does not say what it is about', firing({ alertname: 'TooManyWrites' })],
    ['is about another deployment', firing({ alertname: 'TooManyWrites', cohort: 'sales', deployment: 'q9' })],
  ])('that %s stops nothing', async (_what, alert) => {
    const { handed, post } = opened();
    expect((await post([alert])).json()).toEqual({ orders: [], ignored: 1 });
    expect(handed).toEqual([]);
  });

  it('is taken from nobody without the customer’s token, and counted', async () => {
    const { app, handed, post } = opened();
    expect((await post([writes('sales')], 'guess')).statusCode).toBe(401);
    expect((await post([writes('sales')], TOKEN, 'globex')).statusCode).toBe(404);
    expect((await post([writes('sales')], '')).statusCode).toBe(401);
    expect(handed).toEqual([]);
    expect((await app.inject('/metrics')).body).toMatch(/golive_gateway_alerts_total\{outcome="unauthenticated"\} 2/);
  });

  it('is asked for again while the engine is away, and malformed ones are not', async () => {
    const { post } = opened(true);
    const answer = await post([writes('sales')]);
    expect(answer.statusCode).toBe(503);
    expect(answer.body).not.toContain('10.0.0.7');
    expect((await opened().post([{ status: 'firing' }])).statusCode).toBe(400);
  });
});
