import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyBaseLogger } from 'fastify';
import type { ModalView } from '@slack/types';
import { envelopeDigest, envelopeText, signJson } from '../../audit/envelope.ts';
import { CommandNotTaken } from '../../clients/commands/port.ts';
import { answerInLog, type Answer } from '../../clients/recorder/answer.ts';
import { COMMAND_PAYLOAD_TYPE, type Command } from '../../domain/command.ts';
import type { Person } from '../../domain/deployment-file.ts';
import { factsOf, type Facts, type SlackCustomer } from './customer.ts';
import { personOf, type Caller } from './identity.ts';
import type { GatewayMetrics } from '../metrics.ts';
import type { Refusals } from './refusals.ts';
import { clickAgain, notRecorded } from './words.ts';

/** Slack gives up after 3 s and tells the person so; we say why before that. */
export const ANSWER_WITHIN_MS = 2500;
/** An answer that the log has this soon goes out with the acknowledgement, in one step. */
const AT_ONCE_MS = 1200;
/** How long the log is watched for the answer to an order. */
const FOLLOW_MS = 60_000;
/** Slack shows the acknowledgement's view some time after it got it; an update that came before would be covered by it. */
const AFTER_ACK_MS = 300;

export interface SlackParts {
  refusals: Refusals;
  metrics: GatewayMetrics;
  logger: FastifyBaseLogger;
  now: () => number;
  /** Aborts when the process has waited for long enough for what goes on after its acknowledgement. */
  ending: AbortSignal;
}

/** One request of somebody whom Slack and we know, under way. */
export interface Call extends SlackParts {
  c: SlackCustomer;
  caller: Caller;
  /** When it came, on a clock that only goes forward. */
  arrived: number;
  /** Until when Slack has to have an answer. */
  signal: AbortSignal;
  /** Instead of an acknowledgement, for a click that came to nothing. */
  fail: () => void;
}

export type Among = Facts & { person: Person };

/** The deployment, and who of its people this is. What is asked of a deployment by nobody of it is counted as such. */
export async function among(call: Call, deployment: string): Promise<Among | 'malformed' | 'unknown_user'> {
  const facts = await within(call, factsOf(call.c, deployment, call.signal));
  const person = facts && personOf(facts.file, call.caller);
  if (facts === undefined || person === undefined) {
    const reason = facts === undefined ? 'malformed' : 'unknown_user';
    call.refusals.count(reason);
    call.metrics.clicked(reason);
    return reason;
  }
  return { ...facts, person };
}

/** How the person is told, in the place where they clicked. */
export interface Told {
  notRecorded(words: string): Promise<void>;
  handedIn(): Promise<void>;
  /** The answer, or undefined when there was none for a long time. `first`: in the acknowledgement itself. */
  answered(answer: Answer | undefined, first: boolean): Promise<void>;
}

/** Hands an order in, acknowledges it only then, and tells what became of it once the log says so. */
export async function giveOrder(call: Call, command: Command, told: Told): Promise<void> {
  const digest = await handInSigned(call, command, (words) => told.notRecorded(words));
  if (digest === undefined) return;
  // From here on nothing may say that it was not recorded.
  await follow(call, { command, envelopeDigest: digest }, told).catch((error: unknown) =>
    call.logger.warn({ err: error, command: command.id }, 'Who gave an order could not be told what became of it'),
  );
}

/** Signs for who ordered it and hands it in: the envelope's digest, or undefined once it was said why not. */
export async function handInSigned(
  call: Call,
  command: Command,
  refused: (words: string) => Promise<void>,
): Promise<string | undefined> {
  const { c, metrics, now } = call;
  try {
    const envelope = await within(call, signJson({ payloadType: COMMAND_PAYLOAD_TYPE, value: command, signers: [c.signer] }));
    const order = { envelope: envelopeText(envelope), handedInAt: new Date(now()).toISOString() };
    await within(call, c.commands.handIn(order, call.signal));
    metrics.clicked('handed_in');
    return envelopeDigest(envelope);
  } catch (error) {
    metrics.clicked('not_recorded');
    if (error instanceof CommandNotTaken) await refused(notRecorded(error.message));
    else {
      call.logger.warn({ err: error, command: command.id }, 'An order from Slack could not be handed in');
      await refused(clickAgain('the engine does not answer; nothing is lost that was recorded before.'));
    }
    return undefined;
  }
}

async function follow(call: Call, order: { command: Command; envelopeDigest: string }, told: Told): Promise<void> {
  const { c, metrics, arrived, ending: signal } = call;
  let answer = await answerInLog(c.log, order, { waitMs: AT_ONCE_MS - (performance.now() - arrived), signal });
  const first = answer !== undefined;
  if (!first) {
    await told.handedIn();
    await sleep(AFTER_ACK_MS, undefined, { signal });
    answer = await answerInLog(c.log, order, { waitMs: FOLLOW_MS, signal });
  }
  metrics.answered(answer === undefined ? 'unanswered' : answer.kind === 'command.applied' ? 'applied' : 'refused');
  if (answer !== undefined) metrics.recorded((performance.now() - arrived) / 1000);
  await told.answered(answer, first);
}

/** The promise's value, or an error when it comes too late for Slack. */
export function within<T>({ signal }: Pick<Call, 'signal'>, promise: Promise<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const late = () => reject(new Error('too late for an answer'));
    if (signal.aborted) late();
    signal.addEventListener('abort', late, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', late));
  });
}

/** Opens a modal where the person clicked; a click that is too old for that has been told nothing, and can be repeated. */
export async function openView({ c }: Call, triggerId: string, view: ModalView): Promise<void> {
  await c.web.views.open({ trigger_id: triggerId, view });
}

/** Words that only this person sees. Slack's own address for answers also works where we are not in the channel. */
export async function whisper(
  call: Call,
  to: { responseUrl: string | undefined; channel: string | undefined },
  text: string,
): Promise<void> {
  const { c, caller, logger } = call;
  try {
    if (to.responseUrl !== undefined && c.answersTo.includes(new URL(to.responseUrl).origin)) {
      await fetch(to.responseUrl, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ response_type: 'ephemeral', replace_original: false, text }),
        redirect: 'error',
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      });
    } else if (to.channel !== undefined) await c.web.chat.postEphemeral({ channel: to.channel, user: caller.user, text });
  } catch (error) {
    logger.warn({ err: error }, 'Somebody in Slack could not be told');
  }
}
