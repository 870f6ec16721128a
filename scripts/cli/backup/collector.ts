import { createHash } from 'node:crypto';
import { appendFile, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { number } from '../../../domain/describe/words.ts';
import { inParallel } from '../../../domain/in-parallel.ts';
import { CliError, EXIT, type CliIo } from '../io.ts';
import { fileDigest, filesIn, MANIFEST, manifestProblems, type Manifest, type ManifestFile } from './manifest.ts';

/** Until an archive is finished: a line for every file that is whole. */
const JOURNAL = 'manifest.partial.jsonl';
const AT_ONCE = 16;
const TELL_EVERY_MS = 2_000;

export interface Item {
  path: string;
  /** Bytes, where known: a file that is there with the same size and never changes is not fetched again. */
  size?: number;
  /** What may have other bytes tomorrow is always fetched. */
  changes?: boolean;
  read: () => Promise<Uint8Array | undefined>;
}

/** Fills a folder file by file. Interrupted, it goes on where it was. */
export class Collector {
  readonly dir: string;
  readonly #io: CliIo;
  readonly #files = new Map<string, ManifestFile>();
  #journal: Promise<unknown> = Promise.resolve();
  #toldMs = 0;
  fetched = 0;
  kept = 0;

  private constructor(dir: string, io: CliIo) {
    this.dir = dir;
    this.#io = io;
  }

  static async open(dir: string, io: CliIo): Promise<Collector> {
    await mkdir(dir, { recursive: true });
    const there = await filesIn(dir);
    const collector = new Collector(dir, io);
    if (there.length > 0 && !there.includes(JOURNAL)) {
      const what = there.includes(MANIFEST) ? 'a finished archive' : 'files that are none of ours';
      throw new CliError(EXIT.usage, `${dir} holds ${what}; nothing was written.`, { next: 'Give a new folder with --out.' });
    }
    const lines = (await readFile(join(dir, JOURNAL), 'utf8').catch(() => '')).split('\n');
    for (const line of lines) {
      const file = lineOf(line);
      if (file) collector.#files.set(file.path, file);
    }
    await appendFile(join(dir, JOURNAL), '\n');
    return collector;
  }

  async add(items: readonly Item[], what: string): Promise<void> {
    let done = 0;
    await inParallel(items, AT_ONCE, async (item) => {
      this.#io.signal?.throwIfAborted();
      await this.#one(item, what);
      this.#tell(`${what}: ${number(++done)} of ${number(items.length)}`);
    });
  }

  async write(path: string, bytes: Uint8Array | string): Promise<void> {
    const content = Buffer.from(bytes);
    await this.#store(path, content);
    await this.#note({ path, size: content.length, sha256: createHash('sha256').update(content).digest('hex') });
  }

  /** Takes in a file that somebody else has put into the folder. */
  async take(path: string): Promise<void> {
    const { size } = await stat(join(this.dir, path));
    await this.#note({ path, size, sha256: await fileDigest(join(this.dir, path)) });
  }

  /** Where a file of the archive lies while it is made. */
  place(path: string): string {
    return join(this.dir, path);
  }

  /** Writes the manifest, and reads every file back from the disk. */
  async finish(about: Omit<Manifest, 'files'>): Promise<Manifest> {
    await this.#journal;
    const files = [...this.#files.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
    const manifest: Manifest = { ...about, files };
    await rm(join(this.dir, JOURNAL));
    const problems = await manifestProblems(this.dir, manifest);
    if (problems.length > 0) {
      await writeFile(join(this.dir, JOURNAL), '');
      throw new CliError(EXIT.failed, `What was written is not what was read: ${problems.slice(0, 3).join('; ')}.`, {
        next: 'Check the disk, and begin again in a new folder.',
      });
    }
    await this.#store(MANIFEST, Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`));
    return manifest;
  }

  /** Leaves out what is not of this snapshot any more. */
  async forget(keep: (path: string) => boolean): Promise<void> {
    for (const path of [...this.#files.keys()].filter((p) => !keep(p))) this.#files.delete(path);
    for (const path of await filesIn(this.dir)) {
      if (path !== JOURNAL && !keep(path)) await rm(join(this.dir, path));
    }
  }

  async #one({ path, size, changes, read }: Item, what: string): Promise<void> {
    const known = this.#files.get(path);
    if (known && changes !== true && known.size === size && (await sizeOf(join(this.dir, path))) === size) {
      this.kept++;
      return;
    }
    const bytes = await read();
    if (bytes === undefined)
      throw new CliError(EXIT.failed, `${what}: ${path} was listed and is gone.`, {
        next: 'Run the same command again; it goes on where it was.',
      });
    await this.write(path, bytes);
    this.fetched++;
  }

  async #store(path: string, content: Buffer): Promise<void> {
    const place = join(this.dir, path);
    await mkdir(dirname(place), { recursive: true });
    await writeFile(`${place}.part`, content);
    await rename(`${place}.part`, place);
  }

  #note(file: ManifestFile): Promise<unknown> {
    this.#files.set(file.path, file);
    this.#journal = this.#journal.then(() => appendFile(join(this.dir, JOURNAL), `${JSON.stringify(file)}\n`));
    return this.#journal;
  }

  #tell(line: string): void {
    if (Date.now() - this.#toldMs < TELL_EVERY_MS) return;
    this.#toldMs = Date.now();
    this.#io.stderr(`${line}\n`);
  }
}

/** The last line may have been cut by a power failure. */
function lineOf(line: string): ManifestFile | undefined {
  try {
    return line === '' ? undefined : (JSON.parse(line) as ManifestFile);
  } catch {
    return undefined;
  }
}

const sizeOf = async (path: string): Promise<number | undefined> => (await stat(path).catch(() => undefined))?.size;
