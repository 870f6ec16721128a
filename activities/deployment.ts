import { parseEnvelope } from '../audit/envelope.ts';
import { publicKey, sha256Digest, sha256Hex } from '../audit/keys.ts';
import { verifyDeploymentFile } from '../audit/deployment-file.ts';
import type { DeploymentFile } from '../domain/deployment-file.ts';
import { deploymentId, type DeploymentName } from '../domain/ids.ts';
import { manifestKey, type Manifest, type ManifestAgent } from '../domain/manifest/manifest.ts';
import { chunk, splitSmokeSample } from '../domain/set/chunk.ts';
import { digestLines, type IndexEntry } from '../domain/set/index-file.ts';
import { INDEX_KEY } from '../domain/set/limits.ts';
import type { SetSource } from '../domain/set/source.ts';
import type { DeploymentView } from '../domain/view.ts';
import { abortSignal, refused } from './boundary.ts';
import { entryWriter } from './entries.ts';
import type { Ports, Tenant } from './ports.ts';

/** One deployment as an activity meets it: its customer's systems, and what was read from signed files. */
export interface Deployment {
  name: DeploymentName;
  tenant: Tenant;
  file: DeploymentFile;
  /** Key and digest of the deployment file's bytes. */
  fileRef: { ref: string; digest: string };
  /** The very bytes, and those of `deployment.dsse.json`. */
  signedFile: { bytes: Uint8Array; signature: Uint8Array };
  source: SetSource;
  index: IndexEntry[];
  setDigest: string;
  signal: AbortSignal;
  now: () => number;
  entry: ReturnType<typeof entryWriter>;
  /** The fold of the log, read now. */
  view(): Promise<DeploymentView>;
}

/** Files change only by a new version or a new freeze; a few seconds of memory spare two reads per activity. */
const REMEMBER_MS = 5000;
type Signed = Pick<Deployment, 'file' | 'fileRef' | 'signedFile' | 'index' | 'setDigest'>;
const remembered = new Map<string, { at: number; signed: Promise<Signed> }>();

export async function openDeploymentContext(ports: Ports, name: DeploymentName): Promise<Deployment> {
  const tenant = ports.tenant(name.customer);
  const signal = abortSignal();
  const key = deploymentId(name);
  let known = remembered.get(key);
  if (known === undefined || ports.now() - known.at > REMEMBER_MS) {
    known = { at: ports.now(), signed: readSigned(tenant, name, signal) };
    remembered.set(key, known);
    known.signed.catch(() => remembered.delete(key));
  }
  const signed = await known.signed;
  return {
    ...signed,
    name,
    tenant,
    signal,
    source: tenant.set(signed.file.manifestSet.prefix),
    now: () => ports.now(),
    entry: entryWriter(name, () => ports.now()),
    view: async () =>
      (await tenant.log.state(name, signal)) ?? Promise.reject(refused('wrong_state', 'The log knows no such deployment.')),
  };
}

async function readSigned(tenant: Tenant, name: DeploymentName, signal: AbortSignal): Promise<Signed> {
  const ref = `${name.deployment}/deployment.yaml`;
  const [bytes, envelope] = await Promise.all([
    tenant.manifests.get(ref, signal),
    tenant.manifests.get(`${name.deployment}/deployment.dsse.json`, signal),
  ]);
  if (!bytes || !envelope) throw refused('set_not_verified', `${ref} or its signature is missing.`);
  const parsed = parseEnvelope(envelope);
  if ('problem' in parsed) throw refused('set_not_verified', `deployment.dsse.json: ${parsed.detail}.`);
  const read = verifyDeploymentFile(bytes, parsed, tenant.rootKeys.map(publicKey), (b) => tenant.readDeploymentFile(b));
  if (read.status === 'refused') throw refused('set_not_verified', read.problems.map((p) => `${p.file}: ${p.rule}`).join(' '));
  const { file } = read;
  if (file.customer !== name.customer || file.deployment !== name.deployment)
    throw refused('wrong_deployment', `${ref} is for ${file.customer}/${file.deployment}.`);
  const index = await readIndex(tenant.set(file.manifestSet.prefix), signal);
  return {
    file,
    fileRef: { ref, digest: read.digest },
    signedFile: { bytes, signature: envelope },
    index,
    setDigest: sha256Digest(digestLines(index)),
  };
}

/** Only names and digests are taken from it here; whether it is the signed one is `verifySet`'s to say, and each order is bound to its digest. */
async function readIndex(source: SetSource, signal: AbortSignal): Promise<IndexEntry[]> {
  const bytes = await source.get(INDEX_KEY, signal);
  try {
    return (JSON.parse(Buffer.from(bytes ?? []).toString('utf8')) as { manifests: IndexEntry[] }).manifests;
  } catch {
    return [];
  }
}

const manifests = new Map<string, Manifest>();
const REMEMBERED_MANIFESTS = 500;

/** A cohort's manifest: the bytes in the bucket now, if they are those that the set's digest stands for. */
export async function manifestOf(d: Deployment, cohort: string): Promise<Manifest> {
  const entry = d.index.find((e) => e.key === manifestKey(cohort));
  if (!entry) throw refused('wrong_scope', `The set has no cohort ${cohort}.`);
  const known = manifests.get(entry.sha256);
  if (known) return known;
  const bytes = await d.source.get(entry.key, d.signal);
  if (!bytes || sha256Hex(bytes) !== entry.sha256)
    throw refused('set_not_verified', `${entry.key} is not the file that was signed.`);
  const { manifest } = d.source.parse(bytes, entry.key);
  if (!manifest) throw refused('set_not_verified', `${entry.key} cannot be read.`);
  if (manifests.size >= REMEMBERED_MANIFESTS) manifests.clear();
  manifests.set(entry.sha256, manifest);
  return manifest;
}

/** The agents of one call: the smoke sample, or a numbered chunk of the rest. */
export function agentsOf(manifest: Manifest, part: 'sample' | number): ManifestAgent[] {
  const { sample, rest } = splitSmokeSample(manifest.agents);
  return part === 'sample' ? sample : (chunk(rest)[part] ?? []);
}
