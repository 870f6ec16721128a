import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { DEPLOYMENT_FILE_NAME, DEPLOYMENT_SIGNATURE_NAME, verifyDeploymentFile } from '../../audit/deployment-file.ts';
import { publicKey } from '../../audit/keys.ts';
import { readEnvelopeFile } from '../../audit/statement.ts';
import { isClientError } from '../../clients/error.ts';
import { parseDeploymentFile } from '../../clients/manifests/parse.ts';
import type { DeploymentFile } from '../../domain/deployment-file.ts';
import { deploymentId, type DeploymentName } from '../../domain/ids.ts';
import { placeOf } from '../../domain/set/problem.ts';
import type { CustomerConnection } from './connections.ts';
import { CliError, EXIT } from './io.ts';
import type { Systems } from './wiring.ts';

export interface SignedFile {
  file: DeploymentFile;
  digest: string;
  /** `s3` or the path on this machine. */
  from: string;
  keyIds: string[];
}

/** Where to look: the customer's bucket, and what the connections file says lies on this machine. */
export interface FileSources {
  connection: CustomerConnection;
  /** Paths on this machine start at the folder of this file. */
  source: string;
  systems: Pick<Systems, 'manifests'>;
  signal: AbortSignal | undefined;
  /** The copy on this machine before the bucket, for what cannot wait for S3. Whoever judges reads the one in force. */
  nearest?: boolean;
}

/** The deployment file in force, from the bucket; with the bucket away, the copy on this machine. Believed only under a root key. */
export async function readSignedFile(sources: FileSources, name: DeploymentName): Promise<SignedFile> {
  const { bytes, signature, from } = await findFile(sources, name);
  const envelope = readEnvelopeFile(signature);
  const roots = sources.connection.rootKeys.map(publicKey);
  const read = envelope && verifyDeploymentFile(bytes, envelope, roots, (text) => parseDeploymentFile(text));
  if (read?.status !== 'verified') {
    const why =
      read?.problems.map((p) => `${placeOf(p)}: ${p.rule}`).join(' ') ??
      `${DEPLOYMENT_SIGNATURE_NAME} is not an envelope in canonical form.`;
    const next = read?.problems[0]?.next ?? 'Deployment Lead has the deployment file signed again under the root.';
    throw new CliError(EXIT.usage, `The deployment file of ${deploymentId(name)} is not to be believed. ${why}`, {
      next,
      code: 'set_not_verified',
    });
  }
  const { file, digest, keyIds } = read;
  if (file.customer !== name.customer || file.deployment !== name.deployment) {
    throw new CliError(EXIT.usage, `The deployment file found for ${deploymentId(name)} is for ${deploymentId(file)}.`, {
      code: 'wrong_deployment',
    });
  }
  return { file, digest, from, keyIds };
}

async function findFile(
  sources: FileSources,
  name: DeploymentName,
): Promise<{ bytes: Uint8Array; signature: Uint8Array; from: string }> {
  const local = await onThisMachine(sources, name.deployment);
  if (local !== undefined && sources.nearest === true) return local;
  if (sources.connection.store !== undefined) {
    try {
      const store = await sources.systems.manifests();
      const key = (file: string) => store.get(`${name.deployment}/${file}`, sources.signal);
      const [bytes, signature] = await Promise.all([key(DEPLOYMENT_FILE_NAME), key(DEPLOYMENT_SIGNATURE_NAME)]);
      if (bytes && signature) return { bytes, signature, from: 's3' };
    } catch (error) {
      if (local === undefined || !isClientError(error)) throw error;
    }
  }
  if (local) return local;
  throw new CliError(
    EXIT.usage,
    `There is no deployment file ${name.deployment}/${DEPLOYMENT_FILE_NAME} with its signature in the manifest bucket.`,
    {
      next: 'Upload it, or check --deployment.',
      code: 'set_not_verified',
    },
  );
}

async function onThisMachine({ connection, source }: FileSources, deployment: string) {
  const configured = connection.deployments?.[deployment]?.file;
  if (configured === undefined) return undefined;
  const path = resolve(dirname(source), configured);
  const read = (file: string) => readFile(file).catch(() => undefined);
  const [bytes, signature] = await Promise.all([read(path), read(join(dirname(path), DEPLOYMENT_SIGNATURE_NAME))]);
  return bytes && signature ? { bytes, signature, from: path } : undefined;
}
