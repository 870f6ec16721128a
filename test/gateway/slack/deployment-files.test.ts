import { stringify } from 'yaml';
import { describe, expect, it } from 'vitest';
import { envelopeText } from '../../../audit/envelope.ts';
import { signDeploymentFile } from '../../../audit/statement.ts';
import { temporarySigner } from '../../../clients/keys/local.ts';
import { createMemoryStore } from '../../../clients/store/memory.ts';
import type { DeploymentFile } from '../../../domain/deployment-file.ts';
import { deploymentFiles } from '../../../gateway/slack/deployment-files.ts';
import { signedDeployment } from '../../support/signed-deployment.ts';

const root = temporarySigner();
const { file } = await signedDeployment();

async function bucket() {
  const manifests = createMemoryStore();
  let nowMs = 0;
  let away = false;
  const get = (key: string) => (away ? Promise.reject(new Error('away')) : manifests.get(key));
  const files = deploymentFiles({ customer: file.customer, manifests: { get }, rootKeys: [root.publicKey], now: () => nowMs });
  return {
    manifests,
    async put(content: DeploymentFile, signer = root, folder = content.deployment): Promise<void> {
      const bytes = Buffer.from(stringify(content, { lineWidth: 0, aliasDuplicateObjects: false }));
      await manifests.put(`${folder}/deployment.yaml`, bytes);
      await manifests.put(`${folder}/deployment.dsse.json`, envelopeText(await signDeploymentFile(bytes, content, [signer])));
      nowMs += 60_000;
    },
    read: (deployment: string) => files.file(deployment),
    remembered: () => files.remembered(),
    later: () => void (nowMs += 60_000),
    away: (is: boolean) => void (away = is),
  };
}

describe('who is who', () => {
  it('is what the file says that the pinned root signed', async () => {
    const b = await bucket();
    await b.put(file);
    expect(await b.read(file.deployment)).toMatchObject({ customer: file.customer, people: file.people });
  });

  it('is not what another root signed, nor a file that was changed, nor one of another deployment, nor none', async () => {
    const b = await bucket();
    await b.put(file, temporarySigner());
    expect(await b.read(file.deployment)).toBeUndefined();
    await b.put(file);
    await b.manifests.put(`${file.deployment}/deployment.yaml`, stringify({ ...file, startedBy: 'somebody' }));
    b.later();
    expect(await b.read(file.deployment)).toBeUndefined();
    await b.put(file, root, 'other');
    expect(await b.read('other')).toBeUndefined();
    expect(await b.read('none')).toBeUndefined();
  });

  it('is not an older file once a newer was seen: its people may have been taken out of it', async () => {
    const b = await bucket();
    await b.put({ ...file, version: 2 });
    expect((await b.read(file.deployment))?.version).toBe(2);
    await b.put({ ...file, version: 1 });
    expect(await b.read(file.deployment)).toBeUndefined();
  });

  it('is asked for again when the bucket did not answer', async () => {
    const b = await bucket();
    await b.put(file);
    b.away(true);
    await expect(b.read(file.deployment)).rejects.toThrow('away');
    b.away(false);
    expect((await b.read(file.deployment))?.version).toBe(file.version);
  });
});
