import { createHash } from 'node:crypto';
import type { Alert, Pager } from '../port.ts';
import { jsonWebhook } from '../webhook.ts';

/** A receiver of Alertmanager's webhooks, version 4: what pagers and on-call tools take without being taught. */
export function alertmanagerPager({ url, token }: { url: string; token?: string }): Pager {
  const post = jsonWebhook({ name: 'the pager', url, ...(token === undefined ? {} : { token }) });
  return { page: (alert, signal) => post(webhookBody(alert), signal) };
}

/** What Go writes for a time that is not set. */
const NEVER = '0001-01-01T00:00:00Z';

/** One alert in a group of its own, so that a receiver opens and resolves it by itself. */
function webhookBody({ key, status, startsAt, endsAt = NEVER, labels, annotations }: Alert) {
  return {
    version: '4',
    groupKey: `{}:{golive=${JSON.stringify(key)}}`,
    truncatedAlerts: 0,
    status,
    receiver: 'golive',
    groupLabels: labels,
    commonLabels: labels,
    commonAnnotations: annotations,
    externalURL: '',
    alerts: [{ status, labels, annotations, startsAt, endsAt, generatorURL: '', fingerprint: fingerprintOf(key) }],
  };
}

/** The same alert has the same one, firing and resolved: 16 hex digits, as Alertmanager's. */
const fingerprintOf = (key: string): string => createHash('sha256').update(key).digest('hex').slice(0, 16);
