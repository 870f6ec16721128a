import { verifyLog, type Verification, type VerifyOptions } from '../../audit/verify/verify.ts';
import { parseDeploymentFile, type ParsedDeploymentFile } from '../../clients/manifests/parse.ts';
import type { DeploymentFile } from '../../domain/deployment-file.ts';
import type { NewEntry } from '../../domain/entry.ts';
import type { DeploymentOptions } from './deployment-entries.ts';
import { entriesOf, signedDeployment, type Draft, type SignedDeployment } from './signed-deployment.ts';
import { entryBytes, memoryFiles, tiledLog, type TestLog, type TiledLogOptions } from './tiled-log.ts';

/** Reading YAML takes longer than all the rest of a small log, and thousands of logs have the same file. */
const parsed = new Map<string, ParsedDeploymentFile>();
function parseOnce(bytes: Uint8Array): ParsedDeploymentFile {
  const text = Buffer.from(bytes).toString('utf8');
  const known = parsed.get(text) ?? parseDeploymentFile(bytes);
  parsed.set(text, known);
  return known;
}

export const verified = (log: Pick<TestLog, 'files' | 'policy'>, options: Partial<VerifyOptions> = {}): Promise<Verification> =>
  verifyLog({ files: memoryFiles(log.files), policy: log.policy, parseDeploymentFile: parseOnce, ...options });

/** The rules that a log breaks, each once. */
export const rulesBroken = ({ counts }: Verification): string[] => Object.keys(counts).sort();

export const smallDeployment = (
  options: DeploymentOptions = {},
  change?: (file: DeploymentFile) => void,
): Promise<SignedDeployment> => signedDeployment({ agents: 90, cohorts: 8, speed: 2880, ...options }, change);

/** So far apart that one signature that is missing is a gap. */
const EVERY_MS = 8_000;

/** The log of a deployment, as its writer leaves it. */
export const logOf = (made: SignedDeployment, drafts: readonly Draft[] = made.drafts, options: TiledLogOptions = {}) =>
  logOfEntries(made, entriesOf(drafts), options);

export const logOfEntries = (
  { file, rootKey, evidence }: SignedDeployment,
  entries: readonly NewEntry[],
  options: TiledLogOptions = {},
): Promise<TestLog> =>
  tiledLog(
    entries.map((entry) => ({ at: entry.at, bytes: entryBytes(entry) })),
    { origin: file.logOrigin, rootKeys: [rootKey], evidence, everyMs: EVERY_MS, ...options },
  );
