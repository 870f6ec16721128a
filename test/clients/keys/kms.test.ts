import { createHash, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { madeKey, publicKey } from '../../../audit/keys.ts';
import { signHead, verifiedCheckpoint, checkpointText } from '../../../audit/tlog/checkpoint.ts';
import { EMPTY_ROOT } from '../../../audit/tlog/merkle.ts';
import { verifierOf } from '../../../audit/tlog/note.ts';
import { generateKeyFile } from '../../../clients/keys/local.ts';
import { openSigner } from '../../../clients/keys/open.ts';

const ARN = 'arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const { privateKey, publicKey: kmsPublic } = generateKeyPairSync('ed25519');
const spki = kmsPublic.export({ format: 'der', type: 'spki' });

interface Call {
  target: string;
  body: Record<string, unknown>;
  authorization: string;
}
const calls: Call[] = [];
/** What the server answers to GetPublicKey, and to Sign, if not what KMS would. */
let keyAnswer: Record<string, unknown> = {};
let signWith = privateKey;
let refuse: { status: number; type: string; message: string } | undefined;
let server: Server;

/** The two calls of KMS's JSON protocol that we use, with a real key behind them. */
async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, string>;
  const target = String(request.headers['x-amz-target']);
  calls.push({ target, body, authorization: request.headers.authorization ?? '' });
  const send = (status: number, value: unknown): void => {
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(value));
  };
  if (refuse) return send(refuse.status, { __type: refuse.type, message: refuse.message });
  if (target === 'TrentService.GetPublicKey') {
    return send(200, {
      KeyId: ARN,
      PublicKey: spki.toString('base64'),
      KeySpec: 'ECC_NIST_EDWARDS25519',
      KeyUsage: 'SIGN_VERIFY',
      SigningAlgorithms: ['ED25519_SHA_512', 'ED25519_PH_SHA_512'],
      ...keyAnswer,
    });
  }
  const signature = sign(null, Buffer.from(body['Message'] ?? '', 'base64'), signWith);
  send(200, { KeyId: ARN, Signature: signature.toString('base64'), SigningAlgorithm: body['SigningAlgorithm'] });
}

let dir = '';
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'golive-kms-'));
  server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  vi.stubEnv('AWS_ENDPOINT_URL_KMS', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'canary-of-the-kms-test');
  vi.stubEnv('AWS_REGION', 'us-east-1');
});
afterAll(async () => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  server.close();
  await rm(dir, { recursive: true, force: true });
});
beforeEach(() => {
  calls.length = 0;
  keyAnswer = {};
  signWith = privateKey;
  refuse = undefined;
});

describe('a key in KMS', () => {
  it('is asked for pure Ed25519 over the message itself, nothing else', async () => {
    const signer = await openSigner(`awskms:${ARN}`);
    const message = Buffer.from('a checkpoint\n');
    const signature = await signer.sign(message);
    expect(calls.map((c) => [c.target, c.body])).toEqual([
      ['TrentService.GetPublicKey', { KeyId: ARN }],
      [
        'TrentService.Sign',
        { KeyId: ARN, Message: message.toString('base64'), MessageType: 'RAW', SigningAlgorithm: 'ED25519_SHA_512' },
      ],
    ]);
    expect(verify(null, message, kmsPublic, signature)).toBe(true);
  });

  it('has the names that a key file with the same key would have', async () => {
    const signer = await openSigner(`awskms:${ARN}`);
    expect(signer).toMatchObject(publicKey(signer.publicKey));
    expect(madeKey(signer.publicKey)?.key.equals(createPublicKey(kmsPublic.export({ format: 'pem', type: 'spki' })))).toBe(true);
    expect(signer.keyId).toBe(createHash('sha256').update(spki.subarray(-32)).digest('hex').slice(0, 16));
  });

  it('signs checkpoints that a log verifier accepts', async () => {
    const signer = await openSigner('awskms:alias/golive-log');
    const head = { origin: 'golive.test/acme', size: 0, root: EMPTY_ROOT };
    const text = checkpointText(await signHead(head, signer));
    expect(verifiedCheckpoint(text, verifierOf(head.origin, 'log', signer.publicKey))).toMatchObject(head);
  });

  it('is looked for in the region that its ARN names, and otherwise in that of the process', async () => {
    await openSigner(`awskms:${ARN}`);
    await openSigner('awskms:1234abcd-12ab-34cd-56ef-1234567890ab');
    expect(calls.map((c) => /Credential=test\/\d+\/([^/]+)\/kms/.exec(c.authorization)?.[1])).toEqual([
      'eu-central-1',
      'us-east-1',
    ]);
  });

  it('takes 4,096 bytes and is not even asked for more', async () => {
    const signer = await openSigner(`awskms:${ARN}`);
    expect(await signer.sign(new Uint8Array(4096))).toHaveLength(64);
    await expect(signer.sign(new Uint8Array(4097))).rejects.toThrow('4096 bytes at most');
    expect(calls).toHaveLength(2);
  });

  it('of another kind is refused before anything is signed, with the command that makes a right one', async () => {
    keyAnswer = { KeySpec: 'ECC_NIST_P256', SigningAlgorithms: ['ECDSA_SHA_256'] };
    await expect(openSigner(`awskms:${ARN}`)).rejects.toThrow(
      /ECC_NIST_P256 .* aws kms create-key --key-spec ECC_NIST_EDWARDS25519/,
    );
    const { publicKey: p256 } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    keyAnswer = { PublicKey: p256.export({ format: 'der', type: 'spki' }).toString('base64') };
    await expect(openSigner(`awskms:${ARN}`)).rejects.toThrow('no Ed25519 key');
  });

  it('whose signature does not hold is never believed', async () => {
    const signer = await openSigner(`awskms:${ARN}`);
    signWith = generateKeyPairSync('ed25519').privateKey;
    await expect(signer.sign(Buffer.from('x'))).rejects.toThrow('does not verify');
  });

  it('that may not be used says so in the words of AWS and without any credential', async () => {
    refuse = { status: 400, type: 'AccessDeniedException', message: 'not authorized to perform: kms:GetPublicKey' };
    const error = await openSigner(`awskms:${ARN}`).catch((e: unknown) => e);
    expect(String(error)).toMatch(/GetPublicKey .* failed: AccessDeniedException: not authorized/);
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('canary-of-the-kms-test');
  });

  it('needs a name', async () => {
    await expect(openSigner('awskms:')).rejects.toThrow('needs a key id');
    expect(calls).toHaveLength(0);
  });
});

describe('a key file', () => {
  it('is opened by its path', async () => {
    const path = join(dir, 'log.pem');
    const made = await generateKeyFile(path);
    expect((await openSigner(path)).publicKey).toBe(made.publicKey);
  });
});
