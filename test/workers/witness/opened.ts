import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateKeyFile } from '../../../clients/keys/local.ts';
import { parseCheckpoint } from '../../../audit/tlog/checkpoint.ts';
import { cosignedAt } from '../../../audit/tlog/cosignature.ts';
import { verifierOf, vkey, type Verifier } from '../../../audit/tlog/note.ts';
import type { TestLog } from '../../audit/tlog/test-log.ts';
import { freePort, answersOk } from '../../../scripts/processes/ports.ts';
import { startProcess, type ManagedProcess } from '../../../scripts/processes/process.ts';

export const WITNESS_NAME = 'witness.acme.example/golive';

/** A witness's folder with its key, and the process that works in it. */
export class TestWitness {
  readonly dir: string;
  readonly verifier: Verifier;
  readonly url: string;
  readonly env: Record<string, string>;
  readonly state: string;

  private constructor(dir: string, verifier: Verifier, port: number, logs: readonly Verifier[]) {
    this.dir = dir;
    this.verifier = verifier;
    this.url = `http://127.0.0.1:${port}`;
    this.state = join(dir, 'state.json');
    this.env = {
      GOLIVE_WITNESS_PORT: String(port),
      GOLIVE_WITNESS_NAME: WITNESS_NAME,
      GOLIVE_WITNESS_KEY: join(dir, 'key.pem'),
      GOLIVE_WITNESS_LOGS: logs.map(vkey).join(','),
      GOLIVE_WITNESS_STATE: this.state,
    };
  }

  static async made(...logs: Verifier[]): Promise<TestWitness> {
    const dir = await mkdtemp(join(tmpdir(), 'golive-witness-'));
    const { publicKey } = await generateKeyFile(join(dir, 'key.pem'));
    return new TestWitness(dir, verifierOf(WITNESS_NAME, 'witness', publicKey), await freePort(), logs);
  }

  start(over: Record<string, string> = {}, program: string[] = ['workers/witness/main.ts']): Promise<ManagedProcess> {
    const env = { ...this.env, ...over };
    return startProcess({
      name: 'witness',
      command: process.execPath,
      args: ['--import', 'tsx', ...program],
      logFile: join(this.dir, 'witness.log'),
      env,
      ready: () => answersOk(`http://127.0.0.1:${env['GOLIVE_WITNESS_PORT'] ?? ''}/readyz`),
    });
  }

  /** What it answers to a request, or undefined when it did not: then it may have remembered it or not. */
  async ask(body: Uint8Array, url = this.url): Promise<{ status: number; type: string; text: string } | undefined> {
    try {
      const answer = await fetch(`${url}/add-checkpoint`, { method: 'POST', body: Buffer.from(body) });
      return { status: answer.status, type: answer.headers.get('content-type') ?? '', text: await answer.text() };
    } catch {
      return undefined;
    }
  }

  /** The size that it remembers, by what it answers to a log that knows nothing. Undefined: it remembers none. */
  async remembered(log: TestLog): Promise<number | undefined> {
    const answer = await this.ask(await log.request(0));
    return answer?.status === 409 ? Number(answer.text) : undefined;
  }

  /** When it cosigned the checkpoint with this line, in Unix seconds; undefined for a line that does not hold. */
  cosignedAt(checkpoint: string, line: string): number | undefined {
    const whole = parseCheckpoint(`${checkpoint}${line}`);
    return whole && cosignedAt(whole.note, this.verifier);
  }

  remove = (): Promise<void> => rm(this.dir, { recursive: true, force: true });
}
