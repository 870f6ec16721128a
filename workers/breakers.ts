import type { Tenant } from '../activities/ports.ts';
import { breakerFor, guarded, type Dependency } from '../clients/breaker/guarded.ts';
import { tellLog } from '../clients/breaker/told.ts';
import { storeSource } from '../clients/manifests/store.ts';

type Part = 'control' | 'engine' | 'stop';

/** Every tenant with a breaker before each of its systems; what they do is told in its log. */
export const withBreakers = (tenants: Map<string, Tenant>, part: Part): Map<string, Tenant> =>
  new Map([...tenants].map(([customer, tenant]) => [customer, guard(tenant, part)]));

function guard(tenant: Tenant, part: Part): Tenant {
  const { customer, recorder, log, notify } = tenant;
  const onChange = tellLog({ part, customer, recorder, log });
  const of = (dependency: Dependency) => breakerFor(dependency, { onChange });
  const [s3, logs] = [of('S3'), of('log')];
  const manifests = guarded(tenant.manifests, s3);
  return {
    ...tenant,
    manifests,
    set: (prefix) => storeSource(manifests, prefix),
    audit: guarded(tenant.audit, s3),
    recorder: guarded(recorder, logs),
    log: guarded(log, logs, ['entries', 'feed']),
    // What brings down is tried every time, whatever came of the call before: a stop does not wait for anybody.
    platform: part === 'stop' ? tenant.platform : guarded(tenant.platform, of('platform'), ['fence', 'setAgentMode', 'revoke']),
    notify: {
      ...(notify.slack ? { slack: guarded(notify.slack, of('Slack')) } : {}),
      ...(notify.teams ? { teams: guarded(notify.teams, of('Teams')) } : {}),
      ...(notify.pager ? { pager: guarded(notify.pager, of('pager')) } : {}),
    },
  };
}
