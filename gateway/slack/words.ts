import type { Answer } from '../../clients/recorder/answer.ts';
import { commandWords } from '../../domain/describe/command.ts';
import { FAILURES } from '../../domain/failure.ts';

/** @example moment('2026-03-01T08:00:12.345Z') // '2026-03-01 08:00 UTC' */
export const moment = (iso: string): string => `${iso.slice(0, 16).replace('T', ' ')} UTC`;

/** What became of an order, for whoever gave it. */
export function answerWords({ kind, index, data }: Answer): string {
  if (kind === 'command.applied') return `Recorded as entry #${index}: ${commandWords(data.command)}.`;
  return `Refused: ${data.sentence} ${FAILURES[data.code].next} (Recorded as entry #${index}, ${data.code}.)`;
}

export const HANDED_IN =
  'Handed in: it cannot be lost any more, and is answered once. It counts when it is recorded, which is shown here and on the card.';
export const UNANSWERED =
  'Handed in, and not answered yet. The answer will be shown in the channel; there is no need to click again.';
export const notRecorded = (why: string): string => `Not recorded: ${why}`;
export const clickAgain = (why: string): string => `${notRecorded(why)} Click again.`;
export const NOBODY =
  'You are not among the people of this deployment, so nothing was recorded. The Deployment Lead can say who is.';
export const AWAY = 'the log, the manifest bucket or Slack itself does not answer.';
