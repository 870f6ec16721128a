import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { stringify } from 'yaml';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Tenant } from '../../../activities/ports.ts';
import { envelopeText } from '../../../audit/envelope.ts';
import { signDeploymentFile } from '../../../audit/statement.ts';
import { temporarySigner } from '../../../clients/keys/local.ts';
import { parseDeploymentFile } from '../../../clients/manifests/parse.ts';
import { createMemoryStore } from '../../../clients/store/memory.ts';
import { keptFiles } from '../../../workers/stop/kept-files.ts';
import { deploymentFile } from '../../audit/signed-set.ts';

const { customer, deployment } = deploymentFile;
const NAME = { customer, deployment };
const root = temporarySigner();
let dir: string;
let manifests: ReturnType<typeof createMemoryStore>;
let away: boolean;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'golive-kept-'));
  manifests = createMemoryStore();
  away = false;
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const files = () => {
  const store = {
    ...manifests,
    get: (key: string) => (away ? Promise.reject(new Error('away')) : manifests.get(key)),
    list: (prefix: string) => (away ? Promise.reject(new Error('away')) : manifests.list(prefix)),
  };
  const tenant = {
    customer,
    rootKeys: [root.publicKey],
    manifests: store,
    readDeploymentFile: (bytes: Uint8Array) => parseDeploymentFile(bytes),
  } as unknown as Tenant;
  return keptFiles(dir, new Map([[customer, tenant]]), pino({ level: 'silent' }));
};

async function upload(version: number, signer = root): Promise<void> {
  const file = { ...deploymentFile, version };
  const bytes = Buffer.from(stringify(file, { aliasDuplicateObjects: false }));
  await manifests.put(`${deployment}/deployment.yaml`, bytes);
  await manifests.put(`${deployment}/deployment.dsse.json`, envelopeText(await signDeploymentFile(bytes, file, [signer])));
}

describe('the deployment files that a stop worker keeps', () => {
  it('are there after a restart, with a bucket that is away', async () => {
    await upload(1);
    await files().refresh();
    away = true;
    const later = files();
    await later.refresh();
    expect((await later.read(NAME))?.file.version).toBe(1);
    expect(await later.renew(NAME)).toBeUndefined();
    expect((await later.read(NAME))?.file.version).toBe(1);
  });

  it('are renewed by a newer version under the root, and by nothing else', async () => {
    const kept = files();
    await upload(2);
    expect(await kept.renew(NAME)).toMatchObject({ file: { version: 2 } });
    await upload(1);
    expect(await kept.renew(NAME)).toBeUndefined();
    await upload(3, temporarySigner());
    expect(await kept.renew(NAME)).toBeUndefined();
    expect((await kept.read(NAME))?.file.version).toBe(2);
    await upload(3);
    expect(await kept.renew(NAME)).toMatchObject({ file: { version: 3 } });
  });

  it('are those of the customers served', async () => {
    await upload(1);
    expect(await files().renew({ customer: 'globex', deployment })).toBe('absent');
    expect(await files().renew({ customer, deployment: 'q9' })).toBe('absent');
    expect(await files().read({ customer: `../${customer}`, deployment })).toBeUndefined();
  });
});
