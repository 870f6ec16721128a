import canonicalize from 'canonicalize';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { checkpointText, signHead, type Checkpoint } from '../../../../audit/tlog/checkpoint.ts';
import { cosign } from '../../../../audit/tlog/cosignature.ts';
import { leafHash, MerkleTree } from '../../../../audit/tlog/merkle.ts';
import { verifierOf } from '../../../../audit/tlog/note.ts';
import { policyText, type Policy } from '../../../../audit/tlog/policy.ts';
import { bundleBytes, tileBytes, tilePath, tilesOf } from '../../../../audit/tlog/tiles.ts';
import { temporarySigner } from '../../../../clients/keys/local.ts';
import type { NewEntry } from '../../../../domain/entry.ts';

export interface PublishedLog {
  checkpoint: Checkpoint;
  tree: MerkleTree;
  policy: Policy;
  policyText: string;
}

/** Writes a log as it lies under the audit prefix, published and cosigned at each of the sizes, with its policy beside it. */
export async function publishFolder(
  dir: string,
  entries: readonly (NewEntry | Buffer)[],
  sizes: readonly number[] = [entries.length],
): Promise<PublishedLog> {
  const [logKey, witnessKey, root] = [temporarySigner(), temporarySigner(), temporarySigner()];
  const origin = 'golive.test/northwind';
  const witness = verifierOf('witness.northwind.example/golive', 'witness', witnessKey.publicKey);
  const policy: Policy = {
    log: verifierOf(origin, 'log', logKey.publicKey),
    witnesses: [{ label: 'w1', verifier: witness }],
    quorum: 'w1',
    rootKeys: [root.publicKey],
  };
  const bytes = entries.map((entry) => (Buffer.isBuffer(entry) ? entry : Buffer.from(canonicalize(entry) ?? '')));
  const put = async (path: string, content: Uint8Array | string): Promise<void> => {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), content);
  };
  const tree = new MerkleTree();
  let checkpoint: Checkpoint | undefined;
  let before = 0;
  for (const [i, size] of sizes.entries()) {
    for (const entry of bytes.slice(before, size)) tree.append(leafHash(entry));
    for (const tile of tilesOf(size, before)) {
      const content =
        tile.level === 'entries'
          ? bundleBytes(bytes.slice(tile.index * 256, tile.index * 256 + tile.width))
          : tileBytes(tree, tile.level, tile.index, tile.width);
      await put(`log/${tilePath(tile)}`, content);
    }
    const seconds = 1_773_129_600 + i * 300;
    checkpoint = await signHead({ origin, size, root: tree.root() }, logKey);
    checkpoint.note.signatures.push(await cosign(checkpoint.note.text, witness.name, witnessKey, seconds));
    await put(`log/checkpoints/${size}-${seconds}`, checkpointText(checkpoint));
    before = size;
  }
  if (!checkpoint) throw new Error('a log is published at one size at least');
  await put('log/checkpoint', checkpointText(checkpoint));
  await put('policy', policyText(policy));
  await mkdir(join(dir, 'evidence'), { recursive: true });
  return { checkpoint, tree, policy, policyText: policyText(policy) };
}
