import type { Policy } from '../tlog/policy.ts';
import { checkpointText } from '../tlog/checkpoint.ts';
import { readSigned, type Signed } from './checkpoints.ts';
import { CHECKPOINT, COPIES, EVIDENCE, readAll, TILES, type FileHistory, type FileVersion, type LogFiles } from './files.ts';
import type { Found } from './finding.ts';

const NEVER_CHANGES = [COPIES, TILES, EVIDENCE];

/**
 * What the bucket remembers: every version that the checkpoint ever had, and whether anything that never changes was
 * replaced or deleted. Returns the versions of the checkpoint up to the `current` one that are under the signature of the log:
 * what a running log published since then is about entries that were not read.
 */
export async function readVersions(
  { history }: LogFiles,
  policy: Policy,
  current: Signed,
  found: Found,
): Promise<{ count: number; signed: Signed[] }> {
  if (!history) return { count: 0, signed: [] };
  const all = await history.versions();
  const byPath = new Map<string, FileVersion[]>();
  for (const version of all) {
    const known = byPath.get(version.path);
    if (known) known.push(version);
    else byPath.set(version.path, [version]);
  }
  const signed: Signed[] = [];
  for (const [path, versions] of byPath) {
    const kept = versions.filter((v) => !v.isDeletion);
    const forEver = path === CHECKPOINT || NEVER_CHANGES.some((prefix) => path.startsWith(prefix));
    for (const { atMs } of forEver ? versions.filter((v) => v.isDeletion) : [])
      found.finding('deleted', `${path} at ${new Date(atMs).toISOString()}`, { file: path });
    if (path === CHECKPOINT) signed.push(...(await checkpointVersions(history, kept, policy, current, found)));
    else if (forEver && kept.length > 1) await compare(history, path, kept, found);
  }
  return { count: all.length, signed };
}

/** Newest first, as the bucket lists them. */
async function checkpointVersions(
  history: FileHistory,
  versions: readonly FileVersion[],
  policy: Policy,
  current: Signed,
  found: Found,
): Promise<Signed[]> {
  const signed: Signed[] = [];
  const later: Signed[] = [];
  let reached = false;
  const text = checkpointText(current.checkpoint);
  let newer: Signed | undefined;
  for await (const { item, bytes } of readAll(versions, (v) => history.read(v.path, v.version))) {
    const file = `${CHECKPOINT}?versionId=${item.version}`;
    const read = bytes && readSigned(bytes, file, policy, found);
    if (!read) continue;
    if (newer && newer.checkpoint.size < read.checkpoint.size) {
      const sizes = `size ${read.checkpoint.size}, then ${newer.checkpoint.size}`;
      found.finding('version_backwards', sizes, { file: newer.file });
    }
    newer = read;
    reached ||= checkpointText(read.checkpoint) === text;
    (reached ? signed : later).push(read);
  }
  return reached ? signed : later;
}

/** Putting the same bytes again is no change. */
async function compare(history: FileHistory, path: string, versions: readonly FileVersion[], found: Found): Promise<void> {
  const [first, ...others] = await Promise.all(
    versions.map(async (v) => Buffer.from((await history.read(path, v.version)) ?? [])),
  );
  if (others.some((body) => !first?.equals(body)))
    found.finding('overwritten', `${path} has ${versions.length} versions`, { file: path });
}
