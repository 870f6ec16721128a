import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { signDirectRecord } from '../../../audit/direct.ts';
import { envelopeText, type Envelope, type EnvelopeSigner } from '../../../audit/envelope.ts';
import { isClientError } from '../../../clients/error.ts';
import { bringDown, type BroughtDown, type Flip, type Lowering } from '../../../clients/platform/stop.ts';
import type { Command, DirectKind } from '../../../domain/command.ts';
import type { DirectRecord } from '../../../domain/direct.ts';
import { scopeWords } from '../../../domain/describe/command.ts';
import { list, number, plural } from '../../../domain/describe/words.ts';
import { FAILURES } from '../../../domain/failure.ts';
import { STOPS } from '../../../domain/stop/stop.ts';
import { CliError, EXIT, type ExitCode } from '../io.ts';
import type { Session } from '../session.ts';
import { golive } from '../words.ts';
import { directFile } from './direct-file.ts';
import { atPlatform, directly } from './order.ts';

export interface Direct {
  command: Command;
  envelope: Envelope;
  signer: EnvelopeSigner;
  /** Folder for the files that it leaves. */
  out: string;
}

/** What has not come down by then is told; the fence stands, so nothing of it can rise. */
const DOWN_WITHIN_MS = 60_000;
/** A disk that hangs holds nothing up. */
const WRITTEN_WITHIN_MS = 1000;
const AGAIN_MS = 500;
/** Outcomes in one file; a file is one envelope, and that has its limit. */
const FLIPS_PER_FILE = 200;

/**
 * The same stop, by this process and a key that can only lower: no Temporal, no gateway, no log, no bucket. What was about to be
 * done is written down before it is done, and what became of it afterwards; files that cannot be written stop nothing.
 */
export async function stopDirectly(session: Session, direct: Direct): Promise<ExitCode> {
  const { command, envelope, signer } = direct;
  const { io, systems } = session;
  const platform = await systems.lowering();
  const files: string[] = [];
  const folder = resolve(direct.out);
  const keep = async (name: string, text: string): Promise<void> => {
    const path = join(folder, directFile(command.id, name));
    const written = mkdir(folder, { recursive: true }).then(() => writeFile(path, text, { mode: 0o600 }));
    try {
      await Promise.race([
        written,
        sleep(WRITTEN_WITHIN_MS, undefined, { ref: false }).then(() => Promise.reject(new Error('the disk does not answer'))),
      ]);
      files.push(path);
    } catch (error) {
      io.stderr(`${path} cannot be written (${error instanceof Error ? error.message : String(error)}); the stop goes on.\n`);
    }
  };
  const startedAt = new Date().toISOString();
  const { kind, scope } = command;
  const ceiling = STOPS[kind as DirectKind].ceiling;
  const intent = { ...recordOf(command, startedAt), intents: [{ at: startedAt, scope, ceiling }], outcomes: [] };
  await Promise.all([keep('order', envelopeText(envelope)), keep('intent', await signDirectRecord(intent, signer))]);

  const began = Date.now();
  const done = await untilDown(session, platform, command);
  const parts = outcomeRecords(command, startedAt, done);
  for (const [i, record] of parts.entries()) {
    await keep(parts.length === 1 ? 'outcome' : `outcome-${i + 1}`, await signDirectRecord(record, signer));
  }
  return say(session, command, { done, files, tookMs: Date.now() - began });
}

/**
 * Again for what did not answer, as long as the rule allows: the same order finds its own fence. What became of it until then is
 * told and written down also when the platform goes away in the middle.
 */
async function untilDown(session: Session, platform: Lowering, command: Command): Promise<BroughtDown> {
  const { io, options } = session;
  const until = Date.now() + (options.timeout ?? DOWN_WITHIN_MS);
  const flips = new Map<string, Flip>();
  const nameOf = ({ deployment, subject }: Flip): string => `${deployment}/${subject}`;
  let fence: Omit<BroughtDown, 'flips'> | undefined;
  const stop = {
    ...(io.signal === undefined ? {} : { signal: io.signal }),
    onFlip: (flip: Flip) => void flips.set(nameOf(flip), flip),
    onFence: (generation: number) => {
      if (fence === undefined)
        io.stderr(`Fence #${generation} stands: nothing in ${scopeWords(command.scope)} can rise. Now what is up comes down.\n`);
      fence ??= { generation, fencedAt: new Date().toISOString() };
    },
  };
  for (let tries = 1; ; tries++) {
    try {
      const { flips: listed } = await bringDown(platform, atPlatform(command), stop);
      // What is no longer listed is down, though its answer never came.
      const still = new Set(listed.map(nameOf));
      for (const [name, flip] of flips) if (!still.has(name)) flips.set(name, { ...flip, outcome: 'applied' });
      const left = listed.some(({ outcome }) => outcome !== 'applied');
      if (fence !== undefined && (!left || Date.now() >= until)) return { ...fence, flips: [...flips.values()] };
    } catch (error) {
      const over = io.signal?.aborted === true || Date.now() >= until;
      if (fence !== undefined && over) return { ...fence, flips: [...flips.values()] };
      if (io.signal?.aborted === true || (isClientError(error) && !FAILURES[error.code].retryable)) throw error;
      if (over) throw unanswered(session, command);
      if (tries === 1) io.stderr('The platform does not answer; it is asked again, Ctrl-C ends that.\n');
    }
    await sleep(AGAIN_MS, undefined, stop).catch(() => undefined);
  }
}

const unanswered = (session: Session, command: Command): CliError =>
  new CliError(
    EXIT.unreachable,
    'The platform does not answer, and has confirmed nothing: as far as this command line knows, nothing is stopped.',
    {
      next: `Give it once more: ${directly(session, command)}\nUntil it answers, only its own operators, or whoever owns the network and the connectors, can stop what it runs.`,
      code: 'platform_unreachable',
    },
  );

const recordOf = (command: Command, startedAt: string): Omit<DirectRecord, 'intents' | 'outcomes'> => {
  const { customer, deployment, environment, logOrigin, person, role, id, kind, scope, reason } = command;
  return {
    ...{ v: 1, customer, deployment, environment, logOrigin, person, role, scope, reason, startedAt },
    ...{ commandId: id, kind: kind as DirectKind },
  };
};

function outcomeRecords(command: Command, startedAt: string, { generation, fencedAt, flips }: BroughtDown): DirectRecord[] {
  const level = command.scope.level === 'agent' ? ('agent' as const) : ('cohort' as const);
  const fenced = { at: fencedAt, scope: command.scope, result: 'applied' as const, detail: `fence ${generation}` };
  const outcomes = flips.map(({ at, subject, outcome, code }) => ({
    ...{ at, scope: { level, names: [subject] }, result: outcome },
    ...(code === undefined ? {} : { detail: code }),
  }));
  const chunks = [];
  for (let i = 0; i === 0 || i < outcomes.length; i += FLIPS_PER_FILE) chunks.push(outcomes.slice(i, i + FLIPS_PER_FILE));
  return chunks.map((chunk, i) => ({
    ...recordOf(command, startedAt),
    intents: [],
    outcomes: i === 0 ? [fenced, ...chunk] : chunk,
    ...(chunks.length === 1 ? {} : { part: i + 1, parts: chunks.length }),
  }));
}

function say(
  session: Session,
  command: Command,
  { done, files, tookMs }: { done: BroughtDown; files: string[]; tookMs: number },
): ExitCode {
  const { io, options } = session;
  const left = done.flips.filter(({ outcome }) => outcome !== 'applied').map(({ subject }) => subject);
  const down = done.flips.length - left.length;
  const adopt = golive(session, ['audit', 'adopt', ...files]);
  if (options.json === true) {
    const { id, kind, scope, person, role } = command;
    const times = { fencedAt: done.fencedAt, downMs: left.length === 0 ? tookMs : null };
    io.stdout(
      `${JSON.stringify({ id, kind, scope, person, role, outcome: left.length === 0 ? 'stopped' : 'fenced', fence: { generation: done.generation }, down, left, ...times, files, next: adopt })}\n`,
    );
  } else {
    const what = command.scope.level === 'agent' ? 'agent' : 'cohort';
    io.stdout(`Fence #${done.generation} stands at the platform; ${plural(down, what)} taken down in ${number(tookMs)} ms.\n`);
  }
  if (left.length > 0) io.stderr(`Not down: ${list(left, 10)}. The fence keeps them from rising; give the order once more.\n`);
  io.stderr(`It is in no log yet. Keep these files, and enter them when golive is back: ${adopt}\n`);
  return left.length === 0 ? EXIT.ok : EXIT.failed;
}
