import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { mkdir, open, readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Signer } from './port.ts';

const RAW_KEY_BYTES = 32;

/** Makes a new key and writes it as PKCS8 PEM that only its owner can read. An existing file is never overwritten. */
export async function generateKeyFile(path: string): Promise<Signer> {
  const { privateKey } = generateKeyPairSync('ed25519');
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(privateKey.export({ format: 'pem', type: 'pkcs8' }));
    await file.sync();
  } finally {
    await file.close();
  }
  return signerOf(privateKey);
}

/** Loads a key file. One that others can read is refused: its signatures would not prove who gave the order. */
export async function loadKeyFile(path: string): Promise<Signer> {
  const { mode } = await stat(path);
  if ((mode & 0o077) !== 0)
    throw new Error(`${path} can be read by others (mode ${(mode & 0o777).toString(8)}); run: chmod 600 ${path}`);
  let key: KeyObject;
  try {
    key = createPrivateKey(await readFile(path, 'utf8'));
  } catch {
    // The cause may quote the file, and nothing of a private key belongs in a message.
    throw new Error(`${path} does not hold a private key (PKCS8 PEM)`);
  }
  return signerOf(key);
}

/** A key for the life of this process, for tests and for what needs no memory. */
export function temporarySigner(): Signer {
  return signerOf(generateKeyPairSync('ed25519').privateKey);
}

function signerOf(privateKey: KeyObject): Signer {
  if (privateKey.asymmetricKeyType !== 'ed25519')
    throw new Error(`an Ed25519 key is needed, not ${privateKey.asymmetricKeyType ?? 'this one'}`);
  return {
    ...publicPartOf(createPublicKey(privateKey)),
    sign: async (bytes) => sign(null, bytes, privateKey),
  };
}

/** Id and text of an Ed25519 public key. */
export function publicPartOf(key: KeyObject): Pick<Signer, 'keyId' | 'publicKey'> {
  const raw = key.export({ format: 'der', type: 'spki' }).subarray(-RAW_KEY_BYTES);
  // The same rule as in audit/keys, which this layer may not import; a test holds the two together.
  return { keyId: createHash('sha256').update(raw).digest('hex').slice(0, 16), publicKey: `ed25519:${raw.toString('base64')}` };
}
