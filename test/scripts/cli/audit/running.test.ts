import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { verifierOf } from '../../../../audit/tlog/note.ts';
import { policyText } from '../../../../audit/tlog/policy.ts';
import { createHttpRecorder } from '../../../../clients/recorder/http.ts';
import type { ConnectionsFile } from '../../../../scripts/cli/connections.ts';
import { runCli } from '../../../../scripts/cli/run.ts';
import { ADD_TOKEN, minted, openedLog, ORIGIN, range, READ_TOKEN, type OpenedLog } from '../../../workers/log/opened.ts';

let dir: string;
let log: OpenedLog;
let recorder: ReturnType<typeof createHttpRecorder>;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'golive-running-'));
  log = await openedLog({ witnessEveryMs: 600_000 });
  recorder = createHttpRecorder({ url: log.url, token: ADD_TOKEN });
  await recorder.add(range(0, 300).map((n) => minted(n, n % 2 === 0 ? 'agent' : 'other')));
  const policy = { log: verifierOf(ORIGIN, 'log', log.signer.publicKey), witnesses: [], rootKeys: [] };
  const file: ConnectionsFile = {
    apiVersion: 'golive/v1',
    kind: 'Connections',
    customers: {
      acme: { log: { endpoint: log.url, token: READ_TOKEN }, rootKeys: [log.signer.publicKey], auditPolicy: policyText(policy) },
    },
  };
  await writeFile(join(dir, 'golive.yaml'), stringify(file));
  await writeFile(join(dir, 'policy'), policyText(policy));
});
afterAll(async () => {
  await recorder.close();
  await log.close(100);
  await rm(dir, { recursive: true, force: true });
});

async function audit(...words: string[]) {
  const said = { out: '', err: '' };
  const code = await runCli(['audit', ...words, '--connections', join(dir, 'golive.yaml')], {
    stdout: (text) => void (said.out += text),
    stderr: (text) => void (said.err += text),
    isTTY: false,
    now: () => Date.parse('2026-03-01T08:00:30.000Z'),
    columns: 140,
  });
  return { code, ...said };
}

describe('golive audit on the running log', () => {
  it('counts up to now', async () => {
    const { out, code } = await audit('summary');
    expect(code).toBe(0);
    expect(out).toMatch(/^entries +300 +300 +300$/m);
    expect(out).toContain('until now');
    expect((await audit('query', '--cohort', 'agent', '--limit', '1000')).err).toBe('150 entries.\n');
  });

  it('gives no receipt for what is not published yet, and says when it will be: exit 3', async () => {
    const ran = await audit('receipt', 'agent-7', '--out', join(dir, 'early.tlog-proof'));
    expect(ran).toMatchObject({ code: 3, err: expect.stringContaining('--timeout') as string });
    expect((await audit('sample')).code).toBe(3);
  });

  it('gives one that verifies offline once it is', async () => {
    await recorder.publish();
    const out = join(dir, 'one.tlog-proof');
    const made = await audit('receipt', 'agent-7', '--out', out);
    expect(made.code).toBe(0);
    expect(await readFile(out, 'utf8')).toMatch(/^c2sp\.org\/tlog-proof@v1\nindex 7\n/);
    const verified = await audit('receipt', 'verify', out, '--policy', join(dir, 'policy'));
    expect(verified).toMatchObject({ code: 0, out: expect.stringContaining('Verified: entry #7') as string });
  });

  it('draws and verifies a sample of what is published, and no more', async () => {
    await recorder.add([minted(300)]);
    const { code, out } = await audit('sample', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ size: 300, verified: 3 });
  });
});
