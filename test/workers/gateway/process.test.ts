import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateKeyFile } from '../../../clients/keys/local.ts';
import { childEnvironment } from '../../../scripts/environment.ts';
import { freePort } from '../../../scripts/processes/ports.ts';

/** The process itself, with nothing behind it that answers: it starts all the same, and takes nothing from strangers. */
describe('the gateway process', () => {
  let dir: string;
  beforeAll(async () => (dir = await mkdtemp(join(tmpdir(), 'golive-gateway-'))));
  afterAll(() => rm(dir, { recursive: true, force: true }));

  async function run(env: Record<string, string>) {
    const port = await freePort();
    const child = spawn(process.execPath, ['--import', 'tsx', 'workers/gateway/main.ts'], {
      env: childEnvironment({ GOLIVE_GATEWAY_PORT: String(port), TEMPORAL_ADDRESS: '127.0.0.1:1', ...env }),
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    const open = new Promise<void>((resolve) =>
      child.stderr.on('data', (chunk: Buffer) => {
        said += chunk.toString();
        if (said.includes('the gateway is open')) resolve();
      }),
    );
    const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
    await Promise.race([open, ended]);
    return { url: `http://127.0.0.1:${port}`, child, ended, said: () => said };
  }

  async function file(keyFile: string): Promise<string> {
    const path = join(dir, 'gateway.json');
    const customer = {
      ...{ customer: 'acme', rootKeys: ['ed25519:AAAA'] },
      store: {
        endpoint: 'http://127.0.0.1:1',
        region: 'us-east-1',
        manifestBucket: 'manifests',
        accessKeyId: 'a',
        secretAccessKey: 'b',
      },
      log: { endpoint: 'http://127.0.0.1:1', readToken: 'readers-token-0123', noteToken: 'gateways-token-0123' },
      slack: {
        team: 'T0ACME',
        signingSecret: 'a-signing-secret',
        botToken: 'xoxb-1',
        keyFile,
        apiUrl: 'http://127.0.0.1:1/api/',
      },
    };
    await writeFile(path, JSON.stringify({ customers: [customer] }), { mode: 0o600 });
    return path;
  }

  it('ends at once when it has no file and Slack is not off, and when it cannot use its key', async () => {
    const without = await run({});
    expect(await without.ended).toBe(1);
    expect(without.said()).toContain('GOLIVE_GATEWAY_FILE is not set');
    const keyless = await run({ GOLIVE_GATEWAY_FILE: await file(join(dir, 'none.pem')) });
    expect(await keyless.ended).toBe(1);
    expect(keyless.said()).toContain('key for acme');
  }, 90_000);

  it('names whose Slack it serves, takes nothing unsigned, and ends when it is asked to', async () => {
    const keyFile = join(dir, 'gateway.pem');
    await generateKeyFile(keyFile);
    const { url, child, ended } = await run({ GOLIVE_GATEWAY_FILE: await file(keyFile) });
    const ready = await fetch(`${url}/readyz`);
    expect([ready.status, await ready.json()]).toMatchObject([503, { slack: ['acme'] }]);
    const post = (path: string) => fetch(`${url}${path}`, { method: 'POST', body: 'payload={}' }).then((r) => r.status);
    expect([await post('/slack/acme/interactions'), await post('/slack/acme/commands')]).toEqual([401, 401]);
    expect(await post('/slack/other/commands')).toBe(404);
    expect(await (await fetch(`${url}/metrics`)).text()).toContain('golive_gateway_clicks_total{outcome="bad_signature"} 2');
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  }, 90_000);
});
