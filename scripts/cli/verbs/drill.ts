import type { Command } from 'commander';
import { signJson } from '../../../audit/envelope.ts';
import { COMMAND_PAYLOAD_TYPE } from '../../../domain/command.ts';
import { number } from '../../../domain/describe/words.ts';
import { CliError, EXIT, usage, type ExitCode } from '../io.ts';
import { sayRefused } from '../orders/answer.ts';
import { defaultKey, signerFrom } from '../orders/signing.ts';
import type { Session } from '../session.ts';
import { sayTouched } from '../stops/dry-run.ts';
import { handInStop } from '../stops/give.ts';
import { stopCommand } from '../stops/order.ts';
import { nextOf } from '../stops/report.ts';
import { scopeFrom, scopeOptions, type ScopeOptions } from '../stops/scope.ts';
import { addVerb, type Cli } from '../verb.ts';
import { golive } from '../words.ts';

interface DrillOptions extends ScopeOptions {
  dryRun?: boolean;
}

/** The runbook's promise: back in shadow within a minute. */
const LIMIT_MS = 60_000;

export function drillVerb(program: Command, cli: Cli): void {
  addVerb<DrillOptions>(program, cli, {
    usage: 'drill <what>',
    summary: 'rehearse a rollback, and time it; never in production',
    description:
      'drill rollback: a real rollback of what it names, marked as a drill and timed from the order to the last cohort.\nIts result stands in the log as evidence for the readiness gate (drill:rollback). Afterwards a promotion brings the cohorts back.',
    examples: ['golive drill rollback --cohort sales-ic-research --as lea', 'golive drill rollback --all --dry-run --as lea'],
    options: (c) => scopeOptions(c).option('--dry-run', 'what it would touch; sign and hand in nothing'),
    run: (session, [what = ''], options) => {
      if (what !== 'rollback') throw usage(`golive drills a rollback, not ${what}.`, 'golive drill rollback --cohort NAME…');
      return drill(session, options);
    },
  });
}

async function drill(session: Session, options: DrillOptions): Promise<ExitCode> {
  const { io } = session;
  const { file } = await session.file();
  if (file.environment === 'production') {
    throw new CliError(EXIT.refused, 'A rollback is not drilled in production.', {
      next: 'Drill it in staging, or in a rehearsal: npm run rehearse.',
      code: 'wrong_state',
    });
  }
  const given = session.options.key === undefined ? undefined : await signerFrom(session.options.key);
  const drilled = { kind: 'rollback', scope: scopeFrom(options), args: { drill: true } } as const;
  const ordered = stopCommand(drilled, session, file, given?.publicKey);
  const command = ordered.reason === '' ? { ...ordered, reason: 'a drill: how long does a rollback take?' } : ordered;
  if (options.dryRun === true) return sayTouched(session, command);
  const signer = given ?? (await signerFrom(await defaultKey(session, command.person)));
  const envelope = await signJson({ payloadType: COMMAND_PAYLOAD_TYPE, value: command, signers: [signer] });
  const { followed, answer, handedInMs } = await handInStop(session, command, envelope);
  if (answer?.kind === 'command.refused') return sayRefused(session, command, answer);
  const { fence, left, fencedAt, downAt } = followed;
  const fencedMs = fencedAt === null ? null : fencedAt - handedInMs;
  const downMs = downAt === null ? null : downAt - handedInMs;
  const passed = downMs !== null && downMs <= LIMIT_MS;
  if (session.options.json === true) {
    const { id, scope } = command;
    io.stdout(
      `${JSON.stringify({ drill: 'rollback', id, scope, passed, fencedMs, downMs, limitMs: LIMIT_MS, fence, left, index: answer?.index ?? null })}\n`,
    );
  } else {
    const took =
      downMs === null
        ? `not all of it was down within ${number(LIMIT_MS / 1000)} s`
        : `the last cohort was down after ${number(downMs)} ms`;
    io.stdout(`Drill ${passed ? 'passed' : 'failed'}: fence after ${fencedMs === null ? '–' : number(fencedMs)} ms, ${took}.\n`);
  }
  io.stderr(`The engine's own times follow in the log: ${golive(session, ['audit', 'query', '--kind', 'stop.flipped'])}\n`);
  io.stderr(`${nextOf(session, command)}\n`);
  return passed ? EXIT.ok : EXIT.failed;
}
