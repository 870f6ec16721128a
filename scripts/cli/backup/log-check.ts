import type { Policy } from '../../../audit/tlog/policy.ts';
import { verifyLog, type Verification } from '../../../audit/verify/verify.ts';
import { parseDeploymentFile } from '../../../clients/manifests/parse.ts';
import { folderFiles } from '../verify/places.ts';

/** All that `golive verify` checks, on the log in a folder. */
export const checkLog = (dir: string, policy: Policy): Promise<Verification> =>
  verifyLog({
    files: folderFiles(dir),
    policy,
    parseDeploymentFile,
  });

/** The first findings in words. */
export const findingLines = ({ findings, total }: Verification, most = 5): string[] => [
  ...findings.slice(0, most).map((f) => `${f.rule}: ${f.detail}`),
  ...(total > most ? [`and ${total - most} more`] : []),
];
