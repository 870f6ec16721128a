import { envelopeText, signJson } from '../../audit/envelope.ts';
import { indexEntry, indexText, signSet } from '../../audit/statement.ts';
import { verifySet, type VerifySetOptions } from '../../audit/verify-set.ts';
import { temporarySigner } from '../../clients/keys/local.ts';
import type { Signer } from '../../clients/keys/port.ts';
import { parseManifest } from '../../clients/manifests/parse.ts';
import { COMMAND_PAYLOAD_TYPE, type Command } from '../../domain/command.ts';
import { RUNBOOK_LIMITS, type DeploymentFile, type Person } from '../../domain/deployment-file.ts';
import { APPROVING_ROLES, type ApprovingRole } from '../../domain/set/approval.ts';
import type { IndexEntry } from '../../domain/set/index-file.ts';
import { approvalKey, INDEX_KEY, SIGNATURE_KEY } from '../../domain/set/limits.ts';
import type { SetSource } from '../../domain/set/source.ts';
import type { SetVerdict } from '../../domain/set/verified-set.ts';
import { approvalCommand } from '../../scripts/generate/customer.ts';
import { generateSet } from '../../scripts/generate/set.ts';
import { manifestYaml } from '../../scripts/generate/write.ts';

export const FROZEN = '2026-03-01T09:00:00.000Z';
export const APPROVED = '2026-03-03T09:00:00.000Z';
export const NOW = '2026-03-06T09:00:00.000Z';
export const RUNBOOK_DIGEST = `sha256:${'7'.repeat(64)}`;

export type Files = Map<string, Uint8Array>;

const generated = generateSet({ seed: 7, agents: 40, cohorts: 4, managers: 6, customer: 'northwind', deployment: 'q1' });

export const signers: Record<string, Signer> = Object.fromEntries(
  generated.people.map((person) => [person.id, temporarySigner()]),
);

export const deploymentFile: DeploymentFile = {
  apiVersion: 'golive/v1',
  kind: 'Deployment',
  customer: 'northwind',
  deployment: 'q1',
  version: 1,
  environment: 'rehearsal',
  logOrigin: 'log.northwind.example/q1',
  manifestSet: { bucket: 'manifests', prefix: 'sets/1/' },
  audit: { bucket: 'audit', prefix: '' },
  platform: { endpoint: 'http://127.0.0.1:1' },
  cluster: {
    endpoint: 'http://127.0.0.1:1',
    namespace: 'arx-atlas',
    networkPolicy: 'p',
    networkPolicyDigest: `sha256:${'0'.repeat(64)}`,
  },
  startedBy: holder('deployment-lead'),
  people: generated.people.map((person): Person => ({ ...person, keys: [signerOf(person.id).publicKey] })),
  personalFor: [],
  limits: RUNBOOK_LIMITS,
  speed: 1,
};

export function holder(role: Person['roles'][number]): string {
  return generated.people.find((person) => person.roles.includes(role))?.id ?? '';
}

export function signerOf(person: string): Signer {
  const signer = signers[person];
  if (!signer) throw new Error(`no key for ${person}`);
  return signer;
}

/** The four manifests of the set as text, by key. */
export const manifests = (): Map<string, string> =>
  new Map(generated.manifests.map(({ key, manifest }) => [key, manifestYaml(manifest)]));
export const keyAt = (i: number): string => generated.manifests[i]?.key ?? '';

export interface FreezeOptions {
  signer?: Signer;
  agents?: Record<string, number>;
  predicate?: Partial<{ customer: string; deployment: string; version: number; frozenAt: string }>;
  /** Changes to each approval before it is signed, by role. */
  approvals?: Partial<Record<ApprovingRole, (command: Command) => Command>>;
  approvalSigner?: (command: Command) => Signer;
}

/** Signs and approves manifests as the Atlas Operator and the executives would, so that only what a test changes is wrong. */
export async function freeze(texts: ReadonlyMap<string, string> = manifests(), options: FreezeOptions = {}): Promise<Files> {
  const files: Files = new Map();
  const index: IndexEntry[] = [];
  for (const [key, text] of texts) {
    const bytes = Buffer.from(text);
    files.set(key, bytes);
    index.push(indexEntry(key, bytes, options.agents?.[key] ?? (text.match(/- \{ id:/g) ?? []).length));
  }
  files.set(INDEX_KEY, Buffer.from(indexText(index)));
  const { digest, envelope } = await signSet({
    customer: 'northwind',
    deployment: 'q1',
    version: 1,
    frozenAt: FROZEN,
    ...options.predicate,
    index,
    signer: options.signer ?? signerOf(holder('atlas-operator')),
  });
  files.set(SIGNATURE_KEY, Buffer.from(envelopeText(envelope)));
  for (const role of APPROVING_ROLES) {
    const change = options.approvals?.[role] ?? ((command: Command) => command);
    const command = change(
      approvalCommand(deploymentFile, { role, manifestSetDigest: digest, runbookDigest: RUNBOOK_DIGEST, at: APPROVED }),
    );
    files.set(approvalKey(holder(role)), await approvalFile(command, options.approvalSigner?.(command)));
  }
  return files;
}

export async function approvalFile(command: Command, signer: Signer = signerOf(command.person)): Promise<Uint8Array> {
  return Buffer.from(envelopeText(await signJson({ payloadType: COMMAND_PAYLOAD_TYPE, value: command, signers: [signer] })));
}

/** A set in memory; `sizes` says what the list claims where that is not the truth. */
export function memorySource(files: Files, sizes: Record<string, number> = {}): SetSource & { reads: string[] } {
  const reads: string[] = [];
  return {
    reads,
    list: async () => [...files].map(([key, bytes]) => ({ key, size: sizes[key] ?? bytes.length })),
    get: async (key) => {
      reads.push(key);
      return files.get(key);
    },
    parse: parseManifest,
  };
}

export const verify = (files: Files, options: Partial<VerifySetOptions> = {}): Promise<SetVerdict> =>
  verifySet(memorySource(files), { deploymentFile, at: NOW, ...options });

/** `code file:line` of every problem, sorted and without repetition; empty for a verified set. */
export const codes = (verdict: SetVerdict): string[] =>
  verdict.status === 'verified' ? [] : [...new Set(verdict.problems.map((p) => p.code))].sort();
