import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporarySigner } from '../../../clients/keys/local.ts';
import { Memory, MemoryDamaged } from '../../../workers/witness/memory.ts';
import { Witness } from '../../../workers/witness/witness.ts';
import { TestLog } from '../../audit/tlog/test-log.ts';
import { TestWitness, WITNESS_NAME } from './opened.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'golive-witness-memory-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

/** A state file after ten entries of a log were cosigned. */
async function written(name: string, log: TestLog): Promise<{ path: string; text: string }> {
  const path = join(dir, name);
  const memory = await Memory.open(path);
  const witness = new Witness({ name: WITNESS_NAME, signer: temporarySigner(), logs: [log.verifier], memory });
  expect(await witness.add(await log.request(0))).toMatchObject({ status: 200 });
  return { path, text: await readFile(path, 'utf8') };
}

describe("the witness's state file", () => {
  it('is made by the first start and read by the next', async () => {
    const log = new TestLog('golive.test/acme', 10);
    const { path } = await written('good.json', log);
    const { logs } = await Memory.open(path);
    expect(logs.get(log.origin)?.checkpoint.size).toBe(10);
    expect(logs.get(log.origin)?.checkpoint.root.equals(log.tree().root())).toBe(true);
  });

  it('with any byte changed is refused, or says the same as before', async () => {
    const log = new TestLog('golive.test/acme', 10);
    const { path, text } = await written('flipped.json', log);
    const said = (memory: Memory) => memory.logs.get(log.origin)?.checkpoint.note.text;
    const before = said(await Memory.open(path));
    let refused = 0;
    for (let at = 0; at < text.length; at++) {
      const bytes = Buffer.from(text);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (at % 7));
      await writeFile(path, bytes);
      const after = await Memory.open(path).catch((error: unknown) => error);
      if (after instanceof MemoryDamaged) refused++;
      else expect(said(after as Memory)).toBe(before);
    }
    // What is left is white space between the fields, and the log's own line, which the cosignature does not cover.
    expect(refused).toBeGreaterThan(text.length / 2);
  });

  it.each<[string, (text: string) => string]>([
    ['nothing in it', () => ''],
    ['half of it missing', (text) => text.slice(0, text.length / 2)],
    ['something else in it', () => '{"v":2}'],
    ['a checkpoint that the witness did not cosign', (text) => text.replace(/\\n— witness[^"]*/, '\\n')],
    ['the same log twice', (text) => text.replace(/"logs": \[([^\]]*)\]/, '"logs": [$1,$1]')],
  ])('with %s keeps the witness from starting, and the message says why and what to do', async (what, spoil) => {
    const log = new TestLog('golive.test/acme', 10);
    const { text } = await written(`${what}.json`, log);
    const witness = await TestWitness.made(log.verifier);
    const spoilt = spoil(text);
    expect(spoilt).not.toBe(text);
    await writeFile(witness.state, spoilt);
    await expect(witness.start()).rejects.toThrow(/exit code 1.*state\.json .*Restore the file from the last backup/s);
    expect(await readFile(witness.state, 'utf8')).toBe(spoilt);
    await witness.remove();
  });

  it('that cannot be read keeps the witness from starting: it never begins anew by itself', async () => {
    const witness = await TestWitness.made(new TestLog().verifier);
    await mkdir(witness.state);
    await expect(witness.start()).rejects.toThrow(/exit code 1.*cannot be read \(EISDIR/s);
    await witness.remove();
  });
});
