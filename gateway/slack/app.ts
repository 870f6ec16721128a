import { App, LogLevel, type AckFn, type Context, type Logger } from '@slack/bolt';
import type { FastifyBaseLogger } from 'fastify';
import { ACTION_IDS } from '../../clients/notify/slack/actions.ts';
import { ANSWER_WITHIN_MS, whisper, within, type Call, type SlackParts } from './call.ts';
import type { SlackCustomer } from './customer.ts';
import { clickedEscalation, submittedHandOver } from './escalations.ts';
import { refuseUser } from './identity.ts';
import { clickedIncident } from './incidents.ts';
import { senderOf, type Click, type Slash, type Submission } from './payload.ts';
import { SlackReceiver, type Arrival } from './receiver.ts';
import { clickedCard, submittedSign } from './sign.ts';
import { submittedRelease, wroteSlash } from './slash.ts';
import { fieldError, privately, type Ack, type AckSlash, type AckView } from './telling.ts';
import type { TurnedAway } from './turned-away.ts';
import { CALLBACKS } from './views.ts';
import { AWAY, clickAgain } from './words.ts';

/** Bolt with one customer's listeners, behind our own receiver. It is given nothing that is not from Slack. */
export function slackApp(c: SlackCustomer, parts: SlackParts): SlackReceiver {
  const receiver = new SlackReceiver(c, parts);
  const app = new App({
    receiver,
    authorize: async () => ({ botToken: c.botToken }),
    logger: boltLogger(parts.logger),
    ignoreSelf: false,
    convoStore: false,
    clientOptions: { slackApiUrl: c.web.slackApiUrl },
  });

  /** Who it is, asked of Slack; then the listener; and an answer also when something on the way is away. */
  const listen = async (
    context: Context,
    tell: (call: Call, text: string, recorded?: false) => Promise<void>,
    act: (call: Call) => Promise<void>,
  ): Promise<void> => {
    const { payload, arrived, fail } = arrivalIn(context);
    const { user } = senderOf(payload);
    const call: Call = {
      ...parts,
      c,
      ...{ arrived, fail },
      caller: { team: c.team, user },
      signal: AbortSignal.timeout(Math.max(1, Math.ceil(ANSWER_WITHIN_MS - (performance.now() - arrived)))),
    };
    try {
      const refused = await within(call, refuseUser(c, user));
      if (refused === undefined) return await act(call);
      parts.refusals.count(refused);
      parts.metrics.clicked(refused);
      await tell(call, REFUSED[refused] ?? 'Nothing was recorded.');
    } catch (error) {
      parts.metrics.clicked('unavailable');
      parts.logger.warn({ err: error }, 'A request from Slack could not be answered');
      await tell(call, clickAgain(AWAY), false);
    }
  };

  const onClick = (id: string, act: (call: Call, click: Click, ack: Ack) => Promise<void>) =>
    app.action(id, async ({ context, ack }) => {
      const click = arrivalIn(context).payload as Click;
      const acked: Ack = () => (ack as AckFn<void>)();
      await listen(
        context,
        async (call, text, recorded) => {
          if (recorded === false) call.fail();
          await acked();
          await whisper(call, { responseUrl: click.response_url, channel: click.channel?.id }, text);
        },
        (call) => act(call, click, acked),
      );
    });
  onClick(ACTION_IDS['sign-approve'], (call, click, ack) => clickedCard(call, click, 'approve', ack));
  onClick(ACTION_IDS['sign-reject'], (call, click, ack) => clickedCard(call, click, 'reject', ack));
  onClick(ACTION_IDS.ack, (call, click, ack) => clickedEscalation(call, click, 'ack', ack));
  onClick(ACTION_IDS['hand-over'], (call, click, ack) => clickedEscalation(call, click, 'hand-over', ack));
  onClick(ACTION_IDS['incident-ack'], clickedIncident);

  const onSubmit = (id: string, act: (call: Call, submission: Submission, ack: AckView) => Promise<void>) =>
    app.view(id, async ({ context, ack }) => {
      const submission = arrivalIn(context).payload as Submission;
      const acked: AckView = (answer) => (answer === undefined ? ack() : ack(answer));
      await listen(
        context,
        (_call, text) => acked(fieldError(submission, text)),
        (call) => act(call, submission, acked),
      );
    });
  onSubmit(CALLBACKS.sign, submittedSign);
  onSubmit(CALLBACKS.release, submittedRelease);
  onSubmit(CALLBACKS.handOver, submittedHandOver);

  app.command('/golive', async ({ context, ack }) => {
    const slash = arrivalIn(context).payload as Slash;
    const acked: AckSlash = (answer) => ack(answer);
    await listen(
      context,
      (_call, text) => acked(privately(text)),
      (call) => wroteSlash(call, slash, acked),
    );
  });
  app.error(async ({ name, message }) => parts.logger.error({ name, message }, 'A listener failed'));
  return receiver;
}

const arrivalIn = (context: Context): Arrival => context['arrival'] as Arrival;

const REFUSED: Partial<Record<TurnedAway, string>> = {
  guest: 'Guests of this workspace give no orders; nothing was recorded.',
  wrong_team: 'Only members of this workspace give orders here; nothing was recorded.',
};

/** Bolt speaks of itself at length; only what went wrong is worth a line. */
function boltLogger(logger: FastifyBaseLogger): Logger {
  const words = (message: unknown[]): string => message.map((m) => (m instanceof Error ? m.message : String(m))).join(' ');
  return {
    debug: () => undefined,
    info: () => undefined,
    warn: (...message) => logger.warn(words(message)),
    error: (...message) => logger.error(words(message)),
    setLevel: () => undefined,
    getLevel: () => LogLevel.WARN,
    setName: () => undefined,
  };
}
