import type { verifyDeploymentFile } from '../deployment-file.ts';
import type { Policy } from '../tlog/policy.ts';
import { parseTilePath } from '../tlog/tiles.ts';
import { checkHistory, copyName, quorumOf, readCopies, readSigned, type Signed } from './checkpoints.ts';
import { checkDeploymentFiles, takeDeploymentFile } from './envelopes.ts';
import { checkEvidence } from './evidence.ts';
import { CHECKPOINT, COPIES, LOG, TILES, type LogFiles } from './files.ts';
import { Findings, type Finding, type Found, type Notice, type Rule } from './finding.ts';
import { DomainRules } from './rules/domain.ts';
import { checkTiles, judgeDiffering, lastOf, readEntries } from './structure.ts';
import { readVersions } from './versions.ts';
import { checkWitness, type Gap } from './witness.ts';

export interface VerifyOptions {
  files: LogFiles;
  policy: Policy;
  /** A checkpoint that the auditor saved earlier. */
  since?: Uint8Array;
  /** The YAML reader of `clients/manifests`. */
  parseDeploymentFile: Parameters<typeof verifyDeploymentFile>[3];
}

export interface Verification {
  origin: string;
  /** Entries under the checkpoint; undefined when there is none to go by. */
  size: number | undefined;
  /** Base64. */
  root: string | undefined;
  /** When the witness last signed, ISO 8601. */
  witnessedAt: string | undefined;
  /** What was read. */
  read: {
    entries: number;
    tiles: number;
    checkpoints: number;
    versions: number;
    witnessLines: number;
    evidence: number;
    commands: { applied: number; refused: number };
    sideEffects: { intents: number; outcomes: number };
    deployments: string[];
  };
  witnessGaps: Gap[];
  findings: Finding[];
  /** All of them, also those that are not listed because there are too many of a kind. */
  counts: Partial<Record<Rule, number>>;
  total: number;
  notices: Notice[];
}

/** Reads everything that a log consists of, and says everything that is wrong with it. */
export async function verifyLog({ files, policy, since, parseDeploymentFile }: VerifyOptions): Promise<Verification> {
  const found = new Findings();
  const { paths, current } = await settled(files, policy, found);
  const result = blank(policy, found);
  if (!current) return result();
  const { size, root } = current.checkpoint;
  if (quorumOf(policy) && current.cosignedAt === undefined)
    found.finding('checkpoint_not_cosigned', CHECKPOINT, { file: CHECKPOINT });

  const copies = await readCopies({ files, paths, policy, current, found });
  const versions = await readVersions(files, policy, current, found);
  const signed = [...copies, ...versions.signed, ...saved(since, policy, found)];
  // What the rules find counts only if these are the entries that were signed.
  const inEntries = new Findings();
  const rules = new DomainRules(inEntries, (state, index, digest, signature) =>
    takeDeploymentFile({ files, policy, parse: parseDeploymentFile, found: inEntries, state, index, digest, signature }),
  );
  const read = await readEntries({ files, size, found, entry: (index, bytes) => rules.entry(index, bytes) });
  const rootHolds = read.complete && read.tree.root(size).equals(root);
  judgeDiffering(read.differing, rootHolds, found);
  if (!rootHolds) {
    read.intact = Math.min(read.intact, ...read.differing.slice(0, 1).map((d) => d.index));
    if (read.complete) found.finding('root_differs', `size ${size}, signed ${root.toString('base64')}`, { file: CHECKPOINT });
  }
  const trusted = rootHolds ? read.intact : read.differing.length > 0 ? read.intact : 0;
  for (const one of signed) checkHistory(one, read.tree, read.complete ? trusted : -1, found);
  const sizes = new Set(copies.map((c) => c.checkpoint.size).filter((s) => s <= size));
  const tiles = read.complete ? await checkTiles({ files, paths, sizes, read: { ...read, intact: trusted }, found }) : 0;
  for (const path of paths) if (!isOfLog(path)) found.finding('file_extra', path, { file: path });

  const whole = rootHolds && read.intact === size;
  if (whole) {
    rules.end();
    checkDeploymentFiles(rules.deployments.values(), inEntries);
  } else found.notice('The rules about what entries say were not checked: these are not the entries that were signed.');
  const evidence = await checkEvidence({
    ...{ files, paths, found: whole ? inEntries : found },
    cited: whole ? rules.cited : new Map(),
    deployments: whole ? rules.deployments.values() : [],
  });
  if (whole) found.add(inEntries);

  const all = [current, ...signed];
  const cosigned = all.flatMap((s) => (s.cosignedAt === undefined ? [] : [s.cosignedAt]));
  const witnessGaps =
    whole && quorumOf(policy)
      ? await checkWitness({ files, cosignedAt: cosigned, deployments: rules.deployments.values(), found })
      : [];
  const { byKind } = rules;
  return result({
    ...{ size, root: root.toString('base64'), witnessGaps },
    witnessedAt: cosigned.length === 0 ? undefined : new Date(Math.max(...cosigned) * 1000).toISOString(),
    read: {
      entries: read.tree.size,
      tiles,
      checkpoints: copies.length + 1,
      versions: versions.count,
      witnessLines: all.reduce((sum, s) => sum + s.witnessLines, 0),
      evidence,
      commands: { applied: byKind['command.applied'] ?? 0, refused: byKind['command.refused'] ?? 0 },
      sideEffects: { intents: byKind['intent'] ?? 0, outcomes: byKind['outcome'] ?? 0 },
      deployments: [...rules.deployments.keys()],
    },
  });
}

/** How often a log that is publishing right now is looked at again. */
const LOOKS = 5;

/** The files and the checkpoint that belongs to them. The list comes first, so that the checkpoint is never older than it. */
async function settled(files: LogFiles, policy: Policy, found: Found): Promise<{ paths: string[]; current: Signed | undefined }> {
  for (let look = 1; ; look++) {
    const paths = (await files.list()).sort();
    const bytes = await files.read(CHECKPOINT);
    const last = look === LOOKS || !files.later;
    // A checkpoint that is wrong is not better the next time.
    const current = bytes && readSigned(bytes, CHECKPOINT, policy, found);
    if (!bytes && last) found.finding('checkpoint_missing', CHECKPOINT, { file: CHECKPOINT });
    const moving = current === undefined ? !bytes : isBeyond(paths, current) || !hasCopy(paths, current);
    if (!moving || last) return { paths, current };
    await files.later?.();
  }
}

const isBeyond = (paths: readonly string[], { checkpoint }: Signed): boolean =>
  paths.some((path) => sizeOf(path) > checkpoint.size);

/** Published after the list was made: then there may be more that the list lacks. */
const hasCopy = (paths: readonly string[], { checkpoint }: Signed): boolean =>
  paths.some((path) => path.startsWith(COPIES) && copyName(path)?.size === checkpoint.size);

/** The size of log that a file needs to exist; 0 for all that every log may have. */
function sizeOf(path: string): number {
  if (path.startsWith(COPIES)) return copyName(path)?.size ?? 0;
  const tile = path.startsWith(TILES) ? parseTilePath(path.slice(LOG.length)) : undefined;
  return tile ? lastOf(tile) : 0;
}

/** What lies under `log/` and is neither checkpoint, copy nor tile belongs to nobody. Beside it, the folder is anybody's. */
const isOfLog = (path: string): boolean =>
  !path.startsWith(LOG) || path === CHECKPOINT || path.startsWith(COPIES) || path.startsWith(TILES);

function saved(since: Uint8Array | undefined, policy: Policy, found: Findings): Signed[] {
  if (!since) return [];
  const own = new Findings();
  const signed = readSigned(since, 'since', policy, own);
  if (!signed) found.finding('since_unverified', own.findings.map((f) => f.detail).join('; '));
  return signed ? [signed] : [];
}

type Filled = Pick<Verification, 'size' | 'root' | 'witnessedAt' | 'read' | 'witnessGaps'>;

/** The answer with what is known so far. */
const blank =
  (policy: Policy, found: Findings) =>
  (filled?: Filled): Verification => ({
    origin: policy.log.name,
    size: undefined,
    root: undefined,
    witnessedAt: undefined,
    witnessGaps: [],
    read: {
      ...{ entries: 0, tiles: 0, checkpoints: 0, versions: 0, witnessLines: 0, evidence: 0 },
      commands: { applied: 0, refused: 0 },
      sideEffects: { intents: 0, outcomes: 0 },
      deployments: [],
    },
    ...filled,
    findings: found.findings,
    counts: found.counts,
    total: found.total,
    notices: found.notices,
  });
