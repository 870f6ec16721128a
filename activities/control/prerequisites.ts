import { canonicalJson } from '../../audit/envelope.ts';
import { sha256Digest } from '../../audit/keys.ts';
import { verifySet } from '../../audit/verify-set.ts';
import { isClientError } from '../../clients/error.ts';
import { ruleMs } from '../../domain/clock.ts';
import { placeOf } from '../../domain/set/problem.ts';
import { FAILURES } from '../../domain/failure.ts';
import type { VerifiedSet } from '../../domain/set/verified-set.ts';
import { publishedCheckpoint, witnessOf } from '../checkpoints.ts';
import type { Deployment } from '../deployment.ts';
import { approvalEnvelopes } from '../set-check.ts';

/** A prerequisite as it is now: `missing` says in words what is wrong, and null that it is met. */
export interface Check {
  row: string;
  missing: string | null;
  found: string;
}

/** P1 to P8, read from the customer's systems. */
export async function prerequisites(d: Deployment): Promise<Check[]> {
  let set: VerifiedSet | undefined;
  const signedSet = async (): Promise<Check> => {
    const verdict = await verifySet(d.source, {
      deploymentFile: d.file,
      at: new Date(d.now()).toISOString(),
      approvals: 'reported',
      moreApprovals: await approvalEnvelopes(d),
      signal: d.signal,
    });
    if (verdict.status === 'verified') {
      set = verdict.set;
      return { row: 'P3', missing: null, found: `${set.digest} signed by ${set.signer.person}` };
    }
    const missing = verdict.problems
      .slice(0, 3)
      .map((p) => `${placeOf(p)}: ${p.rule}`)
      .join(' ');
    return { row: 'P3', missing, found: 'not what was signed' };
  };
  return [
    await answered('P1', pods(d)),
    await answered('P2', egress(d)),
    await answered('P3', signedSet()),
    approvals(set),
    await answered('P5', connectors(d, set)),
    await answered('P6', hris(d)),
    await answered('P7', queues(d, set)),
    await answered('P8', witnessed(d)),
  ];
}

/** A system that does not answer is a prerequisite that is missing: whoever starts the clock hears which, and no other order waits for it. */
async function answered(row: string, check: Promise<Check>): Promise<Check> {
  try {
    return await check;
  } catch (error) {
    if (!isClientError(error)) throw error;
    return { row, missing: `${FAILURES[error.code].sentence} ${error.message}`, found: 'no answer' };
  }
}

/**
 * Published and cosigned now, then read back: so bucket, the log's key and the witness work at this moment, and a log that has
 * just begun need not wait for its first interval.
 */
async function witnessed(d: Deployment): Promise<Check> {
  const row = 'P8';
  const witness = witnessOf(d.tenant.policy);
  if (!witness) return { row, missing: 'the audit policy names no witness', found: 'none' };
  await d.tenant.recorder.publish(d.signal);
  const { checkpoint, problem } = await publishedCheckpoint(d);
  if (checkpoint === null) return { row, missing: problem, found: 'no checkpoint' };
  const { size, signedAtMs } = checkpoint;
  if (signedAtMs === undefined)
    return { row, missing: `${witness.name} did not sign the log of ${size} entries`, found: 'not cosigned' };
  const ageMs = d.now() - signedAtMs;
  const found = `${size} entries signed by ${witness.name} at ${new Date(signedAtMs).toISOString()}`;
  return { row, missing: ageMs <= ruleMs('witness-freshness', d.file.speed) ? null : `too old: ${found}`, found };
}

async function pods(d: Deployment): Promise<Check> {
  const all = await d.tenant.cluster.pods(d.file.cluster.namespace, d.signal);
  const down = all.filter((p) => p.phase !== 'Running').map((p) => `${p.name} is ${p.phase}`);
  const missing = all.length === 0 ? `no pod in ${d.file.cluster.namespace}` : down.length > 0 ? down.join(', ') : null;
  return { row: 'P1', missing, found: `${all.length - down.length} of ${all.length} pods running` };
}

async function egress(d: Deployment): Promise<Check> {
  const { namespace, networkPolicy, networkPolicyDigest } = d.file.cluster;
  const spec = await d.tenant.cluster.networkPolicy(namespace, networkPolicy, d.signal);
  if (spec === undefined) return { row: 'P2', missing: `no network policy ${networkPolicy} in ${namespace}`, found: 'none' };
  const digest = sha256Digest(canonicalJson(spec));
  return {
    row: 'P2',
    missing: digest === networkPolicyDigest ? null : `the policy is ${digest}, reviewed was ${networkPolicyDigest}`,
    found: digest,
  };
}

function approvals(set: VerifiedSet | undefined): Check {
  const roles = set?.approvals.map((a) => `${a.role} (${a.person})`) ?? [];
  const missing =
    set === undefined
      ? 'the set is not verified'
      : set.approvalsMissing.length > 0
        ? `no valid approval by ${set.approvalsMissing.join(', ')}`
        : null;
  return { row: 'P4', missing, found: roles.join(', ') };
}

async function connectors(d: Deployment, set: VerifiedSet | undefined): Promise<Check> {
  const { connectors: all } = await d.tenant.platform.connectors(d.signal);
  const deployed = new Set(all.filter((c) => c.deployed).map((c) => c.id));
  const named = [...new Set(set?.manifests.flatMap((m) => m.connectors) ?? [])];
  const absent = named.filter((c) => !deployed.has(c));
  return {
    row: 'P5',
    missing: absent.length > 0 ? `not deployed: ${absent.join(', ')}` : null,
    found: `${named.length} named, ${deployed.size} deployed`,
  };
}

async function hris(d: Deployment): Promise<Check> {
  const { authenticated, employees } = await d.tenant.platform.hris(d.signal);
  const missing = !authenticated ? 'HRIS does not authenticate' : employees === 0 ? 'HRIS lists no employees' : null;
  return { row: 'P6', missing, found: `${employees} employees` };
}

async function queues(d: Deployment, set: VerifiedSet | undefined): Promise<Check> {
  const { queues: all } = await d.tenant.platform.queues(d.name.deployment, d.signal);
  const have = new Set(all.map((q) => q.manager));
  const managers = [...new Set(set?.manifests.flatMap((m) => m.agents.map((a) => a.managerEmail)) ?? [])];
  const without = managers.filter((m) => !have.has(m));
  const missing = without.length > 0 ? `no queue for ${without.length} manager(s), the first is ${without[0] ?? ''}` : null;
  return { row: 'P7', missing, found: `${managers.length - without.length} of ${managers.length} managers have a queue` };
}
