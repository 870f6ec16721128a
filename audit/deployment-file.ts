import type { DeploymentFile } from '../domain/deployment-file.ts';
import { problem, type Problem } from '../domain/set/problem.ts';
import { deploymentFileStatementSchema } from '../domain/set/statement.schema.ts';
import { STATEMENT_PAYLOAD_TYPE } from '../domain/set/statement.ts';
import { verifyEnvelope, type Envelope } from './envelope.ts';
import { publicKey, sha256Digest, type PublicKey } from './keys.ts';
import { parseJson } from './statement.ts';

export const DEPLOYMENT_FILE_NAME = 'deployment.yaml';
export const DEPLOYMENT_SIGNATURE_NAME = 'deployment.dsse.json';

export type DeploymentFileVerdict =
  | {
      status: 'verified';
      file: DeploymentFile;
      /** `sha256:<hex>` of the file's bytes. */
      digest: string;
      /** Root keys that signed. */
      keyIds: string[];
    }
  | { status: 'refused'; problems: Problem[] };

type Parse = (bytes: Uint8Array) => { file: DeploymentFile; problems?: undefined } | { file?: undefined; problems: Problem[] };

export interface RootPolicy {
  /** Distinct root keys that must have signed; one by default. */
  threshold?: number;
  /** Version of the newest deployment file known; an older one is refused, because its keys may have been taken back. */
  knownVersion?: number;
}

/**
 * Checks a deployment file against the pinned root before a word of it is read: it names the keys by which all else
 * is judged, so it must not be judged by itself. `parse` is the YAML reader of `clients/manifests`.
 */
export function verifyDeploymentFile(
  bytes: Uint8Array,
  envelope: Envelope,
  rootKeys: readonly PublicKey[],
  parse: Parse,
  policy: RootPolicy = {},
): DeploymentFileVerdict {
  const { threshold = 1, knownVersion = 1 } = policy;
  const refused = (...problems: Problem[]): DeploymentFileVerdict => ({ status: 'refused', problems });

  const verified = verifyEnvelope(envelope, rootKeys, STATEMENT_PAYLOAD_TYPE);
  if ('problem' in verified)
    return refused(problem('deployment_file_unsigned', DEPLOYMENT_SIGNATURE_NAME, { found: verified.detail }));
  if (verified.keyIds.length < threshold || verified.unverified > 0) {
    return refused(
      problem('deployment_file_unsigned', DEPLOYMENT_SIGNATURE_NAME, {
        found: `${verified.keyIds.length} valid signatures, ${verified.unverified} others`,
        signed: `${threshold} needed and no others`,
      }),
    );
  }
  const statement = deploymentFileStatementSchema.safeParse(parseJson(verified.payload));
  if (!statement.success)
    return refused(
      problem('deployment_file_unsigned', DEPLOYMENT_SIGNATURE_NAME, { found: 'a signed statement about something else' }),
    );

  const { subject, predicate } = statement.data;
  const digest = sha256Digest(bytes);
  const signed = `sha256:${subject[0].digest.sha256}`;
  if (digest !== signed) return refused(problem('deployment_file_changed', DEPLOYMENT_FILE_NAME, { found: digest, signed }));

  const parsed = parse(bytes);
  if (parsed.problems) return refused(...parsed.problems);
  const { file } = parsed;
  const found = `${file.customer}/${file.deployment} version ${file.version}`;
  const named = `${predicate.customer}/${predicate.deployment} version ${predicate.version}`;
  if (found !== named) return refused(problem('deployment_file_other', DEPLOYMENT_FILE_NAME, { found, signed: named }));
  if (file.version < knownVersion) {
    return refused(
      problem('deployment_file_outdated', DEPLOYMENT_FILE_NAME, {
        found: `version ${file.version}`,
        signed: `version ${knownVersion}`,
      }),
    );
  }
  const shared = sharedKeys(file);
  if (shared.length > 0) return refused(...shared);
  return { status: 'verified', file, digest, keyIds: verified.keyIds };
}

/** One key under two names would let one human being count as two in every quorum. */
function sharedKeys(file: DeploymentFile): Problem[] {
  const holder = new Map<string, string>();
  return file.people.flatMap((person) =>
    person.keys.flatMap((text) => {
      const { keyId } = publicKey(text);
      const other = holder.get(keyId);
      holder.set(keyId, person.id);
      return other === undefined || other === person.id
        ? []
        : [problem('key_shared', DEPLOYMENT_FILE_NAME, { found: `${other} and ${person.id}` })];
    }),
  );
}
