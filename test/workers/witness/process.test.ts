import { mkdir, readFile, rmdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { verifierOf, vkey } from '../../../audit/tlog/note.ts';
import { generateKeyFile } from '../../../clients/keys/local.ts';
import { freePort } from '../../../scripts/processes/ports.ts';
import type { ManagedProcess } from '../../../scripts/processes/process.ts';
import { TestLog } from '../../audit/tlog/test-log.ts';
import { TestWitness, WITNESS_NAME } from './opened.ts';

const open: { stop(): Promise<unknown>; remove(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) {
    await one.stop();
    await one.remove();
  }
});

async function started(...logs: TestLog[]): Promise<{ witness: TestWitness; process: ManagedProcess }> {
  const witness = await TestWitness.made(...logs.map((log) => log.verifier));
  const process = await witness.start();
  open.push({ stop: () => process.stop(), remove: witness.remove });
  return { witness, process };
}

describe('the witness process', () => {
  it('answers with a line that makes the checkpoint a witnessed one, now', async () => {
    const log = new TestLog('golive.test/acme', 10);
    const { witness } = await started(log);
    const answer = await witness.ask(await log.request(0));
    expect(answer).toMatchObject({ status: 200, type: expect.stringContaining('text/plain') as string });
    const at = witness.cosignedAt(await log.checkpoint(), answer?.text ?? '') ?? 0;
    expect(Math.abs(Date.now() / 1000 - at)).toBeLessThan(5);
    log.grow(90);
    const grown = await witness.ask(await log.request(10));
    expect(witness.cosignedAt(await log.checkpoint(), grown?.text ?? '')).toBeGreaterThanOrEqual(at);
  });

  it('tells a log that is behind or ahead how many entries it has cosigned', async () => {
    const log = new TestLog('golive.test/acme', 10);
    const { witness } = await started(log);
    expect(await witness.ask(await log.request(7))).toMatchObject({ status: 409, type: 'text/x.tlog.size', text: '0\n' });
    await witness.ask(await log.request(0));
    expect(await witness.ask(await log.request(7))).toMatchObject({ status: 409, type: 'text/x.tlog.size', text: '10\n' });
  });

  it('answers what it refuses with the status of the protocol', async () => {
    const log = new TestLog('golive.test/acme', 10);
    const { witness } = await started(log);
    const stranger = new TestLog('golive.test/initech', 1);
    const impostor = new TestLog('golive.test/acme', 1);
    expect(await witness.ask(await stranger.request(0))).toMatchObject({ status: 404 });
    expect(await witness.ask(await impostor.request(0))).toMatchObject({ status: 403 });
    expect(await witness.ask(Buffer.from('hello'))).toMatchObject({ status: 400 });
    expect(await witness.ask(Buffer.alloc(64 * 1024))).toMatchObject({ status: 413 });
    await witness.ask(await log.request(0));
    expect(await witness.ask(await log.forked(3).request(10))).toMatchObject({ status: 422 });
  });

  it('reads a request whatever content type it comes with', async () => {
    const log = new TestLog('golive.test/acme', 10);
    const { witness } = await started(log);
    await witness.ask(await log.request(0));
    for (const type of ['text/plain; charset=utf-8', 'application/octet-stream', 'application/json', undefined]) {
      const headers: Record<string, string> = type === undefined ? {} : { 'content-type': type };
      const body = new Uint8Array(await log.request(10));
      const answer = await fetch(`${witness.url}/add-checkpoint`, { method: 'POST', body, headers });
      expect(answer.status).toBe(200);
    }
  });

  it('remembers each of its logs for itself, over a restart, in a file that only its owner reads', async () => {
    const [acme, globex] = [new TestLog('golive.test/acme', 10), new TestLog('golive.test/globex', 20)];
    const { witness, process } = await started(acme, globex);
    await witness.ask(await acme.request(0));
    await witness.ask(await globex.request(0));
    expect((await stat(witness.state)).mode & 0o777).toBe(0o600);
    await process.restart();
    expect(await Promise.all([witness.remembered(acme), witness.remembered(globex)])).toEqual([10, 20]);
  });

  it('shows per log how many entries it has cosigned and when, and counts what it refuses', async () => {
    const log = new TestLog('golive.test/acme', 42);
    const { witness } = await started(log);
    await witness.ask(await log.request(0));
    await witness.ask(await log.request(0));
    const metrics = await (await fetch(`${witness.url}/metrics`)).text();
    expect(metrics).toContain('golive_witness_size{origin="golive.test/acme"} 42');
    expect(metrics).toMatch(/golive_witness_cosigned_timestamp_seconds\{origin="golive\.test\/acme"\} \d{10}\n/);
    expect(metrics).toContain('golive_witness_requests_total{status="409"} 1');
    expect((await fetch(`${witness.url}/livez`)).status).toBe(200);
  });

  it('cosigns nothing that it cannot write down, says that it is not ready, and goes on when it can', async () => {
    const log = new TestLog('golive.test/acme', 10);
    const { witness } = await started(log);
    await mkdir(`${witness.state}.new`);
    expect(await witness.ask(await log.request(0))).toMatchObject({ status: 503 });
    expect((await fetch(`${witness.url}/readyz`)).status).toBe(503);
    await rmdir(`${witness.state}.new`);
    expect(await witness.ask(await log.request(0))).toMatchObject({ status: 200 });
    expect((await fetch(`${witness.url}/readyz`)).status).toBe(200);
  });

  it('keeps its memory when it is given a new key', async () => {
    const log = new TestLog('golive.test/acme', 10);
    const { witness, process } = await started(log);
    await witness.ask(await log.request(0));
    await process.stop();
    const { publicKey } = await generateKeyFile(join(witness.dir, 'new.pem'));
    const again = await witness.start({ GOLIVE_WITNESS_KEY: join(witness.dir, 'new.pem') });
    open.push({ stop: () => again.stop(), remove: async () => undefined });
    expect(await witness.remembered(log)).toBe(10);
    expect(await (await fetch(`${witness.url}/readyz`)).text()).toContain(vkey(verifierOf(WITNESS_NAME, 'witness', publicKey)));
  });

  it('ends with 1 when another witness works on its file', async () => {
    const log = new TestLog('golive.test/acme', 10);
    const { witness, process } = await started(log);
    const port = String(await freePort());
    const other = await witness.start({ GOLIVE_WITNESS_PORT: port });
    open.push({ stop: () => other.stop(), remove: async () => undefined });
    expect(await witness.ask(await log.request(0))).toMatchObject({ status: 200 });
    const fork = await log.forked(3).request(0);
    expect(await witness.ask(fork, `http://127.0.0.1:${port}`)).toMatchObject({ status: 503 });
    expect(await other.exited).toEqual({ code: 1, signal: null });
    expect(process.running).toBe(true);
    expect(await readFile(join(witness.dir, 'witness.log'), 'utf8')).toContain('was changed by somebody else');
  });

  it('does not start with a key that others can read, or with a log that is none', async () => {
    const log = new TestLog();
    const witness = await TestWitness.made(log.verifier);
    open.push({ stop: async () => undefined, remove: witness.remove });
    await expect(witness.start({ GOLIVE_WITNESS_LOGS: 'golive.test/acme' })).rejects.toThrow(
      /exit code 1.*is not the vkey of a log/s,
    );
    await writeFile(join(witness.dir, 'open.pem'), 'x', { mode: 0o644 });
    await expect(witness.start({ GOLIVE_WITNESS_KEY: join(witness.dir, 'open.pem') })).rejects.toThrow(/exit code 1.*chmod 600/s);
  });

  it('ends with 0 when it is asked to', async () => {
    const { process } = await started(new TestLog());
    expect(await process.stop()).toEqual({ code: 0, signal: null });
  });
});
