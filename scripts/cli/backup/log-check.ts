import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Policy } from '../../../audit/tlog/policy.ts';
import { verifyLog, type Verification } from '../../../audit/verify/verify.ts';
import { parseDeploymentFile } from '../../../clients/manifests/parse.ts';
import { filesIn } from './manifest.ts';

/** All that `golive verify` checks, on the log in a folder. */
export const checkLog = (dir: string, policy: Policy): Promise<Verification> =>
  verifyLog({
    files: {
      list: () => filesIn(dir),
      read: (path) => readFile(join(dir, path)).catch(() => undefined),
    },
    policy,
    parseDeploymentFile,
  });

/** The first findings in words. */
export const findingLines = ({ findings, total }: Verification, most = 5): string[] => [
  ...findings.slice(0, most).map((f) => `${f.rule}: ${f.detail}`),
  ...(total > most ? [`and ${total - most} more`] : []),
];
