import { loadKeyFile } from './local.ts';
import type { Signer } from './port.ts';

const KMS = 'awskms:';

/**
 * The key that a process signs with: the path of a PEM file that only its owner can read, or `awskms:<key id, alias or ARN>`.
 * Throws when it cannot be used, with what to do about it.
 */
export async function openSigner(spec: string): Promise<Signer> {
  if (!spec.startsWith(KMS)) return loadKeyFile(spec);
  // The SDK costs 20 MB; who signs with a file does not pay for it.
  const { openKmsKey } = await import('./kms.ts');
  return openKmsKey(spec.slice(KMS.length));
}
