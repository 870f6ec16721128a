import type { DeploymentFile } from '../domain/deployment-file.ts';
import { ROLE_TITLES } from '../domain/roles.ts';
import { missingApprovals, refusingProblems, type Approval, type ApprovingRole } from '../domain/set/approval.ts';
import { countProblems, inconsistencies } from '../domain/set/consistency.ts';
import { compareSets, type Difference, type FoundFile } from '../domain/set/discrepancy.ts';
import { byKey, type IndexEntry } from '../domain/set/index-file.ts';
import { differenceProblem, isContent, layoutProblems } from '../domain/set/layout.ts';
import { INDEX_KEY, isCanonicalKey, SET_LIMITS, SIGNATURE_KEY } from '../domain/set/limits.ts';
import { problem, type Problem } from '../domain/set/problem.ts';
import type { SetSource } from '../domain/set/source.ts';
import type { SetContent, SetVerdict, VerifiedSet } from '../domain/set/verified-set.ts';
import { countApprovals, type FoundApproval } from './approvals.ts';
import { openSet, readApprovals, readManifests, readSignature, statementProblems, type SetFiles } from './set-files.ts';
import { readIndex, setDigest } from './statement.ts';

export interface VerifySetOptions {
  /** Already verified under the root: its keys decide here who signed. */
  deploymentFile: DeploymentFile;
  /** ISO 8601: the moment for which the answer holds. */
  at: string;
  /** `reported`: the set may lack approvals; what there is stands in the result. Default `required`. */
  approvals?: 'required' | 'reported';
  /** Approvals from elsewhere, such as the log; they count like those that lie in the set. */
  moreApprovals?: readonly FoundApproval[];
  /** Digest of the runbook in force; approvals must have seen it. Not compared when absent. */
  runbookDigest?: string;
  /** Version of the newest set known; an older one is refused, though its signature still verifies. */
  knownVersion?: number;
  signal?: AbortSignal;
}

/**
 * Answers whether a set is, byte for byte, what was signed and approved. Keys and sizes are judged before anything is
 * read, digests before anything is parsed, and every problem is told, not only the first.
 */
export async function verifySet(source: SetSource, options: VerifySetOptions): Promise<SetVerdict> {
  const { deploymentFile, at } = options;
  const files = await openSet(source, options.signal);
  const problems = layoutProblems(files.listed);
  const unread = files.listed.filter(isContent);
  // Too much is refused as it stands: looking at all of it is what the limit is there to prevent.
  if (problems.some((p) => p.code === 'too_many_files' || p.code === 'set_too_large')) return refused(problems, [], unread, []);

  const { statement, signer, problems: signatureProblems } = readSignature(await files.read(SIGNATURE_KEY), deploymentFile);
  problems.push(...signatureProblems);
  if (statement) problems.push(...statementProblems(statement, deploymentFile, at, options.knownVersion ?? 1));

  const indexBytes = await files.read(INDEX_KEY);
  const index = indexBytes && readIndex(indexBytes);
  const signedDigest = statement && `sha256:${statement.subject[0].digest.sha256}`;
  if (!index) {
    if (!problems.some((p) => p.file === INDEX_KEY))
      problems.push(problem(indexBytes ? 'index_malformed' : 'file_missing', INDEX_KEY));
    return refused(problems, [], unread, [], signedDigest);
  }
  const digest = setDigest(index);
  if (statement && signedDigest !== digest)
    problems.push(problem('set_index_differs', INDEX_KEY, { found: digest, signed: signedDigest }));

  const read = await readManifests(files, index, signedDigest === digest, source);
  const differences = compareSets(index, read.found);
  // A key that no set may have is a problem already; that it was not signed either goes without saying.
  problems.push(
    ...differences.filter((d) => isCanonicalKey(d.key)).map(differenceProblem),
    ...read.problems,
    ...inconsistencies(read.manifests),
  );
  if (statement) problems.push(...countProblems(SIGNATURE_KEY, statement.predicate, index));

  const approvals = await judgeApprovals(files, digest, options);
  problems.push(...approvals.refusing);
  if (problems.length > 0 || !statement || !signer) return refused(problems, index, read.found, differences, signedDigest);

  const { customer, deployment, version, frozenAt, agents } = statement.predicate;
  const content: SetContent = {
    digest,
    customer,
    deployment,
    version,
    frozenAt,
    agents,
    manifests: read.manifests.map((one) => one.manifest),
    index,
    signer,
    approvals: approvals.counted,
    approvalsMissing: approvals.missing,
    approvalProblems: approvals.problems,
  };
  return { status: 'verified', set: content as VerifiedSet };
}

interface JudgedApprovals {
  counted: Approval[];
  missing: ApprovingRole[];
  problems: Problem[];
  /** Those for which the set is refused. */
  refusing: Problem[];
}

async function judgeApprovals(files: SetFiles, manifestSetDigest: string, options: VerifySetOptions): Promise<JudgedApprovals> {
  const { deploymentFile, at, runbookDigest, moreApprovals = [], approvals = 'required' } = options;
  const inSet = await readApprovals(files);
  const counted = countApprovals([...inSet.approvals, ...moreApprovals], {
    deploymentFile,
    manifestSetDigest,
    at,
    runbookDigest,
  });
  const missing = missingApprovals(counted.approvals);
  const problems = [...inSet.problems, ...counted.problems];
  const absent = missing.map((role) =>
    problem('approval_missing', 'approvals/', { found: `none that counts by ${ROLE_TITLES[role]}` }),
  );
  const refusing = approvals === 'required' ? [...refusingProblems(problems, missing), ...absent] : [];
  return { counted: counted.approvals, missing, problems, refusing };
}

function refused(
  problems: readonly Problem[],
  index: readonly IndexEntry[],
  found: readonly FoundFile[],
  differences: Difference[],
  signedDigest?: string,
): SetVerdict {
  const signedFiles = index.map(({ key, sha256, size }) => ({ key, sha256, size }));
  const foundDigest = digestOfFound(found);
  return {
    status: 'refused',
    problems: problems.slice(0, SET_LIMITS.problems),
    omitted: Math.max(0, problems.length - SET_LIMITS.problems),
    report: {
      signed: { ...(signedDigest === undefined ? {} : { digest: signedDigest }), files: signedFiles },
      found: {
        ...(foundDigest === undefined ? {} : { digest: foundDigest }),
        files: [...found].sort(byKey).slice(0, SET_LIMITS.files),
      },
      differences: differences.slice(0, SET_LIMITS.problems),
    },
  };
}

/** The digest of what is there; none when a file was not read, because a digest over part of a set means nothing. */
function digestOfFound(found: readonly FoundFile[]): string | undefined {
  const entries = found.flatMap(({ key, size, sha256 }) => (sha256 === undefined ? [] : [{ key, size, sha256 }]));
  return entries.length === 0 || entries.length < found.length ? undefined : setDigest(entries);
}
