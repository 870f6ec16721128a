import canonicalize from 'canonicalize';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { cosignedAt } from '../../../audit/tlog/cosignature.ts';
import { signedBy } from '../../../audit/tlog/note.ts';
import { parsePolicy, type Policy } from '../../../audit/tlog/policy.ts';
import { parseReceipt, receiptOf, type Receipt } from '../../../audit/tlog/receipt.ts';
import { parseCheckpoint, type Checkpoint } from '../../../audit/tlog/checkpoint.ts';
import { isClientError } from '../../../clients/error.ts';
import type { LogReader } from '../../../clients/recorder/reader.ts';
import { ENTRY_KINDS, type EntryKind, type NewEntry, type RecordedEntry } from '../../../domain/entry.ts';
import type { DeploymentName } from '../../../domain/ids.ts';
import { CliError, EXIT, usage, type CliIo } from '../io.ts';
import { openSession, type CommonOptions, type Session } from '../session.ts';
import type { Wiring } from '../wiring.ts';
import { readCopy, type LogCopy } from './copy-reader.ts';

/** What every verb of `golive audit` understands. */
export interface SourceOptions extends CommonOptions {
  folder?: string;
  policy?: string;
  color?: boolean;
}

/** What a reader is going to look at; it may be given more. */
export interface Narrow {
  deployment?: DeploymentName;
  cohort?: string;
  kinds?: readonly EntryKind[];
  from?: number;
}

/** A log to be read: the running one, or a copy in a folder. */
export interface LogSource {
  /** For people. */
  name: string;
  /** In the order of the log. */
  entries(narrow: Narrow): AsyncIterable<RecordedEntry>;
  entry(index: number): Promise<RecordedEntry | undefined>;
  find(id: string): Promise<RecordedEntry | undefined>;
  size(): Promise<number>;
  /** What anybody can verify by now; undefined before the log was published for the first time. */
  checkpoint(): Promise<Checkpoint | undefined>;
  /** Against the last published checkpoint. Waits until an entry is published, for as long as `waitMs` says; undefined when there is none. */
  receipt(index: number, waitMs?: number): Promise<Receipt | undefined>;
  /** Root of the first `size` entries, as far as it can be known here. */
  rootAt(size: number): Promise<Buffer | undefined>;
  /** What to verify with, and where it came from; undefined when nobody has given one. */
  policy(): Promise<{ policy: Policy; from: string } | undefined>;
  /** A copy says nothing about now. */
  live: boolean;
  close(): Promise<void>;
}

/** With `--folder` nothing else is needed: no connections file, no network. */
export async function openSource(io: CliIo, options: SourceOptions, wiring: Wiring): Promise<LogSource> {
  if (options.folder !== undefined) return copySource(await readCopy(options.folder), options);
  const session = await openSession(io, options, wiring);
  return runningSource(session, options, await session.systems.log());
}

/** The bytes that the log holds for an entry: its canonical form without the index, which is its place. */
export function entryBytes({ index: _index, ...entry }: RecordedEntry): Buffer {
  return Buffer.from(canonicalize(entry) ?? '');
}

function copySource(copy: LogCopy, options: SourceOptions): LogSource {
  const at = (index: number): RecordedEntry | undefined => {
    const bytes = copy.entries[index];
    return bytes && { index, ...(JSON.parse(bytes.toString('utf8')) as NewEntry) };
  };
  const all = function* (from = 0): Generator<RecordedEntry> {
    for (let index = Math.max(0, from); index < copy.entries.length; index++) {
      const entry = at(index);
      if (entry) yield entry;
    }
  };
  const policy = () => givenPolicy(options.policy, copy.policyText, `${copy.dir}/policy`);
  return {
    name: `${copy.checkpoint.origin}, copied to ${options.folder ?? copy.dir}`,
    live: false,
    async *entries({ from }) {
      const known = await policy();
      if (known) mustHold(copy.checkpoint, known.policy, known.from);
      yield* all(from);
    },
    entry: async (index) => at(index),
    async find(id) {
      for (const entry of all()) if (entry.id === id) return entry;
      return undefined;
    },
    size: async () => copy.checkpoint.size,
    checkpoint: async () => copy.checkpoint,
    receipt: async (index) => (index < copy.checkpoint.size ? receiptOf(copy.tree, index, copy.checkpoint) : undefined),
    rootAt: async (size) => (size <= copy.checkpoint.size ? Buffer.from(copy.tree.root(size)) : undefined),
    policy,
    close: async () => undefined,
  };
}

/** Everything but what is said of single agents. */
const NOT_OF_AGENTS = ENTRY_KINDS.filter((kind) => kind !== 'intent' && kind !== 'outcome');

function runningSource(session: Session, options: SourceOptions, log: LogReader): LogSource {
  const { connection, connections, io, systems, customer } = session;
  const { signal } = io;
  return {
    name: `the log of ${customer} at ${connection.log.endpoint}`,
    live: true,
    async *entries({ cohort, ...narrow }) {
      if (cohort === undefined) {
        yield* log.entries(narrow, signal);
        return;
      }
      // What is said under the cohort's own name, and what might name it as one of several.
      const kinds = NOT_OF_AGENTS.filter((kind) => narrow.kinds?.includes(kind) ?? true);
      const found = new Map<number, RecordedEntry>();
      for await (const entry of log.entries({ ...narrow, cohort }, signal)) found.set(entry.index, entry);
      if (kinds.length > 0) for await (const entry of log.entries({ ...narrow, kinds }, signal)) found.set(entry.index, entry);
      yield* [...found.values()].sort((a, b) => a.index - b.index);
    },
    entry: (index) => log.entry(index, signal),
    find: (id) => log.find(id, signal),
    size: () => log.size(signal),
    async checkpoint() {
      const text = await log.checkpoint(signal);
      const checkpoint = text === undefined ? undefined : parseCheckpoint(text);
      if (text !== undefined && !checkpoint) throw damaged('What the log gave for its checkpoint is none.');
      return checkpoint;
    },
    receipt: (index, waitMs = 0) => receiptFrom(log, index, Date.now() + waitMs, signal),
    rootAt: async () => undefined,
    policy: () => givenPolicy(options.policy, connection.auditPolicy, connections.source),
    close: () => systems.close(),
  };
}

async function receiptFrom(
  log: LogReader,
  index: number,
  untilMs: number,
  signal: AbortSignal | undefined,
): Promise<Receipt | undefined> {
  for (;;) {
    try {
      const text = await log.receipt(index, signal);
      if (text === undefined) return undefined;
      const receipt = parseReceipt(text);
      if (receipt?.index === index) return receipt;
      throw damaged(`What the log gave for entry #${index} is no receipt of it.`);
    } catch (error) {
      const pauseMs = isClientError(error, 'recorder_unreachable') ? error.retryAfterMs : undefined;
      if (pauseMs === undefined) throw error;
      if (Date.now() + pauseMs > untilMs) {
        throw new CliError(EXIT.waiting, `Entry #${index} is recorded, and not yet in a published checkpoint.`, {
          next: `Ask again in ${Math.ceil(pauseMs / 1000)} s, or wait for it with --timeout 10m.`,
        });
      }
      await sleep(pauseMs, undefined, { signal });
    }
  }
}

const damaged = (message: string): CliError => new CliError(EXIT.unverified, message, { code: 'log_damaged' });

async function givenPolicy(
  file: string | undefined,
  text: string | undefined,
  from: string,
): Promise<{ policy: Policy; from: string } | undefined> {
  if (file !== undefined) return { policy: await readPolicy(file), from: file };
  return text === undefined ? undefined : { policy: policyOf(text, from), from };
}

export async function readPolicy(file: string): Promise<Policy> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw usage(
      `There is no policy file ${file}.`,
      'The customer hands it to the auditor: log, witness and quorum, a line each.',
    );
  });
  return policyOf(text, file);
}

function policyOf(text: string, from: string): Policy {
  const { policy, problem } = parsePolicy(text);
  if (policy) return policy;
  throw usage(`The policy in ${from} cannot be read: ${problem}.`);
}

/** Who did not sign the checkpoint though the policy asks for it, or null. */
export function signatureProblem(checkpoint: Checkpoint, policy: Policy): string | null {
  if (checkpoint.origin !== policy.log.name) return `it is of the log ${checkpoint.origin}, not ${policy.log.name}`;
  if (!signedBy(checkpoint.note, policy.log)) return "it does not carry the log's signature";
  const witness = policy.witnesses.find((w) => w.label === policy.quorum);
  if (witness && cosignedAt(checkpoint.note, witness.verifier) === undefined)
    return `it is not cosigned by ${witness.verifier.name}`;
  return null;
}

function mustHold(checkpoint: Checkpoint, policy: Policy, from: string): void {
  const problem = signatureProblem(checkpoint, policy);
  if (problem === null) return;
  throw new CliError(EXIT.unverified, `The checkpoint does not hold under the policy in ${from}: ${problem}.`, {
    next: 'golive verify names everything that is wrong.',
    code: 'log_damaged',
  });
}
