import { createHash } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import { number, plural } from '../../../domain/describe/words.ts';
import type { RecordedEntry } from '../../../domain/entry.ts';
import { EXIT, usage, type CliIo } from '../io.ts';
import type { Cli } from '../verb.ts';
import { addFilterOptions, filterOf, matching, type FilterOptions } from './filter.ts';
import { addAuditVerb } from './leaf.ts';

interface ExportOptions extends FilterOptions {
  format: string;
  out?: string;
}

const FORMATS = { json: { open: '[\n', between: ',\n', close: '\n]\n' }, jsonl: { open: '', between: '\n', close: '\n' } };
const TELL_EVERY = 10_000;
const PIECE_CHARACTERS = 1024 * 1024;

export function exportVerb(audit: Command, cli: Cli): void {
  addAuditVerb<ExportOptions>(audit, cli, {
    usage: 'export',
    summary: 'the log, or a part of it, as one file of JSON or JSONL',
    description: 'The file is whole or not there. What is exported is told with its count and digest.',
    examples: [
      'golive audit export --format jsonl --out acme.jsonl',
      'golive audit export --format json --kind sign-off --out sign-offs.json',
      'golive audit export --folder audit/ --format jsonl --out acme.jsonl',
    ],
    options: (c) =>
      addFilterOptions(c).option('--format <format>', 'json or jsonl', 'jsonl').option('--out <file>', 'where to (required)'),
    async run({ io, log, options }) {
      const { format, out } = options;
      if (format !== 'json' && format !== 'jsonl') throw usage(`There is no format ${format}.`, 'Formats: json, jsonl.');
      if (out === undefined)
        throw usage('golive audit export needs --out FILE.', 'golive audit query --jsonl writes to standard output.');
      const written = await writeEntries(resolve(out), FORMATS[format], matching(log, filterOf(options, io.now())), io);
      if (options.json === true) io.stdout(`${JSON.stringify({ file: out, format, ...written })}\n`);
      else io.stdout(`${out}  ${plural(written.entries, 'entry', 'entries')}  ${number(written.bytes)} B  ${written.digest}\n`);
      return EXIT.ok;
    },
  });
}

interface Written {
  entries: number;
  bytes: number;
  digest: string;
}

async function writeEntries(
  path: string,
  { open: head, between, close }: (typeof FORMATS)['json'],
  entries: AsyncIterable<RecordedEntry>,
  io: CliIo,
): Promise<Written> {
  await mkdir(dirname(path), { recursive: true });
  const part = `${path}.part`;
  const file = await open(part, 'w');
  const hash = createHash('sha256');
  let count = 0;
  let bytes = 0;
  let piece = head;
  const flush = async (): Promise<void> => {
    const buffer = Buffer.from(piece);
    piece = '';
    hash.update(buffer);
    bytes += buffer.length;
    await file.writeFile(buffer);
  };
  try {
    for await (const entry of entries) {
      piece += `${count === 0 ? '' : between}${JSON.stringify(entry)}`;
      if (++count % TELL_EVERY === 0) io.stderr(`${number(count)} entries, up to #${entry.index}\n`);
      if (piece.length > PIECE_CHARACTERS) await flush();
    }
    if (count > 0 || head !== '') piece += close;
    await flush();
    await file.sync();
    await file.close();
    await rename(part, path);
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(part, { force: true });
    throw error;
  }
  return { entries: count, bytes, digest: `sha256:${hash.digest('hex')}` };
}
