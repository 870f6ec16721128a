import { beforeAll, describe, expect, it } from 'vitest';
import type { FileHistory } from '../../../audit/verify/files.ts';
import { leafHash, MerkleTree } from '../../../audit/tlog/merkle.ts';
import { temporarySigner } from '../../../clients/keys/local.ts';
import { entriesOf, type SignedDeployment } from '../../support/signed-deployment.ts';
import { entryBytes, memoryFiles, publishedCheckpoint, type Files, type TestLog } from '../../support/tiled-log.ts';
import { logOf, rulesBroken, smallDeployment, verified } from '../../support/verified.ts';

/** Whoever holds the keys of log and witness can rewrite all of it; only who kept something can tell. */
let made: SignedDeployment;
let honest: TestLog;
let saved: Uint8Array;

const MIDDLE = 400;
const rewritten = (drafts: SignedDeployment['drafts']): Promise<TestLog> =>
  logOf(made, drafts, { logKey: honest.logKey, witnessKey: honest.witnessKey });

beforeAll(async () => {
  made = await smallDeployment();
  honest = await logOf(made);
  saved = honest.files.get('log/checkpoint') ?? Buffer.of();
});

describe('a log that was rewritten with its real keys', () => {
  it('and taken back is found by a checkpoint that the auditor saved, and by nothing else', async () => {
    const rewound = await rewritten(made.drafts.slice(0, MIDDLE));
    expect(rulesBroken(await verified(rewound))).toEqual([]);
    expect(rulesBroken(await verified(rewound, { since: saved }))).toEqual(['rewound']);
  });

  it('with other entries of the same number is found by a checkpoint that the auditor saved, and by nothing else', async () => {
    const drafts = structuredClone(made.drafts);
    const verdict = drafts.find(({ entry }) => entry.kind === 'verdict')?.entry;
    if (verdict) verdict.actor = 'somebody';
    const forked = await rewritten(drafts);
    expect(rulesBroken(await verified(forked))).toEqual([]);
    expect(rulesBroken(await verified(forked, { since: saved }))).toEqual(['forked']);
  });

  it('is not the log of a checkpoint of another log', async () => {
    const other = await logOf(made);
    const since = other.files.get('log/checkpoint') ?? Buffer.of();
    expect(rulesBroken(await verified(honest, { since }))).toEqual(['since_unverified']);
  });
});

describe('a log that went on honestly', () => {
  it('continues every checkpoint that was ever saved of it', async () => {
    for (const [path, since] of honest.files) {
      if (!path.startsWith('log/checkpoint')) continue;
      expect(rulesBroken(await verified(honest, { since }))).toEqual([]);
    }
  });

  it('keeps a copy that a forged end contradicts', async () => {
    const files: Files = new Map(honest.files);
    const tree = new MerkleTree();
    for (const entry of entriesOf(made.drafts).slice(0, MIDDLE)) tree.append(leafHash(entryBytes(entry)));
    const { origin } = honest.checkpoint;
    const atMs = Date.parse('2026-03-02T12:00:00.000Z');
    await publishedCheckpoint({ files, origin, tree, logKey: honest.logKey, witnessKey: honest.witnessKey, atMs });
    expect(rulesBroken(await verified({ files, policy: honest.policy }))).toContain('rewound');
  });

  it('is not believed under a key that only calls itself the witness', async () => {
    const impostor = await logOf(made, made.drafts, { logKey: honest.logKey, witnessKey: temporarySigner() });
    const broken = rulesBroken(await verified({ files: impostor.files, policy: honest.policy }));
    expect(broken).toEqual(['checkpoint_not_cosigned', 'witness_gap']);
  });
});

const isLater = (path: string, size: number): boolean => {
  const copy = /^log\/checkpoints\/(\d+)-/.exec(path);
  return copy !== null && Number(copy[1]) > size;
};

/** A bucket that remembers: each file as it is, and what a test says was there before. */
function historyOf(files: Files, before: { path: string; bytes: Uint8Array | null }[]): FileHistory {
  const versions = [
    ...[...files].map(([path, bytes], i) => ({ path, bytes: bytes, version: `now-${i}` })),
    ...before.map((v, i) => ({ ...v, version: `before-${i}` })),
  ];
  return {
    versions: async () =>
      versions.map(({ path, version, bytes }, i) => ({ path, version, isDeletion: bytes === null, atMs: versions.length - i })),
    read: async (path, version) => versions.find((v) => v.path === path && v.version === version)?.bytes ?? undefined,
  };
}

describe("the bucket's memory", () => {
  const broken = async (...before: Parameters<typeof historyOf>[1]): Promise<string[]> =>
    rulesBroken(await verified(honest, { files: memoryFiles(honest.files, historyOf(honest.files, before)) }));
  const tile = 'log/tile/0/000';
  const copies = () => [...honest.files.keys()].filter((path) => path.startsWith('log/checkpoints/'));
  const at = (path = '') => honest.files.get(path) ?? Buffer.of();

  it('says nothing of an object that was put twice, and of earlier checkpoints', async () => {
    const earlier = copies().reverse();
    const before = earlier.map((path) => ({ path: 'log/checkpoint', bytes: at(path) }));
    expect(await broken({ path: tile, bytes: at(tile) }, ...before.slice(0, 3))).toEqual([]);
  });

  it('says nothing of what a running log published after the checkpoint that was read', async () => {
    const [earlier] = copies().slice(-3);
    const size = Number(/(\d+)-\d+$/.exec(earlier ?? '')?.[1]);
    const files: Files = new Map([...honest.files].filter(([path]) => !isLater(path, size)));
    const newest = { path: 'log/checkpoint', bytes: at('log/checkpoint') };
    const then = [{ path: 'log/checkpoint', bytes: at(earlier) }];
    files.delete('log/checkpoint');
    const history = historyOf(files, [newest, ...then]);
    files.set('log/checkpoint', at(earlier));
    const all = rulesBroken(await verified(honest, { files: memoryFiles(files, history) }));
    expect(all.filter((rule) => ['rewound', 'version_backwards', 'forked'].includes(rule))).toEqual([]);
  });

  it('tells of a tile that was replaced', async () => {
    expect(await broken({ path: tile, bytes: Buffer.alloc(8192) })).toEqual(['overwritten']);
  });

  it('tells of a document or a checkpoint that was deleted', async () => {
    const evidence = [...honest.files.keys()].find((path) => path.startsWith('evidence/')) ?? '';
    expect(await broken({ path: evidence, bytes: null })).toEqual(['deleted']);
    expect(await broken({ path: 'log/checkpoint', bytes: null })).toEqual(['deleted']);
  });

  it('tells of a checkpoint that was larger before, and of one that forked', async () => {
    const back = [copies().at(0), copies().at(-1)].map((path) => ({ path: 'log/checkpoint', bytes: at(path) }));
    expect(await broken(...back)).toEqual(['version_backwards']);
    const drafts = structuredClone(made.drafts);
    drafts.reverse();
    const fork = await rewritten(drafts);
    expect(await broken({ path: 'log/checkpoint', bytes: fork.files.get('log/checkpoint') ?? null })).toEqual(['forked']);
  });
});
