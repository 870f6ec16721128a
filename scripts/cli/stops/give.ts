import { envelopeDigest, envelopeText, signJson, type Envelope } from '../../../audit/envelope.ts';
import { CommandsUnreachable } from '../../../clients/commands/port.ts';
import { followStop, type FollowedStop } from '../../../clients/platform/seen.ts';
import { answerInLog, type Answer } from '../../../clients/recorder/answer.ts';
import { COMMAND_PAYLOAD_TYPE, type Command } from '../../../domain/command.ts';
import { CliError, EXIT, type ExitCode } from '../io.ts';
import { sayRefused, sayUnanswered } from '../orders/answer.ts';
import { agreed } from '../orders/give.ts';
import { defaultKey, keepEnvelope, signedBefore, signerFrom } from '../orders/signing.ts';
import type { Session } from '../session.ts';
import { golive } from '../words.ts';
import { stopDirectly } from './direct.ts';
import { sayTouched } from './dry-run.ts';
import { atPlatform, directly, requireWhy, stopCommand, type Stopping } from './order.ts';
import { sayStopped, type Followed } from './report.ts';
import { refuseMisspelt, type ScopeOptions } from './scope.ts';

export interface StopOptions extends ScopeOptions {
  dryRun?: boolean;
  direct?: boolean;
  envelope?: string;
  out?: string;
}

/** How long the platform is looked at until all is down; the runbook's own limit. */
const DOWN_WITHIN_MS = 60_000;
/** How long somebody who already knows that all is down is kept waiting for the number of the entry. */
const RECORDED_WITHIN_MS = 5_000;
/** A name is checked only while that costs next to nothing. */
const CHECK_WITHIN_MS = 500;

/** A stop from its drafting until the platform itself says that all is down. */
export async function giveStop(session: Session, stopping: Stopping, options: StopOptions): Promise<ExitCode> {
  if (options.envelope !== undefined) {
    const { envelope, command } = await signedBefore(options.envelope, stopping.kind);
    return handInAndFollow(session, command, envelope);
  }
  requireWhy(stopping.kind, session.options);
  const [{ file }, given] = await Promise.all([
    session.nearestFile(),
    session.options.key === undefined ? undefined : signerFrom(session.options.key),
  ]);
  const command = stopCommand(stopping, session, file, given?.publicKey);
  if (options.dryRun === true) return sayTouched(session, command);
  await checkNames(session, command);
  const final = stopping.kind === 'terminate' || stopping.kind === 'shutdown';
  if (final && !(await agreed(session, command))) {
    session.io.stderr('Nothing was signed, nothing was stopped.\n');
    return EXIT.interrupted;
  }
  const signer = given ?? (await signerFrom(await defaultKey(session, command.person)));
  const envelope = await signJson({ payloadType: COMMAND_PAYLOAD_TYPE, value: command, signers: [signer] });
  if (options.direct === true) return stopDirectly(session, { command, envelope, signer, out: options.out ?? '.' });
  return handInAndFollow(session, command, envelope);
}

async function checkNames(session: Session, { deployment, scope }: Command): Promise<void> {
  if (session.options.yes === true || session.connection.platform === undefined) return;
  await refuseMisspelt(await session.systems.platform(), deployment, scope, AbortSignal.timeout(CHECK_WITHIN_MS));
}

async function handInAndFollow(session: Session, command: Command, envelope: Envelope): Promise<ExitCode> {
  const told = await handInStop(session, command, envelope);
  if (told.answer?.kind === 'command.refused') return sayRefused(session, command, told.answer);
  if (told.followed.fence === null && told.answer === undefined) {
    const code = await sayUnanswered(session, {
      command,
      envelope,
      keep: () => keepEnvelope(command.id, envelopeText(envelope)),
    });
    session.io.stderr(`Do not wait for it: stop it at the platform yourself, now: ${directly(session, command)}\n`);
    return code;
  }
  return sayStopped(session, command, told);
}

export async function handInStop(session: Session, command: Command, envelope: Envelope): Promise<Followed> {
  const { io, systems, options } = session;
  const text = envelopeText(envelope);
  const handedInMs = Date.now();
  try {
    await (await systems.commands()).handIn({ envelope: text, handedInAt: new Date(io.now()).toISOString() }, io.signal);
  } catch (error) {
    if (!(error instanceof CommandsUnreachable)) throw error;
    throw await nothingTakesIt(session, command, text, error);
  }
  const done = new AbortController();
  const signal = io.signal ? AbortSignal.any([io.signal, done.signal]) : done.signal;
  let answer: Answer | undefined;
  const waitMs = options.timeout ?? DOWN_WITHIN_MS;
  const answered = answerIn(
    session,
    { command, envelopeDigest: envelopeDigest(envelope) },
    waitMs + RECORDED_WITHIN_MS,
    signal,
  ).then((found) => (answer = found));
  try {
    const followed = await lookAt(session, command, { waitMs, ended: () => answer?.kind === 'command.refused' }, answered);
    if (answer === undefined) await Promise.race([answered, waited(RECORDED_WITHIN_MS, signal)]);
    return { followed, answer, handedInMs };
  } finally {
    done.abort();
  }
}

/** Without a platform to look at, the log's answer is all there is. */
async function lookAt(
  session: Session,
  command: Command,
  until: { waitMs: number; ended: () => boolean },
  answered: Promise<unknown>,
): Promise<FollowedStop> {
  if (session.connection.platform === undefined) {
    await answered;
    return { fence: null, left: [], fencedAt: null, downAt: null };
  }
  return followStop(await session.systems.platform(), atPlatform(command), { ...until, signal: session.io.signal });
}

/** A log that is away delays nothing here. */
async function answerIn(
  { systems }: Session,
  order: { command: Command; envelopeDigest: string },
  waitMs: number,
  signal: AbortSignal,
): Promise<Answer | undefined> {
  return systems
    .log()
    .then((log) => answerInLog(log, order, { waitMs, signal }))
    .catch(() => undefined);
}

const waited = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
  });

async function nothingTakesIt(session: Session, command: Command, text: string, error: CommandsUnreachable): Promise<CliError> {
  const path = await keepEnvelope(command.id, text);
  const direct = directly(session, command);
  const again = golive(session, [command.kind, '--envelope', path]);
  return new CliError(EXIT.unreachable, error.message, {
    next: `Stop it at the platform yourself, now: ${direct}\nOr hand the same order in again: ${again}`,
    code: 'unreachable',
  });
}
