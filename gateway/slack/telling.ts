import type { ViewResponseAction } from '@slack/bolt';
import { parseButtonValue } from '../../domain/notice.ts';
import { among, whisper, type Among, type Call, type Told } from './call.ts';
import type { Click, Slash, Submission } from './payload.ts';
import { toldView } from './views.ts';
import { answerWords, HANDED_IN, NOBODY, UNANSWERED } from './words.ts';

/** Slack's answers to a click, to a submitted modal, and to a slash command. */
export type Ack = () => Promise<void>;
export type AckView = (answer?: ViewResponseAction) => Promise<void>;
export type AckSlash = (answer?: { response_type: 'ephemeral'; text: string }) => Promise<void>;

/** In the modal, which stays as it is when nothing was recorded, to be submitted again. */
export const inTheModal = (call: Call, submission: Submission, ack: AckView): Told => ({
  notRecorded: (words) => ack(fieldError(submission, words)),
  handedIn: () => ack({ response_action: 'update', view: toldView(HANDED_IN, 'Handed in') }),
  answered: async (answer, first) => {
    const shown = toldView(answer === undefined ? UNANSWERED : answerWords(answer));
    if (first) return ack({ response_action: 'update', view: shown });
    // Closed by then, or Slack is away: the card says the same.
    await call.c.web.views
      .update({ view_id: submission.view.id, view: shown })
      .catch((error: unknown) => call.logger.info({ err: error }, 'A modal could not be updated'));
  },
});

/** Slack shows an error only at a field; the first one will do. */
export const fieldError = ({ view }: Submission, text: string): ViewResponseAction => {
  const [field] = Object.keys(view.state.values);
  return field === undefined
    ? { response_action: 'update', view: toldView(text) }
    : { response_action: 'errors', errors: { [field]: text } };
};

/** With words that only whoever clicked sees. A click that is recorded nowhere is not acknowledged: Slack shows that too. */
export const toClicker = (call: Call, click: Click, ack: Ack): Told => ({
  notRecorded: async (words) => {
    call.fail();
    await tellClicker(call, click, words);
  },
  handedIn: ack,
  answered: async (answer, first) => {
    if (first) await ack();
    await tellClicker(call, click, answer === undefined ? UNANSWERED : answerWords(answer));
  },
});

/** What a button is about, and who clicked it; undefined once it was said that it is nothing for them. */
export async function clickedOn(call: Call, click: Click, ack: Ack): Promise<(Among & { id: string }) | undefined> {
  const value = parseButtonValue(click.actions[0].value ?? '');
  if (value === undefined) {
    call.refusals.count('malformed');
    call.metrics.clicked('malformed');
    await ack();
    return undefined;
  }
  const facts = await among(call, value.deployment);
  if (typeof facts !== 'string') return { ...facts, id: value.id };
  await ack();
  await tellClicker(call, click, NOBODY);
  return undefined;
}

export const tellClicker = (call: Call, { response_url, channel }: Click, text: string): Promise<void> =>
  whisper(call, { responseUrl: response_url, channel: channel?.id }, text);

export const toWriter = (call: Call, slash: Slash, ack: AckSlash): Told => ({
  notRecorded: (words) => ack(privately(words)),
  handedIn: () => ack(privately(HANDED_IN)),
  answered: async (answer, first) => {
    const text = answer === undefined ? UNANSWERED : answerWords(answer);
    if (first) await ack(privately(text));
    else await whisper(call, { responseUrl: slash.response_url, channel: slash.channel_id }, text);
  },
});

export const privately = (text: string) => ({ response_type: 'ephemeral' as const, text });
