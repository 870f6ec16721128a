import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { envelopeText } from '../../../audit/envelope.ts';
import { readIndex, signDeploymentFile, signSet } from '../../../audit/statement.ts';
import { loadKeyFile } from '../../../clients/keys/local.ts';
import { INDEX_KEY, SIGNATURE_KEY } from '../../../domain/set/limits.ts';
import { TestCustomer } from './customer.ts';
import type { TestStack } from './stack.ts';

/** Another deployment of a customer: signed under the same root, over the same manifests; nothing of it is started. */
export async function anotherDeployment(stack: TestStack<string>, of: TestCustomer, deployment: string): Promise<TestCustomer> {
  const { generated } = of;
  const { customer, version } = of.file;
  const file = { ...of.file, deployment, manifestSet: { ...of.file.manifestSet, prefix: `${deployment}/set` } };
  const bytes = Buffer.from(stringify(file, { lineWidth: 0, aliasDuplicateObjects: false }));
  const root = await loadKeyFile(generated.paths.rootKey);
  const atlas = await loadKeyFile(generated.paths.keys[of.holder('atlas-operator')] ?? '');
  const index = readIndex(await readFile(join(generated.paths.setFolder, INDEX_KEY))) ?? [];
  const frozen = {
    customer,
    deployment,
    version: 1,
    previous: undefined,
    frozenAt: new Date().toISOString(),
    index,
    signer: atlas,
  };
  const { envelope } = await signSet(frozen);
  const store = of.store(file.manifestSet.bucket);
  for (const entry of await readdir(generated.paths.setFolder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    await store.put(`${deployment}/set/${path.slice(generated.paths.setFolder.length + 1)}`, await readFile(path));
  }
  await store.put(`${deployment}/set/${SIGNATURE_KEY}`, envelopeText(envelope));
  await store.put(`${deployment}/deployment.yaml`, bytes);
  const signature = await signDeploymentFile(bytes, { customer, deployment, version }, [root]);
  await store.put(`${deployment}/deployment.dsse.json`, envelopeText(signature));
  store.close();
  const { parts, dir, client } = stack;
  return new TestCustomer({ parts, dir, client, generated: { ...generated, deploymentFile: file } });
}
