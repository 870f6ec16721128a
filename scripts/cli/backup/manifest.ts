import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { z } from 'zod';
import { CliError, EXIT, usage } from '../io.ts';

/** First in every archive: what is in it, and what is not. */
export const MANIFEST = 'manifest.json';

const manifestSchema = z.object({
  format: z.enum(['golive-archive/v1', 'golive-backup/v1']),
  customer: z.string(),
  /** Where it was copied from, for people. */
  source: z.string(),
  createdAt: z.string(),
  /** The published log in it. */
  log: z.object({ origin: z.string(), size: z.number().int(), root: z.string() }),
  /** Entries that were acknowledged, published or not; only in a backup. */
  committed: z.object({ size: z.number().int(), root: z.string() }).nullable(),
  deployments: z.array(z.string()),
  /** What belongs into it and could not be had, each with its reason. */
  leftOut: z.array(z.object({ what: z.string(), why: z.string() })),
  files: z.array(z.object({ path: z.string(), size: z.number().int(), sha256: z.string().regex(/^[0-9a-f]{64}$/) })),
});
export type Manifest = z.infer<typeof manifestSchema>;
export type ManifestFile = Manifest['files'][number];

export async function readManifest(dir: string, named = dir): Promise<Manifest> {
  const text = await readFile(join(dir, MANIFEST), 'utf8').catch(() => {
    throw usage(
      `${named} holds no ${MANIFEST}: it is no archive, or one that was never finished.`,
      'golive backup, or golive audit archive, again into the same place goes on with it.',
    );
  });
  const parsed = manifestSchema.safeParse(jsonIn(text));
  if (parsed.success) return parsed.data;
  throw new CliError(
    EXIT.unverified,
    `${MANIFEST} of ${named} is not one that this version knows: ${z.prettifyError(parsed.error)}`,
    { code: 'archive_damaged' },
  );
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Every file against the manifest: what is missing, what is there in addition, what has other bytes. */
export async function manifestProblems(dir: string, { files }: Manifest): Promise<string[]> {
  const problems: string[] = [];
  const listed = new Set(files.map((f) => f.path));
  const there = new Set(await filesIn(dir));
  for (const path of there) if (!listed.has(path) && path !== MANIFEST) problems.push(`${path} is not in the manifest`);
  for (const { path, sha256 } of files) {
    if (!there.has(path)) problems.push(`${path} is missing`);
    else if ((await fileDigest(join(dir, path))) !== sha256) problems.push(`${path} has other bytes than the manifest says`);
  }
  return problems;
}

/** Paths from the folder, with forward slashes, in one order everywhere. */
export async function filesIn(dir: string): Promise<string[]> {
  const found = await readdir(dir, { recursive: true, withFileTypes: true });
  return found
    .filter((f) => !f.isDirectory())
    .map((f) => relative(dir, join(f.parentPath, f.name)).split(sep).join('/'))
    .sort();
}

/** Hex, read in pieces: a store of Temporal is larger than what one would hold in memory. */
export async function fileDigest(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path)) hash.update(piece as Buffer);
  return hash.digest('hex');
}
