import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { KeptFile, KeptFiles } from '../../activities/stop/ports.ts';
import type { Tenant } from '../../activities/ports.ts';
import { DEPLOYMENT_FILE_NAME, DEPLOYMENT_SIGNATURE_NAME, verifyDeploymentFile } from '../../audit/deployment-file.ts';
import { parseEnvelope } from '../../audit/envelope.ts';
import { publicKey, sha256Digest } from '../../audit/keys.ts';
import { deploymentId, type DeploymentName } from '../../domain/ids.ts';

/** How long a stop may wait for a bucket, when its order cannot be verified without. */
const BUCKET_MS = 2000;
/** How long the bucket may take when nobody waits. */
const REFRESH_MS = 20_000;

interface Signed {
  bytes: Uint8Array;
  signature: Uint8Array;
}

/**
 * Deployment files on this worker's disk, one folder each. A bucket that is away, or that somebody has written to, changes
 * nothing: only what the pinned root signed is kept, and never an older version than before.
 */
export function keptFiles(
  dir: string,
  tenants: ReadonlyMap<string, Tenant>,
  logger: Logger,
): KeptFiles & { refresh(): Promise<void> } {
  const tenantOf = ({ customer }: DeploymentName): Tenant | undefined => tenants.get(customer);
  const folderOf = ({ customer, deployment }: DeploymentName): string =>
    join(dir, encodeURIComponent(customer), encodeURIComponent(deployment));

  async function read(name: DeploymentName): Promise<KeptFile | undefined> {
    const tenant = tenantOf(name);
    const folder = folderOf(name);
    const [bytes, signature] = await Promise.all(
      [DEPLOYMENT_FILE_NAME, DEPLOYMENT_SIGNATURE_NAME].map((file) => readFile(join(folder, file)).catch(() => undefined)),
    );
    return tenant && bytes && signature && verified(tenant, name, { bytes, signature });
  }

  async function keep(name: DeploymentName, { bytes, signature }: Signed): Promise<void> {
    const folder = folderOf(name);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    // A pair that does not fit is read as none; the next refresh mends it.
    for (const [file, content] of [
      [DEPLOYMENT_FILE_NAME, bytes],
      [DEPLOYMENT_SIGNATURE_NAME, signature],
    ] as const) {
      const draft = join(folder, `${file}.${randomUUID()}`);
      await writeFile(draft, content, { mode: 0o600 });
      await rename(draft, join(folder, file));
    }
  }

  async function renewed(name: DeploymentName, signal: AbortSignal): Promise<KeptFile | 'absent' | undefined> {
    const tenant = tenantOf(name);
    if (!tenant) return 'absent';
    const [bytes, signature] = await Promise.all(
      [DEPLOYMENT_FILE_NAME, DEPLOYMENT_SIGNATURE_NAME].map((file) => tenant.manifests.get(`${name.deployment}/${file}`, signal)),
    );
    if (!bytes || !signature) return 'absent';
    const newer = verified(tenant, name, { bytes, signature });
    if (!newer) return undefined;
    const known = await read(name);
    if (known?.fileRef.digest === newer.fileRef.digest) return known;
    if (known && known.file.version >= newer.file.version) {
      logger.warn({ deployment: deploymentId(name), kept: known.file.version, found: newer.file.version }, 'not newer: not kept');
      return undefined;
    }
    await keep(name, newer.signedFile);
    return newer;
  }

  return {
    read,
    async renew(name, signal) {
      const patience = AbortSignal.timeout(BUCKET_MS);
      return renewed(name, signal ? AbortSignal.any([signal, patience]) : patience).catch((error: unknown) => {
        signal?.throwIfAborted();
        logger.warn({ deployment: deploymentId(name), error: String(error) }, 'deployment file could not be fetched');
        return undefined;
      });
    },
    async refresh() {
      for (const { customer, manifests } of tenants.values()) {
        try {
          const found = await manifests.list('', AbortSignal.timeout(REFRESH_MS));
          const deployments = found.flatMap(({ key }) => /^([^/]+)\/deployment\.yaml$/.exec(key)?.[1] ?? []);
          for (const deployment of deployments) await renewed({ customer, deployment }, AbortSignal.timeout(REFRESH_MS));
        } catch (error) {
          logger.warn({ customer, error: String(error) }, 'deployment files were not refreshed');
        }
      }
    },
  };
}

/** What these very bytes came to: to read them costs as much as a flip, and a stop comes with others. */
const known = new Map<string, KeptFile | undefined>();
const REMEMBERED = 200;

function verified(tenant: Tenant, name: DeploymentName, signed: Signed): KeptFile | undefined {
  const key = [deploymentId(name), ...tenant.rootKeys, sha256Digest(signed.bytes), sha256Digest(signed.signature)].join(' ');
  if (known.size > REMEMBERED) known.clear();
  if (!known.has(key)) known.set(key, verify(tenant, name, signed));
  return known.get(key);
}

function verify(tenant: Tenant, name: DeploymentName, signedFile: Signed): KeptFile | undefined {
  const envelope = parseEnvelope(signedFile.signature);
  if ('problem' in envelope) return undefined;
  const verdict = verifyDeploymentFile(signedFile.bytes, envelope, tenant.rootKeys.map(publicKey), (bytes) =>
    tenant.readDeploymentFile(bytes),
  );
  if (verdict.status === 'refused' || deploymentId(verdict.file) !== deploymentId(name)) return undefined;
  return {
    file: verdict.file,
    fileRef: { ref: `${name.deployment}/${DEPLOYMENT_FILE_NAME}`, digest: verdict.digest },
    signedFile,
  };
}
