import type { Tenant } from '../activities/ports.ts';
import type { BreakerChange } from '../clients/breaker/breaker.ts';
import { breakerFor, guarded } from '../clients/breaker/guarded.ts';
import { tellLog } from '../clients/breaker/told.ts';
import { storeSource } from '../clients/manifests/store.ts';
import type { Dependency } from '../domain/dependency.ts';

/** The process: which worker it is, its own name in log, `status` and metrics, and where it shows what is open. */
export interface BreakersOf {
  worker: 'control' | 'engine' | 'stop';
  part: string;
  show: (tags: { customer: string; dependency: Dependency; part: string }, isOpen: boolean) => void;
}

/** Every tenant with a breaker before each of its systems; what they do is told in its log. */
export const withBreakers = (tenants: Map<string, Tenant>, process: BreakersOf): Map<string, Tenant> =>
  new Map([...tenants].map(([customer, tenant]) => [customer, guard(tenant, process)]));

function guard(tenant: Tenant, { worker, part, show }: BreakersOf): Tenant {
  const { customer, recorder, log, notify } = tenant;
  const tell = tellLog({ part, customer, recorder, log });
  const of = (dependency: Dependency) => {
    show({ customer, dependency, part }, false);
    const onChange = (change: BreakerChange): void => {
      show({ customer, dependency, part }, change.state === 'open');
      tell(change);
    };
    return breakerFor(dependency, { onChange });
  };
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
    platform: worker === 'stop' ? tenant.platform : guarded(tenant.platform, of('platform'), ['fence', 'setAgentMode', 'revoke']),
    notify: {
      ...(notify.slack ? { slack: guarded(notify.slack, of('Slack')) } : {}),
      ...(notify.teams ? { teams: guarded(notify.teams, of('Teams')) } : {}),
      ...(notify.pager ? { pager: guarded(notify.pager, of('pager')) } : {}),
    },
  };
}
