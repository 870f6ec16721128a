import { getEvidence, putJsonEvidence } from '../clients/store/evidence.ts';
import type { Telemetry } from '../clients/platform/port.ts';
import type { EvidenceRef } from '../domain/entry.ts';
import type { DeploymentView } from '../domain/view.ts';
import type { Deployment } from './deployment.ts';

/** Shadow telemetry of every cohort over a window, pinned by digest: what live volume and cost are compared with. */
export async function pinBaseline(d: Deployment, from: string, to: string): Promise<EvidenceRef> {
  const telemetry = await d.tenant.platform.telemetry(d.name.deployment, from, to, d.signal);
  return putJsonEvidence(d.tenant.audit, d.tenant.auditPrefix, telemetry, d.signal);
}

const read = new Map<string, Telemetry>();

/** The baseline that W2.03 pinned, or undefined before that. */
export async function pinnedBaseline(d: Deployment, view: DeploymentView): Promise<Telemetry | undefined> {
  const evidence = view.milestones['W2.03']?.evidence;
  if (!evidence) return undefined;
  const known = read.get(evidence.digest);
  if (known) return known;
  const bytes = await getEvidence(d.tenant.audit, evidence, d.signal);
  if (!bytes) return undefined;
  // Our own bytes, checked against the digest that stands in the log.
  const telemetry = JSON.parse(Buffer.from(bytes).toString('utf8')) as Telemetry;
  if (read.size > 20) read.clear();
  read.set(evidence.digest, telemetry);
  return telemetry;
}
