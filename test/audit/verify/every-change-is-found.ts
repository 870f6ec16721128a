import { beforeAll, describe, expect, it } from 'vitest';
import { inBackground } from '../../support/in-background.ts';
import { logOf, smallDeployment, verified } from '../../support/verified.ts';
import type { TestLog } from '../../support/tiled-log.ts';
import { mutations } from './mutations.ts';

const WITHIN_MS = 30 * 60_000;

/** One half of the series; in files of their own, so that both halves run at the same time. */
export function everyChangeIsFound(from: number, to: number): void {
  describe(`changes ${from} to ${to} of a log at rest`, () => {
    let log: TestLog;

    beforeAll(async () => {
      inBackground();
      log = await logOf(await smallDeployment({ agents: 20, cohorts: 3 }));
      expect((await verified(log)).findings).toEqual([]);
    });

    it(
      'are all found',
      async () => {
        const counts: Record<string, number> = {};
        const missed: string[] = [];
        for (const { kind, what, files } of mutations(log.files, from, to)) {
          const { total } = await verified({ files, policy: log.policy });
          if (total === 0) missed.push(what);
          counts[kind] = (counts[kind] ?? 0) + 1;
        }
        const table = Object.entries(counts).map(([kind, n]) => `  ${n} × ${kind}`);
        process.stdout.write(`${log.tree.size} entries, changes found:\n${table.join('\n')}\n`);
        expect(missed).toEqual([]);
      },
      WITHIN_MS,
    );
  });
}
