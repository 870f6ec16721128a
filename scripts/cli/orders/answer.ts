import { envelopeDigest, type Envelope } from '../../../audit/envelope.ts';
import { answerInLog } from '../../../clients/recorder/answer.ts';
import type { Command, IncidentAct } from '../../../domain/command.ts';
import { commandWords } from '../../../domain/describe/command.ts';
import type { RecordedEntry } from '../../../domain/entry.ts';
import { FAILURES } from '../../../domain/failure.ts';
import { ROLE_TITLES } from '../../../domain/roles.ts';
import { waitingFor, type Waiting } from '../../../domain/waiting.ts';
import { EXIT, type ExitCode } from '../io.ts';
import type { Session } from '../session.ts';
import { golive, linesFor } from '../words.ts';

export interface HandedIn {
  envelope: Envelope;
  command: Command;
  /** Keeps the envelope in a file, and says where. */
  keep: () => Promise<string>;
}

const WAIT_MS = 30_000;

/** What became of an order, as the log has it; nothing else is an answer. */
export async function answerTo(session: Session, order: HandedIn): Promise<ExitCode> {
  const { io, systems, options } = session;
  const { envelope, command } = order;
  const entry = await answerInLog(
    await systems.log(),
    { command, envelopeDigest: envelopeDigest(envelope) },
    { waitMs: options.timeout ?? WAIT_MS, ...(io.signal === undefined ? {} : { signal: io.signal }) },
  );
  if (entry?.kind === 'command.applied') return sayApplied(session, order.command, entry);
  if (entry?.kind === 'command.refused') return sayRefused(session, order.command, entry);
  return sayUnanswered(session, order);
}

async function sayApplied(
  session: Session,
  command: Command,
  entry: RecordedEntry & { kind: 'command.applied' },
): Promise<ExitCode> {
  const { io, options } = session;
  const next = await nextAfter(session).catch(() => undefined);
  if (options.json === true) {
    say(session, command, {
      outcome: 'applied',
      index: entry.index,
      latencyMs: entry.data.latencyMs,
      next: next?.command ?? null,
    });
  } else io.stdout(`Recorded as entry #${entry.index}: ${commandWords(command)}.\n`);
  io.stderr(
    next
      ? `Next: ${linesFor(next, (argv) => golive(session, argv)).join(' && ')}   (${ROLE_TITLES[next.role]}, to ${next.what})\n`
      : `Next: ${golive(session, ['status', '--watch'])}\n`,
  );
  return EXIT.ok;
}

async function nextAfter(session: Session): Promise<Waiting | undefined> {
  const [{ file }, view] = await Promise.all([session.file(), session.view()]);
  return waitingFor(view, file, session.io.now())[0];
}

export function sayRefused(
  session: Session,
  command: Command,
  { index, data }: RecordedEntry & { kind: 'command.refused' },
): ExitCode {
  const { next } = FAILURES[data.code];
  if (session.options.json === true)
    say(session, command, {
      outcome: 'refused',
      index,
      latencyMs: data.latencyMs,
      code: data.code,
      sentence: data.sentence,
      next,
    });
  session.io.stderr(`Refused: ${data.sentence}\n${next}\n(recorded as entry #${index}, ${data.code})\n`);
  return EXIT.refused;
}

export async function sayUnanswered(session: Session, { command, keep }: HandedIn): Promise<ExitCode> {
  const path = await keep();
  const again = golive(session, [...verbOf(command), '--envelope', path]);
  if (session.options.json === true) say(session, command, { outcome: 'unanswered', envelope: path });
  session.io.stderr(
    `The order was handed in, but the log does not hold an answer yet: it is recorded nowhere, and may still be carried out.\n` +
      `It is safe to hand in the same envelope again; an order is answered once: ${again}\n`,
  );
  return EXIT.waiting;
}

/** The verb with as many arguments as it needs to be one. */
export const verbOf = ({ kind, scope, args }: Command): string[] => {
  if (kind === 'approve') return ['approve', scope.level === 'set' ? 'set' : 'go-ahead'];
  if (kind === 'clock') return ['clock', args.clock ?? 'start'];
  if (kind === 'release' || kind === 'resume' || kind === 'lift') return [kind, args.holdId ?? ''];
  if (kind === 'ack') return ['ack', args.escalation ?? ''];
  if (kind === 'delegate') return ['delegate', args.delegation?.to ?? ''];
  if (kind === 'revoke') return ['revoke', args.delegationId ?? ''];
  if (kind === 'incident') return incidentVerbOf(args.incident);
  if (kind === 'go' || kind === 'confirm' || kind === 'waive') return [kind, ...scope.names];
  return [kind];
};

function incidentVerbOf(said: IncidentAct | undefined): string[] {
  const { act = 'open', id = '' } = said ?? {};
  if (act === 'open') return ['incident', 'open', said?.text ?? ''];
  return ['incident', act === 'ack' || act === 'close' ? act : 'note', id];
}

function say({ io }: Session, { id, kind, scope, person, role }: Command, answer: Record<string, unknown>): void {
  io.stdout(`${JSON.stringify({ id, kind, scope, person, role, ...answer })}\n`);
}
