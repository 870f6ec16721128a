import { holdsRole, personById } from '../domain/set/approval.ts';
import type { FoundFile } from '../domain/set/discrepancy.ts';
import type { IndexEntry } from '../domain/set/index-file.ts';
import { isContent, isReadable, limitFor } from '../domain/set/layout.ts';
import { approvalPerson, SIGNATURE_KEY } from '../domain/set/limits.ts';
import { problem, type Problem } from '../domain/set/problem.ts';
import type { ReadManifest } from '../domain/set/consistency.ts';
import type { SetSource } from '../domain/set/source.ts';
import { setStatementSchema } from '../domain/set/statement.schema.ts';
import { STATEMENT_PAYLOAD_TYPE, type SetStatement } from '../domain/set/statement.ts';
import type { DeploymentFile } from '../domain/deployment-file.ts';
import { inParallel } from '../domain/in-parallel.ts';
import type { FoundApproval } from './approvals.ts';
import { verifyEnvelope } from './envelope.ts';
import { sha256Hex } from './keys.ts';
import { allKeys, keyHolders, parseJson, readEnvelopeFile } from './statement.ts';

/** A few, so that a set of a thousand objects does not open a thousand connections. */
const READS_AT_ONCE = 8;

/** A set's files, of which only those can be read whose key and size were right when they were listed. */
export interface SetFiles {
  listed: readonly { key: string; size: number }[];
  read(key: string): Promise<Uint8Array | undefined>;
}

export async function openSet(source: SetSource, signal?: AbortSignal): Promise<SetFiles> {
  const listed = await source.list(signal);
  const readable = new Set(listed.filter(isReadable).map((file) => file.key));
  return {
    listed,
    read: async (key) => {
      const bytes = readable.has(key) ? await source.get(key, signal) : undefined;
      // It may have grown since it was listed.
      return bytes && bytes.length <= limitFor(key) ? bytes : undefined;
    },
  };
}

export interface SetSignature {
  statement?: SetStatement;
  signer?: { person: string; keyId: string };
  problems: Problem[];
}

/** Who signed the set and what he said. There is a signer only when one Atlas Operator and nobody else has signed. */
export function readSignature(bytes: Uint8Array | undefined, file: DeploymentFile): SetSignature {
  const refused = (p: Problem): SetSignature => ({ problems: [p] });
  if (!bytes) return refused(problem('set_unsigned', SIGNATURE_KEY));
  const envelope = readEnvelopeFile(bytes);
  if (!envelope) return refused(problem('set_signature_malformed', SIGNATURE_KEY));
  const verified = verifyEnvelope(envelope, allKeys(file), STATEMENT_PAYLOAD_TYPE);
  if ('problem' in verified) return refused(problem('set_signature_invalid', SIGNATURE_KEY, { found: verified.detail }));
  if (verified.unverified > 0)
    return refused(problem('set_signature_invalid', SIGNATURE_KEY, { found: `${verified.unverified} signatures by nobody` }));

  const holders = keyHolders(file);
  const signers = verified.keyIds.flatMap((keyId) => {
    const person = personById(file, holders.get(keyId) ?? '');
    return person && holdsRole(person, 'atlas-operator') ? [{ person: person.id, keyId }] : [];
  });
  const signer = signers[0];
  if (!signer) {
    const found = verified.keyIds.map((keyId) => holders.get(keyId) ?? keyId).join(', ');
    return refused(problem('set_signer_not_allowed', SIGNATURE_KEY, { found }));
  }
  const statement = setStatementSchema.safeParse(parseJson(verified.payload));
  if (!statement.success)
    return refused(problem('set_signature_malformed', SIGNATURE_KEY, { found: 'a signed statement about something else' }));
  return { statement: statement.data, signer, problems: [] };
}

/** What the signer said, held against the deployment, the clock and the newest set that is known. */
export function statementProblems(statement: SetStatement, file: DeploymentFile, at: string, knownVersion: number): Problem[] {
  const { customer, deployment, version, frozenAt } = statement.predicate;
  const problems: Problem[] = [];
  if (customer !== file.customer || deployment !== file.deployment) {
    problems.push(
      problem('set_wrong_deployment', SIGNATURE_KEY, {
        found: `${customer}/${deployment}`,
        signed: `${file.customer}/${file.deployment}`,
      }),
    );
  }
  if (version < knownVersion)
    problems.push(problem('set_outdated', SIGNATURE_KEY, { found: `version ${version}`, signed: `version ${knownVersion}` }));
  if (Date.parse(frozenAt) > Date.parse(at))
    problems.push(problem('set_frozen_in_future', SIGNATURE_KEY, { found: frozenAt, signed: `now is ${at}` }));
  return problems;
}

export interface SetManifests {
  found: FoundFile[];
  manifests: ReadManifest[];
  problems: Problem[];
}

/**
 * Reads and digests every manifest that is signed, and parses it when the signature covers the very bytes. Files that
 * nobody signed stay unread, and bytes that nobody answers for never reach a parser.
 */
export async function readManifests(
  files: SetFiles,
  index: readonly IndexEntry[],
  covered: boolean,
  source: SetSource,
): Promise<SetManifests> {
  const indexed = new Map(index.map((entry) => [entry.key, entry]));
  const content = files.listed.filter(isContent);
  const results = await inParallel(
    content,
    READS_AT_ONCE,
    async ({ key, size }): Promise<{ found: FoundFile; manifest?: ReadManifest; problems: Problem[] }> => {
      const entry = indexed.get(key);
      const bytes = entry && (await files.read(key));
      if (!entry || !bytes) return { found: { key, size }, problems: [] };
      const found = { key, size: bytes.length, sha256: sha256Hex(bytes) };
      if (!covered || found.sha256 !== entry.sha256) return { found, problems: [] };
      const parsed = source.parse(bytes, key);
      return parsed.problems
        ? { found, problems: parsed.problems }
        : { found, manifest: { entry, manifest: parsed.manifest }, problems: [] };
    },
  );
  return {
    found: results.map((result) => result.found),
    manifests: results.flatMap((result) => result.manifest ?? []),
    problems: results.flatMap((result) => result.problems),
  };
}

/** The approvals that lie in the set. */
export async function readApprovals(files: SetFiles): Promise<{ approvals: FoundApproval[]; problems: Problem[] }> {
  const keys = files.listed.filter((file) => approvalPerson(file.key) !== undefined);
  const results = await inParallel(keys, READS_AT_ONCE, async ({ key }): Promise<FoundApproval | Problem> => {
    const bytes = await files.read(key);
    const envelope = bytes && readEnvelopeFile(bytes);
    return envelope ? { file: key, envelope, person: approvalPerson(key) } : problem('approval_malformed', key);
  });
  return {
    approvals: results.flatMap((result) => ('envelope' in result ? [result] : [])),
    problems: results.flatMap((result) => ('code' in result ? [result] : [])),
  };
}
