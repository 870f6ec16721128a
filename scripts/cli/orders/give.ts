import { envelopeText, signJson, type Envelope } from '../../../audit/envelope.ts';
import { sha256Digest } from '../../../audit/keys.ts';
import { CommandsUnreachable } from '../../../clients/commands/port.ts';
import { planHours } from '../../../domain/clock.ts';
import { COMMAND_PAYLOAD_TYPE, type Command } from '../../../domain/command.ts';
import { commandWords } from '../../../domain/describe/command.ts';
import { runbookCanonical } from '../../../domain/runbook/canonical.ts';
import { stateViewOf } from '../../../domain/state-view.ts';
import { manifestSetDigestOf } from '../../../domain/waiting.ts';
import { CliError, EXIT, type ExitCode } from '../io.ts';
import type { Session } from '../session.ts';
import { golive } from '../words.ts';
import { answerTo, verbOf } from './answer.ts';
import { defaultKey, keepEnvelope, orderId, signedBefore, signerFrom } from './signing.ts';
import { commandOf, personFor, roleFor, type Facts, type OrderSpec } from './spec.ts';

export interface OrderOptions {
  /** A file with an envelope that was signed before. */
  envelope?: string;
  dryRun?: boolean;
}

/** An order from its drafting to its answer in the log. */
export async function giveOrder(session: Session, spec: OrderSpec, options: OrderOptions): Promise<ExitCode> {
  const { io } = session;
  if (options.envelope !== undefined) {
    const { envelope, command } = await signedBefore(options.envelope, spec.kind);
    return handInAndAnswer(session, envelope, command);
  }
  const facts = await factsOf(session);
  const keyFile = session.options.key;
  const given = keyFile === undefined ? undefined : await signerFrom(keyFile);
  const person = personFor(facts.file, session.options.as, given?.publicKey);
  const role = roleFor(spec, facts, person, session.options.role);
  const command = commandOf({
    spec,
    facts,
    person,
    role,
    reason: session.options.reason ?? '',
    id: orderId(facts.nowMs, spec.kind),
    runbookDigest: sha256Digest(runbookCanonical()),
  });
  if (options.dryRun === true) {
    io.stdout(`${JSON.stringify(command, null, 2)}\n`);
    io.stderr(`${commandWords(command)}. Nothing was signed or handed in: this was a dry run.\n`);
    return EXIT.ok;
  }
  if (spec.grave === true && !(await agreed(session, command))) {
    io.stderr('Nothing was signed.\n');
    return EXIT.interrupted;
  }
  const signer = given ?? (await signerFrom(await defaultKey(session, person.id)));
  const envelope = await signJson({ payloadType: COMMAND_PAYLOAD_TYPE, value: command, signers: [signer] });
  return handInAndAnswer(session, envelope, command);
}

async function factsOf(session: Session): Promise<Facts> {
  const [{ file }, view] = await Promise.all([session.file(), session.view()]);
  const manifestSetDigest = manifestSetDigestOf(view);
  const nowMs = session.io.now();
  return {
    view,
    file,
    manifestSetDigest,
    nowMs,
    state: stateViewOf(view, file, manifestSetDigest),
    planHours: planHours(view.clock, nowMs),
  };
}

async function handInAndAnswer(session: Session, envelope: Envelope, command: Command): Promise<ExitCode> {
  const { io } = session;
  const text = envelopeText(envelope);
  const keep = () => keepEnvelope(command.id, text);
  try {
    await (await session.systems.commands()).handIn({ envelope: text, handedInAt: new Date(io.now()).toISOString() }, io.signal);
  } catch (error) {
    if (!(error instanceof CommandsUnreachable)) throw error;
    // Whether it arrived is not known; the very same envelope is answered once, however often it is handed in.
    const again = golive(session, [...verbOf(command), '--envelope', await keep()]);
    throw new CliError(EXIT.unreachable, error.message, {
      next: `golive doctor shows what answers; then: ${again}`,
      code: 'unreachable',
    });
  }
  return answerTo(session, { envelope, command, keep });
}

export async function agreed({ io, options }: Session, command: Command): Promise<boolean> {
  if (options.yes === true || !io.isTTY || io.ask === undefined) return true;
  const answer = await io.ask(`${commandWords(command)} for ${command.customer}/${command.deployment}. Sign and hand in? [y/N] `);
  return /^y(es)?$/i.test(answer.trim());
}
