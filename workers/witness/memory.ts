import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { checkpointText, parseCheckpoint, type Checkpoint } from '../../audit/tlog/checkpoint.ts';
import { cosignedAt } from '../../audit/tlog/cosignature.ts';
import { parseVkey } from '../../audit/tlog/note.ts';
import { replaceFile, type DurableStep } from './durable.ts';

/** The state file cannot be relied on. A witness that began anew would cosign whatever it is shown, so it does not start. */
export class MemoryDamaged extends Error {
  override name = 'MemoryDamaged';
  constructor(path: string, why: string) {
    super(
      `The witness's state file ${path} ${why}. It does not go on: without its memory it would cosign a rewritten log. ` +
        'Restore the file from the last backup, and have the log verified (golive verify --since) from the checkpoint in it.',
    );
  }
}

/** The largest tree that was cosigned of a log, with the log's line and the witness's own. */
export interface Cosigned {
  checkpoint: Checkpoint;
  /** Unix seconds. */
  at: number;
  /** The vkey it was cosigned with: not necessarily today's, a witness that changes its key keeps its memory. */
  by: string;
}

const schema = z.strictObject({
  v: z.literal(1),
  logs: z.array(z.strictObject({ witness: z.string(), checkpoint: z.string() })),
});

/** What the witness has cosigned, by origin, in one file; each checkpoint in it vouches for itself by its signatures. */
export class Memory {
  readonly #path: string;
  readonly #step: ((step: DurableStep) => void) | undefined;
  /** What the file holds as far as this process knows; undefined: there is none yet. */
  #stored: string | undefined;
  #logs: Map<string, Cosigned>;

  private constructor(path: string, step?: (step: DurableStep) => void) {
    this.#path = path;
    this.#step = step;
    this.#logs = new Map();
  }

  /** Reads the file, or makes an empty one where there is none. Throws `MemoryDamaged`. */
  static async open(path: string, step?: (step: DurableStep) => void): Promise<Memory> {
    const memory = new Memory(path, step);
    await mkdir(dirname(path), { recursive: true });
    memory.#stored = await memory.#read();
    if (memory.#stored === undefined) await memory.#write(new Map());
    else memory.#logs = parse(memory.#stored, path);
    return memory;
  }

  get logs(): ReadonlyMap<string, Cosigned> {
    return this.#logs;
  }

  /** Once it returns, the file holds it, whatever happens next. Calls must follow one another. */
  async remember(cosigned: Cosigned): Promise<void> {
    await this.#write(new Map([...this.#logs, [cosigned.checkpoint.origin, cosigned]]));
  }

  async #write(logs: Map<string, Cosigned>): Promise<void> {
    if ((await this.#read()) !== this.#stored)
      throw new MemoryDamaged(this.#path, 'was changed by somebody else; two witnesses on one file would cosign two histories');
    const content = [...logs.values()].map(({ by, checkpoint }) => ({ witness: by, checkpoint: checkpointText(checkpoint) }));
    const text = `${JSON.stringify({ v: 1, logs: content }, null, 2)}\n`;
    await replaceFile(this.#path, text, (step) => {
      if (step === 'renamed') this.#stored = text;
      this.#step?.(step);
    });
    this.#logs = logs;
  }

  async #read(): Promise<string | undefined> {
    try {
      return await readFile(this.#path, 'utf8');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      throw new MemoryDamaged(this.#path, `cannot be read (${error instanceof Error ? error.message : String(error)})`);
    }
  }
}

function parse(text: string, path: string): Map<string, Cosigned> {
  const parsed = schema.safeParse(jsonIn(text));
  if (!parsed.success) throw new MemoryDamaged(path, 'is not one that a witness wrote');
  const logs = new Map<string, Cosigned>();
  for (const [i, { witness, checkpoint: content }] of parsed.data.logs.entries()) {
    const writer = parseVkey(witness);
    const checkpoint = parseCheckpoint(content);
    const at = writer?.type === 'witness' && checkpoint ? cosignedAt(checkpoint.note, writer) : undefined;
    if (!checkpoint || at === undefined || logs.has(checkpoint.origin))
      throw new MemoryDamaged(path, `holds a checkpoint (number ${i + 1}) that the witness did not cosign`);
    logs.set(checkpoint.origin, { checkpoint, at, by: witness });
  }
  return logs;
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
