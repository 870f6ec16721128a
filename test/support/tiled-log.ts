import { canonicalJson } from '../../audit/envelope.ts';
import { checkpointText, signHead, type Checkpoint } from '../../audit/tlog/checkpoint.ts';
import { cosign } from '../../audit/tlog/cosignature.ts';
import { leafHash, MerkleTree } from '../../audit/tlog/merkle.ts';
import { verifierOf } from '../../audit/tlog/note.ts';
import type { Policy } from '../../audit/tlog/policy.ts';
import { bundleBytes, TILE_WIDTH, tileBytes, tilePath, tilesOf } from '../../audit/tlog/tiles.ts';
import type { FileHistory, LogFiles } from '../../audit/verify/files.ts';
import { temporarySigner } from '../../clients/keys/local.ts';
import type { Signer } from '../../clients/keys/port.ts';
import type { NewEntry } from '../../domain/entry.ts';

export type Files = Map<string, Uint8Array>;

export interface TestLog {
  /** As they lie in the audit bucket: `log/…`, `evidence/…`. */
  files: Files;
  policy: Policy;
  tree: MerkleTree;
  /** The last one published. */
  checkpoint: Checkpoint;
  /** For whoever forges with the real keys. */
  logKey: Signer;
  witnessKey: Signer;
}

export interface TiledLogOptions {
  origin?: string;
  rootKeys?: string[];
  /** Documents by the hex of their SHA-256. */
  evidence?: ReadonlyMap<string, Uint8Array>;
  /** Wall milliseconds between two signatures of the witness. */
  everyMs?: number;
  /** When the witness is away, wall milliseconds; the log publishes without it. */
  away?: (atMs: number) => boolean;
  logKey?: Signer;
  witnessKey?: Signer;
}

export const WITNESS_NAME = 'witness.acme.example/golive';

/** The bytes under which an entry stands in a log. */
export const entryBytes = (entry: NewEntry): Buffer => Buffer.from(canonicalJson(entry));

/** A log as its writer leaves it: published at every interval and at the end, each time cosigned and kept as a copy. */
export async function tiledLog(
  entries: readonly { at: string; bytes: Uint8Array }[],
  options: TiledLogOptions = {},
): Promise<TestLog> {
  const { origin = 'acme.example/golive', rootKeys = [], evidence = new Map<string, Uint8Array>(), everyMs = 7_000 } = options;
  const away = options.away ?? (() => false);
  const logKey = options.logKey ?? temporarySigner();
  const witnessKey = options.witnessKey ?? temporarySigner();
  const files: Files = new Map([...evidence].map(([hex, bytes]) => [`evidence/${hex}`, bytes]));
  const tree = new MerkleTree();
  let published = 0;
  let checkpoint: Checkpoint | undefined;
  const publish = async (atMs: number): Promise<void> => {
    for (const tile of tilesOf(tree.size, published)) {
      const first = tile.index * TILE_WIDTH;
      const bytes =
        tile.level === 'entries'
          ? bundleBytes(entries.slice(first, first + tile.width).map((e) => e.bytes))
          : tileBytes(tree, tile.level, tile.index, tile.width);
      files.set(`log/${tilePath(tile)}`, bytes);
    }
    published = tree.size;
    checkpoint = await publishedCheckpoint({ files, origin, tree, logKey, atMs, ...(away(atMs) ? {} : { witnessKey }) });
  };
  let next = Date.parse(entries[0]?.at ?? '2026-03-02T08:00:00.000Z') + everyMs;
  for (const { at, bytes } of entries) {
    for (; next <= Date.parse(at); next += everyMs) await publish(next);
    tree.append(leafHash(bytes));
  }
  await publish(next);
  if (!checkpoint) throw new Error('nothing was published');
  const policy: Policy = {
    log: verifierOf(origin, 'log', logKey.publicKey),
    witnesses: [{ label: 'customer', verifier: verifierOf(WITNESS_NAME, 'witness', witnessKey.publicKey) }],
    quorum: 'customer',
    rootKeys,
  };
  return { files, policy, tree, checkpoint, logKey, witnessKey };
}

/** Signs the tree as it is, has it cosigned, keeps the copy and publishes it. */
export async function publishedCheckpoint(o: {
  files: Files;
  origin: string;
  tree: MerkleTree;
  logKey: Signer;
  witnessKey?: Signer;
  atMs: number;
}): Promise<Checkpoint> {
  const { files, origin, tree, logKey, witnessKey, atMs } = o;
  const { size } = tree;
  const seconds = Math.floor(atMs / 1000);
  const checkpoint = await signHead({ origin, size, root: tree.root() }, logKey);
  if (witnessKey) checkpoint.note.signatures.push(await cosign(checkpoint.note.text, WITNESS_NAME, witnessKey, seconds));
  const text = Buffer.from(checkpointText(checkpoint));
  files.set(`log/checkpoints/${size}-${seconds}`, text);
  files.set('log/checkpoint', text);
  return checkpoint;
}

/** The same port without a disk. */
export const memoryFiles = (files: Files, history?: FileHistory): LogFiles => ({
  list: async () => [...files.keys()],
  read: async (path) => files.get(path),
  ...(history ? { history } : {}),
});
