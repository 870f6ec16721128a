import { GetPublicKeyCommand, KMSClient, SignCommand } from '@aws-sdk/client-kms';
import { createPublicKey, verify, type KeyObject } from 'node:crypto';
import { publicPartOf } from './local.ts';
import type { Signer } from './port.ts';

/** KMS takes no more in one call of MessageType RAW; checkpoints and cosignatures have about 120 bytes. */
const MAX_MESSAGE_BYTES = 4096;
const ALGORITHM = 'ED25519_SHA_512';
const NEEDED = 'Make one with: aws kms create-key --key-spec ECC_NIST_EDWARDS25519 --key-usage SIGN_VERIFY';

/**
 * A key in AWS KMS: key spec ECC_NIST_EDWARDS25519, ED25519_SHA_512 over the message itself (RAW), which is the pure Ed25519
 * that notes and envelopes are verified with; never the pre-hashed variant. Region, endpoint and credentials come by the SDK's
 * own chain; an ARN names its region itself. Needs kms:GetPublicKey and kms:Sign.
 *
 * The tests prove what is asked of KMS and that its answers verify, against a server that speaks these two calls. They cannot
 * prove how AWS itself behaves (no emulator we know signs with Ed25519): limits on calls, latency, and IAM are AWS's word.
 */
export async function openKmsKey(keyId: string): Promise<Signer> {
  if (!/^[\w:/.-]{1,2048}$/.test(keyId)) throw new Error('awskms: needs a key id, an alias/… or an ARN after the colon');
  const region = /^arn:[^:]+:kms:([^:]+):/.exec(keyId)?.[1];
  const client = new KMSClient({
    ...(region === undefined ? {} : { region }),
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
  });
  const key = await publicKeyIn(client, keyId);
  return {
    ...publicPartOf(key),
    sign: async (message) => {
      if (message.length > MAX_MESSAGE_BYTES)
        throw new Error(`KMS signs ${MAX_MESSAGE_BYTES} bytes at most, this message has ${message.length}`);
      const signature = await asked(keyId, 'Sign', () =>
        client.send(new SignCommand({ KeyId: keyId, Message: message, MessageType: 'RAW', SigningAlgorithm: ALGORITHM })),
      ).then((answer) => answer.Signature ?? new Uint8Array());
      // A line that does not hold would spoil the whole note for every reader.
      if (signature.length !== 64 || !verify(null, message, key, signature))
        throw new Error(`KMS answered with a signature that the public key of ${keyId} does not verify`);
      return signature;
    },
  };
}

async function publicKeyIn(client: KMSClient, keyId: string): Promise<KeyObject> {
  const { PublicKey, KeySpec, KeyUsage, SigningAlgorithms } = await asked(keyId, 'GetPublicKey', () =>
    client.send(new GetPublicKeyCommand({ KeyId: keyId })),
  );
  if (KeySpec !== 'ECC_NIST_EDWARDS25519' || KeyUsage !== 'SIGN_VERIFY' || SigningAlgorithms?.includes(ALGORITHM) !== true)
    throw new Error(`KMS key ${keyId} is ${KeySpec ?? 'of no known kind'} for ${KeyUsage ?? 'nothing'}. ${NEEDED}`);
  const key = createPublicKey({ key: Buffer.from(PublicKey ?? []), format: 'der', type: 'spki' });
  if (key.asymmetricKeyType !== 'ed25519') throw new Error(`The public key of KMS key ${keyId} is no Ed25519 key. ${NEEDED}`);
  return key;
}

/** The SDK's errors carry the whole exchange, credentials' headers included; only their words go on. */
async function asked<T>(keyId: string, what: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    throw new Error(`KMS ${what} with key ${keyId} failed: ${name}: ${message}`);
  }
}
