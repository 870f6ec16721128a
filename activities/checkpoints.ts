import { parseCheckpoint, verifiedCheckpoint } from '../audit/tlog/checkpoint.ts';
import { cosignedAt } from '../audit/tlog/cosignature.ts';
import type { Verifier } from '../audit/tlog/note.ts';
import type { Policy } from '../audit/tlog/policy.ts';
import type { Deployment } from './deployment.ts';

/** A checkpoint under the log's own key, as it lies in the customer's bucket. */
export interface SeenCheckpoint {
  size: number;
  /** base64 */
  root: string;
  bytes: Uint8Array;
  /** When the witness cosigned it, wall milliseconds (whole seconds); undefined without its line. */
  signedAtMs: number | undefined;
}
export type CosignedCheckpoint = SeenCheckpoint & { signedAtMs: number };

/** The witness that the pinned policy asks for; undefined when it asks for none. */
export const witnessOf = ({ witnesses, quorum }: Policy): Verifier | undefined =>
  witnesses.find((w) => w.label === quorum)?.verifier;

const logKey = ({ tenant }: Deployment, name: string): string =>
  `${tenant.auditPrefix}${tenant.auditPrefix === '' || tenant.auditPrefix.endsWith('/') ? '' : '/'}log/${name}`;

/** What the log has published last, or in words why it is nothing that the pinned keys stand for. */
export async function publishedCheckpoint(
  d: Deployment,
): Promise<{ checkpoint: SeenCheckpoint; problem: null } | { checkpoint: null; problem: string }> {
  const bytes = await d.tenant.audit.get(logKey(d, 'checkpoint'), d.signal);
  if (!bytes) return { checkpoint: null, problem: 'there is no checkpoint in the audit bucket' };
  const checkpoint = verified(d.tenant.policy, bytes);
  if (checkpoint) return { checkpoint, problem: null };
  const { log } = d.tenant.policy;
  const origin = parseCheckpoint(bytes)?.origin;
  return {
    checkpoint: null,
    problem: `the checkpoint${origin === undefined ? '' : ` of ${origin}`} is not signed with the key of ${log.name}`,
  };
}

function verified(policy: Policy, bytes: Uint8Array): SeenCheckpoint | undefined {
  const checkpoint = verifiedCheckpoint(bytes, policy.log);
  if (!checkpoint) return undefined;
  const witness = witnessOf(policy);
  const seconds = witness && cosignedAt(checkpoint.note, witness);
  return {
    size: checkpoint.size,
    root: checkpoint.root.toString('base64'),
    bytes,
    signedAtMs: seconds === undefined ? undefined : seconds * 1000,
  };
}

/** Copies never change, and a window has hundreds: each is read and verified once per process. */
const known = new Map<string, Promise<SeenCheckpoint | undefined>>();
const REMEMBERED = 5000;
const READS_AT_ONCE = 16;
/** The time in a copy's name may be the log's own, a little off the witness's. */
const NAME_SLACK_MS = 60_000;

/** The cosigned copies from one moment to another, wall milliseconds, by the witness's own time. */
export async function cosignedCopies(d: Deployment, fromMs: number, toMs: number): Promise<CosignedCheckpoint[]> {
  const all = await d.tenant.audit.list(logKey(d, 'checkpoints/'), d.signal);
  const near = all.filter(({ key }) => {
    const at = 1000 * Number(/-(\d+)$/.exec(key)?.[1] ?? Number.NaN);
    return at >= fromMs - NAME_SLACK_MS && at <= toMs + NAME_SLACK_MS;
  });
  const found: CosignedCheckpoint[] = [];
  for (let i = 0; i < near.length; i += READS_AT_ONCE) {
    const read = near.slice(i, i + READS_AT_ONCE).map(({ key, etag }) => copy(d, key, etag));
    for (const seen of await Promise.all(read)) {
      const at = seen?.signedAtMs;
      if (seen && at !== undefined && at >= fromMs && at <= toMs) found.push({ ...seen, signedAtMs: at });
    }
  }
  return found.sort((a, b) => a.signedAtMs - b.signedAtMs || a.size - b.size);
}

function copy(d: Deployment, key: string, etag: string): Promise<SeenCheckpoint | undefined> {
  const { tenant, signal } = d;
  const name = `${tenant.customer} ${tenant.policy.log.keyId} ${key} ${etag}`;
  let seen = known.get(name);
  if (seen === undefined) {
    seen = tenant.audit.get(key, signal).then((bytes) => bytes && verified(tenant.policy, bytes));
    if (known.size >= REMEMBERED) known.clear();
    known.set(name, seen);
    seen.catch(() => known.delete(name));
  }
  return seen;
}

/**
 * Two roots of one size, or a log that had become shorter when it was signed again: in words, or null. The witness refuses
 * both, so this asks whether somebody else holds its key.
 */
export function splitHistory(copies: readonly CosignedCheckpoint[]): string | null {
  const roots = new Map<number, string>();
  let longest = 0;
  let at = 0;
  for (const { size, root, signedAtMs } of copies) {
    const other = roots.get(size);
    if (other !== undefined && other !== root) return `size ${size} was signed with two roots, ${other} and ${root}`;
    if (size < longest && signedAtMs > at) return `size ${size} was signed after size ${longest}`;
    roots.set(size, root);
    if (size >= longest) [longest, at] = [size, signedAtMs];
  }
  return null;
}
