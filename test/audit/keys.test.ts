import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateKeyFile, loadKeyFile } from '../../clients/keys/local.ts';
import { signEnvelope, verifyEnvelope } from '../../audit/envelope.ts';

let dir = '';
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'golive-keys-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

describe('a key file', () => {
  it('can be read by its owner only and signs after being loaded', async () => {
    const path = join(dir, 'deep', 'maya.pem');
    const made = await generateKeyFile(path);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const loaded = await loadKeyFile(path);
    expect(loaded).toMatchObject({ keyId: made.keyId, publicKey: made.publicKey });
    const envelope = await signEnvelope({ payloadType: 't', payload: Buffer.from('x'), signers: [loaded] });
    expect(verifyEnvelope(envelope, [made], 't')).toMatchObject({ keyIds: [made.keyId] });
  });

  it('is never overwritten', async () => {
    const path = join(dir, 'once.pem');
    await generateKeyFile(path);
    const before = await readFile(path, 'utf8');
    await expect(generateKeyFile(path)).rejects.toThrow('EEXIST');
    expect(await readFile(path, 'utf8')).toBe(before);
  });

  it('is refused when others can read it', async () => {
    const path = join(dir, 'open.pem');
    await generateKeyFile(path);
    await chmod(path, 0o640);
    await expect(loadKeyFile(path)).rejects.toThrow('chmod 600');
  });

  it('is refused without quoting it when it is no key', async () => {
    const path = join(dir, 'wrong.pem');
    await writeFile(path, 'secret words', { mode: 0o600 });
    await expect(loadKeyFile(path)).rejects.toThrow(/does not hold a private key/);
    await expect(loadKeyFile(path)).rejects.not.toThrow(/secret words/);
  });
});
