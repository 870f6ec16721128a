import { DEPLOYMENT_FILE_NAME, DEPLOYMENT_SIGNATURE_NAME, verifyDeploymentFile } from '../../audit/deployment-file.ts';
import { parseEnvelope } from '../../audit/envelope.ts';
import { publicKey } from '../../audit/keys.ts';
import { parseDeploymentFile } from '../../clients/manifests/parse.ts';
import type { Store } from '../../clients/store/port.ts';
import type { DeploymentFile } from '../../domain/deployment-file.ts';

/** A file changes only by a new version; a few seconds of memory spare two reads per click. */
const REMEMBER_MS = 5000;

export interface FilesFrom {
  customer: string;
  manifests: Pick<Store, 'get'>;
  rootKeys: readonly string[];
  now: () => number;
}

/** Reads deployment files, which say who is who, and believes them only under the pinned root. Undefined: not to be believed. */
export function deploymentFiles({ customer, manifests, rootKeys, now }: FilesFrom) {
  const remembered = new Map<string, { at: number; file: Promise<DeploymentFile | undefined> }>();
  const newest = new Map<string, DeploymentFile>();

  async function read(deployment: string): Promise<DeploymentFile | undefined> {
    const get = (name: string) => manifests.get(`${deployment}/${name}`, AbortSignal.timeout(REMEMBER_MS));
    const [bytes, signature] = await Promise.all([get(DEPLOYMENT_FILE_NAME), get(DEPLOYMENT_SIGNATURE_NAME)]);
    const envelope = signature && parseEnvelope(signature);
    if (!bytes || !envelope || 'problem' in envelope) return undefined;
    const verdict = verifyDeploymentFile(bytes, envelope, rootKeys.map(publicKey), (text) => parseDeploymentFile(text), {
      knownVersion: newest.get(deployment)?.version ?? 1,
    });
    if (verdict.status === 'refused') return undefined;
    const { file } = verdict;
    if (file.customer !== customer || file.deployment !== deployment) return undefined;
    newest.set(deployment, file);
    return file;
  }

  return {
    file(deployment: string): Promise<DeploymentFile | undefined> {
      const known = remembered.get(deployment);
      if (known && now() - known.at < REMEMBER_MS) return known.file;
      const file = read(deployment);
      remembered.set(deployment, { at: now(), file });
      file.catch(() => remembered.delete(deployment));
      return file;
    },
    remembered: (): DeploymentFile[] => [...newest.values()],
  };
}
