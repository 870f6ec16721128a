import { randomUUID } from 'node:crypto';
import { entryWriter, record } from '../../../activities/entries.ts';
import type { Deployment } from '../../../activities/deployment.ts';
import { envelopeText, signJson, type Envelope } from '../../../audit/envelope.ts';
import { verifierOf } from '../../../audit/tlog/note.ts';
import type { Cluster } from '../../../clients/cluster/port.ts';
import { temporarySigner } from '../../../clients/keys/local.ts';
import type { Signer } from '../../../clients/keys/port.ts';
import type { Platform } from '../../../clients/platform/port.ts';
import { createMemoryLog, type MemoryLog } from '../../../clients/recorder/memory.ts';
import { putEvidence } from '../../../clients/store/evidence.ts';
import { createMemoryStore } from '../../../clients/store/memory.ts';
import {
  ATTESTABLE_KINDS,
  COMMAND_PAYLOAD_TYPE,
  type Attestation,
  type Command,
  type CommandKind,
} from '../../../domain/command.ts';
import { RUNBOOK_LIMITS, type DeploymentFile, type Person } from '../../../domain/deployment-file.ts';
import type { EntryData, EntryKind, EvidenceRef, NewEntry } from '../../../domain/entry.ts';
import type { DeploymentName } from '../../../domain/ids.ts';
import type { Role } from '../../../domain/roles.ts';
import { runbookDigest } from '../../../activities/runbook-digest.ts';

export const SET = `sha256:${'5'.repeat(64)}`;
export const OTHER_SET = `sha256:${'6'.repeat(64)}`;
export const NOW = Date.parse('2026-03-06T12:00:00.000Z');
const HOUR_MS = 3_600_000;

/** `ann` is listed twice, as nobody should be: `anna` is the same human being under another name. */
const PEOPLE: [string, Role[]][] = [
  ['lea', ['deployment-lead']],
  ['chris', ['customer-lead']],
  ['sam', ['security-lead']],
  ['otto', ['operations-lead']],
  ['finn', ['cfo']],
  ['ella', ['ceo']],
  ['ann', ['security-lead', 'customer-lead']],
  ['anna', ['cfo', 'ceo']],
  ['dan', ['deployment-lead', 'customer-lead', 'security-lead', 'cfo', 'ceo']],
  ['daniel', ['customer-lead', 'cfo']],
];
const signers = new Map<string, Signer>(PEOPLE.map(([id]) => [id, temporarySigner()]));
export const keyOf = (person: string): Signer => signers.get(person) ?? temporarySigner();

const people = (): Person[] =>
  PEOPLE.map(([id, roles]) => ({
    ...{ id, name: id, roles, deputyOf: [], keys: [keyOf(id).publicKey], slack: `U-${id}` },
    email: `${{ anna: 'Ann', daniel: 'DAN' }[id] ?? id}@acme.example`,
  }));

/** The gateway, which says whom Slack showed it; and the section of the deployment file that takes its word. */
export const GATEWAY = temporarySigner();
export const SLACK: DeploymentFile['slack'] = {
  ...{ team: 'T-acme', channel: 'C-q4', attestedBy: [GATEWAY.publicKey], allows: [...ATTESTABLE_KINDS] },
};

/** The same order, given in Slack. */
export const inSlack = (command: Command, change: Partial<Attestation> = {}): Command => ({
  ...command,
  attestation: { channel: 'slack', team: 'T-acme', user: `U-${command.person}`, cards: [], ...change },
});

/** A system that does what the test says, and fails loudly at anything else. */
const only = <T extends object>(system: string, given: Partial<T> = {}): T =>
  new Proxy(given, {
    get: (known, call) => Reflect.get(known, call) ?? (() => Promise.reject(new Error(`${system}: ${String(call)}`))),
  }) as T;

/** A deployment as an activity meets it: signed file, log and buckets are real, kept in memory; the platform is the test's. */
export interface Office {
  d: Deployment;
  log: MemoryLog;
  setNow(ms: number): void;
  /** An order as its person would give it now; `change` says what is different. */
  draft(person: string, role: Role, kind: CommandKind, change?: Partial<Command>): Command;
  sign(command: Command, signer?: Signer): Promise<Envelope>;
  /** Writes an order into the log as applied, whoever signed it: what a forger with access to the log could write. */
  applied(command: Command, change?: { signer?: Signer; at?: number; envelope?: EvidenceRef; fence?: number }): Promise<number>;
  write<K extends EntryKind>(kind: K, subject: string, data: EntryData[K], actor?: string): Promise<number>;
}

export function newOffice(
  parts: {
    platform?: Partial<Platform>;
    cluster?: Partial<Cluster>;
    file?: Partial<DeploymentFile>;
    name?: DeploymentName;
  } = {},
): Office {
  const name = parts.name ?? { customer: 'acme', deployment: `q-${randomUUID().slice(0, 8)}` };
  const clock = { now: NOW };
  const file: DeploymentFile = {
    apiVersion: 'golive/v1',
    kind: 'Deployment',
    ...name,
    version: 1,
    environment: 'rehearsal',
    logOrigin: 'log.acme.example/golive',
    manifestSet: { bucket: 'manifests', prefix: 'set' },
    audit: { bucket: 'audit', prefix: '' },
    platform: { endpoint: 'http://127.0.0.1:1' },
    cluster: { endpoint: 'http://127.0.0.1:1', namespace: 'arx', networkPolicy: 'egress', networkPolicyDigest: SET },
    startedBy: 'dan',
    people: people(),
    personalFor: [],
    limits: RUNBOOK_LIMITS,
    speed: 1,
    ...parts.file,
  };
  const log = createMemoryLog();
  const store = createMemoryStore();
  const entry = entryWriter(name, () => clock.now);
  const tenant: Deployment['tenant'] = {
    ...{ customer: name.customer, rootKeys: [], manifests: createMemoryStore(), audit: store, auditPrefix: '' },
    policy: { log: verifierOf('log.acme.example/golive', 'log', temporarySigner().publicKey), witnesses: [], rootKeys: [] },
    set: () => ({ list: async () => [], get: async () => undefined, parse: () => ({ problems: [] }) }),
    readDeploymentFile: () => ({ problems: [] }),
    platform: only<Platform>('platform', parts.platform),
    cluster: only<Cluster>('cluster', parts.cluster),
    ...{ recorder: log, log, notify: {} },
  };
  const d: Deployment = {
    ...{ name, tenant, file, index: [], setDigest: SET, entry },
    fileRef: { ref: 'deployment.yaml', digest: SET },
    signedFile: { bytes: Buffer.from('file'), signature: Buffer.from('signature') },
    source: tenant.set(''),
    signal: new AbortController().signal,
    now: () => clock.now,
    view: async () => (await log.state(name)) ?? Promise.reject(new Error('the log knows no such deployment')),
  };
  const sign = (command: Command, signer = keyOf(command.person)) =>
    signJson({ payloadType: COMMAND_PAYLOAD_TYPE, value: command, signers: [signer] });
  const add = async (made: NewEntry, at = clock.now): Promise<number> =>
    (await record(log, [{ ...made, at: new Date(at).toISOString() }]))[0] ?? -1;
  return {
    ...{ d, log, sign },
    setNow: (ms) => void (clock.now = ms),
    draft: (person, role, kind, change = {}) => ({
      ...{ v: 1, id: `order-${randomUUID().slice(0, 12)}`, kind, ...name, environment: 'rehearsal', logOrigin: file.logOrigin },
      ...{ person, role, scope: { level: 'deployment', names: [] }, args: {}, reason: 'as planned' },
      issuedAt: new Date(clock.now - 60_000).toISOString(),
      expiresAt: new Date(clock.now + HOUR_MS).toISOString(),
      saw: { manifestSetDigest: SET, runbookDigest, policyVersion: 1, evidence: {} },
      ...change,
    }),
    async applied(command, { signer, at, envelope, fence = 3 } = {}) {
      const ref = envelope ?? (await putEvidence(store, '', envelopeText(await sign(command, signer))));
      const data = { command, envelope: ref, fenceGeneration: fence, latencyMs: 1 };
      return add(entry('command.applied', `command/${command.id}`, data, { actor: command.person }), at);
    },
    write: (kind, subject, data, actor = 'golive') => add(entry(kind, subject, data, { actor })),
  };
}

/** C3: the four executives' approvals, as they stand in the log; `change` spoils some of them. */
export async function approveSet(
  office: Office,
  change: Partial<Record<'ceo' | 'customer-lead' | 'cfo' | 'security-lead', ((c: Command) => Command) | null>> = {},
): Promise<void> {
  const executives = [
    ['ella', 'ceo'],
    ['chris', 'customer-lead'],
    ['finn', 'cfo'],
    ['sam', 'security-lead'],
  ] as const;
  for (const [person, role] of executives) {
    const spoil = change[role];
    if (spoil === null) continue;
    const expiresAt = new Date(office.d.now() + 300 * HOUR_MS).toISOString();
    const approval = office.draft(person, role, 'approve', {
      ...{ scope: { level: 'set', names: [] }, args: { decision: 'approve' }, expiresAt },
    });
    await office.applied(spoil?.(approval) ?? approval);
  }
}

export const GO_AHEAD: Partial<Command> = { args: { decision: 'approve' } };
