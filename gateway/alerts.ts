import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyBaseLogger, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { canonicalJson, envelopeText, signJson, type EnvelopeSigner } from '../audit/envelope.ts';
import { sha256Digest, sha256Hex } from '../audit/keys.ts';
import type { Commands } from '../clients/commands/port.ts';
import { MACHINE } from '../domain/authority/signer.ts';
import { COMMAND_PAYLOAD_TYPE, type Command, type Scope } from '../domain/command.ts';
import { MACHINE_ROLE } from '../domain/roles.ts';
import { runbookCanonical } from '../domain/runbook/canonical.ts';
import { alertId } from '../domain/stop/machine-order.ts';
import { sawNothing } from '../domain/stop/stop.ts';
import type { GatewayMetrics } from './metrics.ts';

/** Which alert stops what, and by which row of the stopping table. */
export interface AlertRule {
  /** Label `alertname`. */
  alert: string;
  /** Other labels that it must carry. */
  labels: Record<string, string>;
  order: 'pause' | 'rollback' | 'halt';
  row: string;
  /** What it is about: the whole deployment, or what the label names. */
  scope: 'deployment' | { level: 'cohort' | 'group' | 'wave'; label: string };
}

/** One customer's Alertmanager. Its token lets it report; what follows is decided by the rules, and signed by the engine's key. */
export interface AlertCustomer {
  customer: string;
  token: string;
  signer: EnvelopeSigner;
  /** An alert names one of them in its label `deployment`; with only one it need not. */
  deployments: Record<string, { environment: string; logOrigin: string }>;
  rules: readonly AlertRule[];
}

export interface AlertSide {
  customers: readonly AlertCustomer[];
  now: () => number;
}

const text = z.string().max(2000);
const alert = z.object({
  status: z.enum(['firing', 'resolved']),
  labels: z.record(text, text),
  annotations: z.record(text, text).default({}),
  startsAt: z.iso.datetime({ offset: true }),
  fingerprint: text,
});
/** Version 4 of Alertmanager's webhook, as far as it counts here. */
const notification = z.object({ version: z.literal('4'), alerts: z.array(alert).max(1000) });
type Alert = z.output<typeof alert>;

const BODY_LIMIT_BYTES = 2 * 1024 * 1024;
const VALID_MS = 3_600_000;

/** `POST /v1/alerts/<customer>`: asks neither log nor bucket; that an order may stop is judged where the platform's key is. */
export function serveAlerts(
  app: FastifyInstance,
  commands: Commands,
  { customers, now }: AlertSide,
  { metrics, logger }: { metrics: GatewayMetrics; logger: FastifyBaseLogger },
): void {
  const handIn = async ({ signer }: AlertCustomer, value: Command): Promise<void> => {
    const envelope = await signJson({ payloadType: COMMAND_PAYLOAD_TYPE, value, signers: [signer] });
    await commands.handIn({ envelope: envelopeText(envelope), handedInAt: new Date(now()).toISOString() });
  };
  for (const c of customers) {
    const onRequest = async (request: FastifyRequest, reply: FastifyReply) => {
      if (mayReport(c, request.headers.authorization)) return undefined;
      metrics.alert('unauthenticated');
      return reply.code(401).send({ code: 'unauthenticated', message: 'The token of this customer’s Alertmanager is needed.' });
    };
    app.post(`/v1/alerts/${c.customer}`, { onRequest, bodyLimit: BODY_LIMIT_BYTES }, async (request, reply) => {
      const given = notification.safeParse(request.body);
      if (!given.success) {
        metrics.alert('malformed');
        return reply.code(400).send({ code: 'malformed', message: 'The body is a webhook of Alertmanager, version 4.' });
      }
      const found = given.data.alerts.filter((a) => a.status === 'firing').map((a) => orderFor(c, a));
      const orders = found.filter((order) => typeof order !== 'string');
      for (const why of found.filter((order) => typeof order === 'string')) {
        metrics.alert(why);
        logger.warn({ customer: c.customer, why }, 'An alert stops nothing');
      }
      // Beside each other: no stop waits for another, nor for one that cannot be handed in.
      const handed = await Promise.allSettled(orders.map((order) => handIn(c, order)));
      const failed = handed.filter((one) => one.status === 'rejected');
      for (const one of handed) metrics.alert(one.status === 'rejected' ? 'unavailable' : 'handed_in');
      if (failed.length > 0) {
        // Alertmanager sends all of them again; the same alert is the same order.
        logger.warn({ err: failed[0]?.reason, customer: c.customer }, 'Alerts could not be handed in as orders');
        return reply.code(503).send({ code: 'unavailable', message: 'The engine does not answer; send it again.' });
      }
      const told = orders.map(({ id, kind, scope, deployment }) => ({ id, kind, scope, deployment }));
      return { orders: told, ignored: given.data.alerts.length - orders.length };
    });
  }
}

/** Compared as digests, so that neither length nor content of the token shows in the time that it takes. */
function mayReport({ token }: AlertCustomer, header: string | undefined): boolean {
  const digest = (words: string) => createHash('sha256').update(words).digest();
  return timingSafeEqual(digest(header ?? ''), digest(`Bearer ${token}`));
}

/** The order that an alert stands for, or why it stands for none. One firing is one order, however often it is reported. */
function orderFor(c: AlertCustomer, a: Alert): Command | 'no_rule' | 'no_deployment' | 'no_subject' {
  const rule = c.rules.find(
    (r) => a.labels['alertname'] === r.alert && Object.entries(r.labels).every(([k, v]) => a.labels[k] === v),
  );
  if (rule === undefined) return 'no_rule';
  const [only, ...more] = Object.keys(c.deployments);
  const deployment = a.labels['deployment'] ?? (more.length === 0 ? only : undefined);
  const place =
    deployment === undefined ? undefined : Object.hasOwn(c.deployments, deployment) ? c.deployments[deployment] : undefined;
  if (deployment === undefined || place === undefined) return 'no_deployment';
  const scope = scopeOf(rule, a);
  if (scope === undefined) return 'no_subject';
  const said = a.annotations['summary'] ?? a.annotations['description'] ?? '';
  const firing = canonicalJson([c.customer, deployment, rule.order, rule.row, scope, a.fingerprint, a.startsAt]);
  return {
    v: 1,
    id: alertId(sha256Hex(firing).slice(0, 32)),
    kind: rule.order,
    ...{ customer: c.customer, deployment, environment: place.environment, logOrigin: place.logOrigin },
    ...{ person: MACHINE, role: MACHINE_ROLE, scope },
    // Of the firing, not of its report: the same alert is the same order to the byte. No stop is too old.
    issuedAt: new Date(a.startsAt).toISOString(),
    expiresAt: new Date(Date.parse(a.startsAt) + VALID_MS).toISOString(),
    // The gateway reads no deployment file on the way of an alert.
    saw: sawNothing(sha256Digest(runbookCanonical())),
    args: { trigger: rule.row },
    reason: `Alert ${rule.alert} fires${said === '' ? '.' : `: ${said}`}`.slice(0, 1000),
  };
}

function scopeOf({ scope }: AlertRule, { labels }: Alert): Scope | undefined {
  if (scope === 'deployment') return { level: 'deployment', names: [] };
  const name = labels[scope.label];
  return name === undefined || name === '' ? undefined : { level: scope.level, names: [name.slice(0, 200)] };
}
