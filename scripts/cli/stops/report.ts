import type { FollowedStop } from '../../../clients/platform/seen.ts';
import type { Answer } from '../../../clients/recorder/answer.ts';
import { commandWords, scopeWords } from '../../../domain/describe/command.ts';
import { list, number, plural } from '../../../domain/describe/words.ts';
import type { Command } from '../../../domain/command.ts';
import { ROLE_TITLES } from '../../../domain/roles.ts';
import { lifterOf, STOPS, type StoppingKind } from '../../../domain/stop/stop.ts';
import { EXIT, type ExitCode } from '../io.ts';
import type { Session } from '../session.ts';
import { golive } from '../words.ts';
import { argvOf } from './order.ts';

/** What became of it: by the platform, and by the log as far as it has an answer already. */
export interface Followed {
  followed: FollowedStop;
  answer: Answer | undefined;
  /** When it was handed in, on the clock on which `followed` has its times. */
  handedInMs: number;
}

/** Says what the platform says: never what a workflow says of itself. */
export function sayStopped(session: Session, command: Command, { followed, answer, handedInMs }: Followed): ExitCode {
  const { io, options } = session;
  const { fence, left, fencedAt, downAt } = followed;
  const since = (at: number | null): number | null => (at === null ? null : at - handedInMs);
  const index = answer?.kind === 'command.applied' ? answer.index : null;
  if (options.json === true) {
    const { id, kind, scope, person, role } = command;
    const outcome = downAt === null ? (fence === null ? 'recorded' : 'fenced') : 'stopped';
    const times = { fencedMs: since(fencedAt), downMs: since(downAt) };
    io.stdout(`${JSON.stringify({ id, kind, scope, person, role, outcome, fence, left, ...times, index })}\n`);
  } else {
    if (fence !== null) {
      io.stdout(`Fence #${fence.generation} stands at the platform: ${scopeWords(command.scope)} at most ${fence.ceiling}.\n`);
      if (downAt !== null) io.stdout(`All of it is down, ${number(since(downAt) ?? 0)} ms after the order.\n`);
    }
    io.stdout(index === null ? notYet : `Recorded as entry #${index}: ${commandWords(command)}.\n`);
  }
  if (left.length > 0) {
    io.stderr(
      `Not down yet: ${plural(left.length, 'subject')}: ${list(left, 10)}. The engine goes on with them; golive status shows who has them in hand.\n`,
    );
  }
  io.stderr(`${nextOf(session, command)}\n`);
  return fence === null || downAt !== null ? EXIT.ok : EXIT.failed;
}

const notYet = 'The log does not hold it yet; it is entered as soon as the log answers.\n';

/** What brings it back, and who may. */
export function nextOf(session: Session, command: Command): string {
  const kind = command.kind as StoppingKind;
  const { level, names } = command.scope;
  const type = (argv: string[]): string => golive(session, argv);
  switch (STOPS[kind].liftedBy) {
    case 'resume':
      return `Next: ${type(['resume', command.id])} brings it back to where it was.`;
    case 'promote':
      if (level === 'agent') return `Next: ${type(['promote', ...argvOf(command)])} lets them go with their cohort again.`;
      return level === 'deployment'
        ? `Next: ${type(['status'])}; each cohort comes back with a promotion, from the ramp's first step.`
        : `Next: ${type(['promote', ...(level === 'wave' ? names.slice(0, 1) : argvOf(command))])} brings it back, from the ramp's first step.`;
    case 'lift':
      return `Next: ${type(['lift', command.id])}, by the ${ROLE_TITLES[lifterOf(command, undefined)]} and by the Deployment Lead.`;
    default:
      return `Next: ${type(['status'])}. Nothing brings back what was terminated.`;
  }
}
