import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { policyText } from '../../../audit/tlog/policy.ts';
import { tilePath, tilesOf } from '../../../audit/tlog/tiles.ts';
import { writeTo } from '../../../scripts/generate/write.ts';
import { askGoAuditor, askTessera, buildGoAuditor } from '../../support/independent.ts';
import { tiledLog, type Files, type TestLog } from '../../support/tiled-log.ts';
import { logOf, smallDeployment, verified } from '../../support/verified.ts';
import { mutations } from '../verify/mutations.ts';

const BUILD_MS = 5 * 60_000;

let dir: string;
let auditor: string;
let log: TestLog;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'golive-independent-'));
  auditor = await buildGoAuditor(dir);
  log = await logOf(await smallDeployment());
}, BUILD_MS);
afterAll(() => rm(dir, { recursive: true, force: true }));

let written = 0;
async function onDisk({ files, policy }: Pick<TestLog, 'files' | 'policy'>): Promise<string> {
  const folder = join(dir, `log-${++written}`);
  for (const [path, bytes] of files) await writeTo(join(folder, path), bytes);
  await writeTo(join(folder, 'policy'), policyText(policy));
  return folder;
}

/** A log of a size, of entries that say nothing. */
const plainLog = (size: number): Promise<TestLog> =>
  tiledLog(
    Array.from({ length: size }, (_, i) => ({
      at: new Date(1_772_000_000_000 + i).toISOString(),
      bytes: Buffer.from(`{"n":${i}}`),
    })),
  );

const opinionOf = (of: TestLog) => ({ size: of.tree.size, root: of.tree.root().toString('base64') });

describe('tools that nobody here wrote', () => {
  it(
    'find the size and the root that we find',
    async () => {
      const folder = await onDisk(log);
      const { size, root } = await verified(log);
      expect(await askGoAuditor(auditor, folder)).toEqual({ size, root });
      expect(await askTessera(folder)).toEqual({ size, root });
    },
    BUILD_MS,
  );

  it.each([1, 255, 256, 257, 65_536, 70_001])(
    'find it in a log of %i entries',
    async (size) => {
      const plain = await plainLog(size);
      const folder = await onDisk(plain);
      expect(await askGoAuditor(auditor, folder)).toEqual(opinionOf(plain));
      expect(await askTessera(folder)).toEqual(opinionOf(plain));
    },
    BUILD_MS,
  );

  it(
    'refuse what we refuse, of all that they look at',
    async () => {
      let refused = 0;
      for (const { what, files } of mutations(log.files, 0, 2_000)) {
        if (!isTheirBusiness(files)) continue;
        const folder = await onDisk({ files, policy: log.policy });
        const { refused: why } = await askGoAuditor(auditor, folder);
        await rm(folder, { recursive: true, force: true });
        expect(why, what).toBeDefined();
        if (++refused === ENOUGH) break;
      }
      expect(refused).toBe(ENOUGH);
    },
    BUILD_MS,
  );
});

const ENOUGH = 60;

/** Something in the tiles of the current size or in what the log signed; witness, leftovers and evidence they do not know. */
function isTheirBusiness(files: Files): boolean {
  const { size } = log.checkpoint;
  const theirs = ['log/checkpoint', ...tilesOf(size).map((tile) => `log/${tilePath(tile)}`)];
  const bytesOf = (of: Files, path: string): string => {
    const text = Buffer.from(of.get(path) ?? []).toString('latin1');
    return path === 'log/checkpoint' ? text.split('\n').slice(0, 3).join('\n') : text;
  };
  return theirs.some((path) => bytesOf(files, path) !== bytesOf(log.files, path));
}
