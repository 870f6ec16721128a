import { random, type Random } from '../../../scripts/generate/random.ts';
import type { Files } from '../../support/tiled-log.ts';

/** What can happen to a log at rest: whoever did it has no key. Each changes a copy of the files in one place. */
type Mutation = (files: Files, chance: Random) => string;

const pathsOf = (files: Files, under = ''): string[] => [...files.keys()].filter((path) => path.startsWith(under));
const bytesAt = (files: Files, path: string): Buffer => Buffer.from(files.get(path) ?? []);

const NEITHER_CHANGED = 'nothing';

function edited(files: Files, path: string, edit: (text: string) => string): string {
  const before = bytesAt(files, path).toString('utf8');
  const after = edit(before);
  files.set(path, Buffer.from(after));
  return before === after ? NEITHER_CHANGED : path;
}

const checkpoints = (files: Files): string[] => pathsOf(files, 'log/checkpoint');

const MUTATIONS: Record<string, Mutation> = {
  'byte flipped': (files, chance) => {
    const path = chance.pick(pathsOf(files));
    const bytes = bytesAt(files, path);
    const at = chance.between(0, bytes.length - 1);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << chance.between(0, 7));
    files.set(path, bytes);
    return `${path} byte ${at}`;
  },
  'file cut': (files, chance) => {
    const path = chance.pick(pathsOf(files));
    const bytes = bytesAt(files, path);
    files.set(path, bytes.subarray(0, chance.between(0, bytes.length - 1)));
    return path;
  },
  'bytes added': (files, chance) => {
    const path = chance.pick(pathsOf(files));
    files.set(path, Buffer.concat([bytesAt(files, path), Buffer.from(chance.pick(['\n', '\0', 'x', '\0\0']))]));
    return path;
  },
  'two files swapped': (files, chance) => {
    const under = chance.pick(['log/tile/entries', 'log/tile/0', 'log/checkpoint', 'evidence/', '']);
    const [one, other] = [chance.pick(pathsOf(files, under)), chance.pick(pathsOf(files, under))];
    const [a, b] = [bytesAt(files, one), bytesAt(files, other)];
    if (a.equals(b)) return NEITHER_CHANGED;
    files.set(one, b).set(other, a);
    return `${one} and ${other}`;
  },
  'file missing': (files, chance) => {
    const path = chance.pick(pathsOf(files));
    files.delete(path);
    return path;
  },
  'file extra': (files, chance) => {
    const [from, n] = [chance.pick(pathsOf(files, 'log/')), chance.between(0, 999)];
    const number = String(n).padStart(3, '0');
    const path = chance.pick([
      `log/tile/${chance.between(0, 7)}/${number}`,
      `log/tile/entries/${number}.p/${chance.between(0, 300)}`,
      `log/tile/${chance.between(0, 2)}/000.p/${chance.between(1, 255)}`,
      `log/tile/entries/x000/${number}`,
      `log/checkpoints/${n}-${1_772_000_000 + n}`,
      `log/${number}`,
      `evidence/${number}`,
      `evidence/${'0'.repeat(61)}${number}`,
    ]);
    if (files.has(path)) return NEITHER_CHANGED;
    files.set(path, bytesAt(files, from));
    return path;
  },
  'checkpoint edited': (files, chance) => {
    const path = chance.between(0, 1) === 0 ? 'log/checkpoint' : chance.pick(checkpoints(files));
    const older = bytesAt(files, chance.pick(checkpoints(files))).toString('utf8');
    const head = (text: string): string => text.split('\n\n')[0] ?? '';
    const lines = (text: string): string => text.split('\n\n')[1] ?? '';
    return edited(
      files,
      path,
      chance.pick<(text: string) => string>([
        () => older,
        (text) => `${head(older)}\n\n${lines(text)}`,
        (text) => text.replace(/\n\d+\n/, `\n${chance.between(0, 900)}\n`),
        (text) => text.replace(/^[^\n]+/, 'acme.example/another'),
        (text) => text.replace('\n\n', '\nextension\n\n'),
        (text) => text.replaceAll('\n', '\r\n'),
      ]),
    );
  },
  'signature removed': (files, chance) => {
    const path = chance.between(0, 2) === 0 ? 'log/checkpoint' : chance.pick(checkpoints(files));
    return edited(files, path, (text) => {
      const [head = '', lines = ''] = text.split('\n\n');
      const kept = lines.trimEnd().split('\n');
      kept.splice(chance.between(0, kept.length - 1), chance.between(1, 2));
      return `${head}\n\n${kept.map((line) => `${line}\n`).join('')}`;
    });
  },
  'signature moved': (files, chance) => {
    const [path, from] = [chance.pick(checkpoints(files)), chance.pick(checkpoints(files))];
    const line = bytesAt(files, from).toString('utf8').trimEnd().split('\n').at(-1) ?? '';
    return edited(files, path, (text) => `${text.trimEnd().split('\n').slice(0, -1).join('\n')}\n${line}\n`);
  },
  'entries exchanged': (files, chance) => {
    const path = chance.pick(pathsOf(files, 'log/tile/entries'));
    const bytes = bytesAt(files, path);
    const entries: Buffer[] = [];
    for (let at = 0; at < bytes.length; at += 2 + bytes.readUInt16BE(at))
      entries.push(bytes.subarray(at, at + 2 + bytes.readUInt16BE(at)));
    const [a, b] = [chance.between(0, entries.length - 1), chance.between(0, entries.length - 1)];
    if (a === b) return NEITHER_CHANGED;
    [entries[a], entries[b]] = [entries[b] as Buffer, entries[a] as Buffer];
    files.set(path, Buffer.concat(entries));
    return `${path} ${a} and ${b}`;
  },
};

export interface Mutated {
  kind: string;
  /** For whoever looks into one that was not found. */
  what: string;
  files: Files;
}

/** Mutations `from` to `to` of a series; the same numbers are the same mutations. */
export function* mutations(files: Files, from: number, to: number): Generator<Mutated> {
  const kinds = Object.entries(MUTATIONS);
  for (let n = from; n < to; n++) {
    const chance = random(n, 'mutations');
    const [kind, mutate] = kinds[n % kinds.length] as [string, Mutation];
    for (;;) {
      const copy: Files = new Map(files);
      const what = mutate(copy, chance);
      if (what === NEITHER_CHANGED) continue;
      yield { kind, what: `#${n} ${kind}: ${what}`, files: copy };
      break;
    }
  }
}
