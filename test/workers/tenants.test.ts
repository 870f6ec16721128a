import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifierOf } from '../../audit/tlog/note.ts';
import { policyText } from '../../audit/tlog/policy.ts';
import { temporarySigner } from '../../clients/keys/local.ts';
import { ConfigError } from '../../workers/config.ts';
import { portsOf, readTenants } from '../../workers/tenants.ts';

const keyOf = (name: string, type: 'log' | 'witness') => verifierOf(name, type, temporarySigner().publicKey);
const policy = {
  log: keyOf('golive.test/acme', 'log'),
  witnesses: [{ label: 'customer', verifier: keyOf('witness.acme.example/golive', 'witness') }],
  quorum: 'customer',
  rootKeys: [],
};
const SECRET = 'sk-live-4f9c21d07b3e';
const tenant = (customer: string) => ({
  customer,
  rootKeys: ['ed25519:AAAA'],
  auditPolicy: policyText(policy),
  store: { region: 'eu', accessKeyId: 'id', secretAccessKey: SECRET, manifestBucket: 'm', auditBucket: 'a' },
  platform: { endpoint: 'http://127.0.0.1:1', key: SECRET },
  cluster: { endpoint: 'http://127.0.0.1:1', token: SECRET },
  log: { endpoint: 'http://127.0.0.1:1', addToken: SECRET, readToken: SECRET },
});

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'golive-tenants-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function fileWith(text: string): Promise<string> {
  const path = join(folder, `${Math.abs(text.length)}-${text.slice(0, 3).replace(/\W/g, '_')}.json`);
  await writeFile(path, text);
  await chmod(path, 0o600);
  return path;
}

describe('the customers that a worker serves', () => {
  it('each have systems of their own, and no other is served', async () => {
    const tenants = readTenants(await fileWith(JSON.stringify({ tenants: [tenant('acme'), tenant('globex')] })));
    const ports = portsOf(tenants, { dead: async () => [] });
    expect(ports.tenant('acme').customer).toBe('acme');
    expect(ports.tenant('acme').policy).toEqual(policy);
    expect(ports.tenant('globex').platform).not.toBe(ports.tenant('acme').platform);
    expect(() => ports.tenant('initech')).toThrow('does not serve initech');
    expect(() => ports.tenant('__proto__')).toThrow('does not serve');
  });

  it('have ways to reach people where the file gives them, and none where it does not', async () => {
    const ways = {
      slack: { botToken: SECRET },
      teams: { webhook: 'https://example.com/hook' },
      pager: { url: 'https://example.com' },
    };
    const served = readTenants(await fileWith(JSON.stringify({ tenants: [{ ...tenant('acme'), ...ways }, tenant('globex')] })));
    expect(Object.keys(served.get('acme')?.notify ?? {})).toEqual(['slack', 'teams', 'pager']);
    expect(served.get('globex')?.notify).toEqual({});
  });

  it.each<[string, string]>([
    ['nobody', '{"tenants":[]}'],
    ['no policy', JSON.stringify({ tenants: [{ ...tenant('acme'), auditPolicy: undefined }] })],
    ['half a policy', JSON.stringify({ tenants: [{ ...tenant('acme'), auditPolicy: policyText(policy).slice(0, 40) }] })],
    ['no root key', JSON.stringify({ tenants: [{ ...tenant('acme'), rootKeys: [] }] })],
    ['a field too many', JSON.stringify({ tenants: [{ ...tenant('acme'), admin: true }] })],
    ['no JSON', `{"tenants":[{"key":"${SECRET}",]}`],
    ['half a file', JSON.stringify({ tenants: [tenant('acme')] }).slice(0, -30)],
    ['a secret where none belongs', `"${SECRET}"`],
  ])('cannot be read from a file with %s, and the error does not quote it', async (_what, text) => {
    const path = await fileWith(text);
    const reading = () => readTenants(path);
    expect(reading).toThrow(ConfigError);
    expect(reading).toThrow('GOLIVE_TENANTS_FILE');
    expect(reading).not.toThrow(SECRET.slice(0, 8));
  });

  it('are missing by name when the file is', () => {
    expect(() => readTenants(join(folder, 'none.json'))).toThrow('none.json cannot be read');
  });
});
