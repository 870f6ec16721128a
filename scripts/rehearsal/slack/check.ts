import type { RecordedEntry } from '../../../domain/entry.ts';
import { signatures, wasTaken, type Clicked } from './clicks.ts';
import { liveButtons, type Delivery, type SlackMessage } from './control.ts';

export interface SlackFinding {
  rule: 'answered-once' | 'acked-is-answered' | 'no-live-buttons' | 'from-a-click';
  sentence: string;
}

export interface SlackCheck {
  submits: number;
  /** Of them, those that the gateway took. */
  acked: number;
  applied: number;
  refused: number;
  /** Wall milliseconds from the submit to its entry in the log. */
  clickToRecorded: { p50: number; p99: number } | null;
  findings: SlackFinding[];
}

interface Inputs {
  /** Its own name, without the customer. */
  deployment: string;
  deliveries: readonly Delivery[];
  messages: readonly SlackMessage[];
  entries: readonly RecordedEntry[];
}

/** Says of a run whether every signature that was acked was answered in the log, exactly once, and whether any message can still be clicked. */
export function checkSlack({ deployment, deliveries, messages, entries }: Inputs): SlackCheck {
  const answers = answersOf(entries);
  const submits = signatures(deliveries, deployment, entries);
  const acked = submits.filter(wasTaken);
  const sent = new Set(submits.map(({ id }) => id));
  const signed = [...answers].filter(([id]) => sent.has(id)).flatMap(([, of]) => of);
  const latencies = [...new Set(acked.map(({ id }) => id))].flatMap((id) => {
    const [answer] = answers.get(id) ?? [];
    return answer === undefined ? [] : [Date.parse(answer.at) - Date.parse(firstSent(submits, id))];
  });
  return {
    submits: submits.length,
    acked: acked.length,
    applied: signed.filter(({ kind }) => kind === 'command.applied').length,
    refused: signed.filter(({ kind }) => kind === 'command.refused').length,
    clickToRecorded: latencies.length === 0 ? null : { p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99) },
    findings: [...lost(acked, answers), ...answeredTwice(answers), ...signedByNobody(entries, sent), ...stillLive(messages)],
  };
}

type Answers = ReadonlyMap<string, readonly RecordedEntry[]>;

const lost = (acked: readonly Clicked[], answers: Answers): SlackFinding[] =>
  acked
    .filter(({ id }) => !answers.has(id))
    .map(({ id, delivery: { at, user, view } }) => ({
      rule: 'acked-is-answered',
      sentence: `${at}: what ${user} sent off in ${view ?? ''} was acked, and the log has no ${id}`,
    }));

/** Also of orders that need no modal. */
const answeredTwice = (answers: Answers): SlackFinding[] =>
  [...answers]
    .filter(([, of]) => of.length > 1)
    .map(([id, of]) => ({
      rule: 'answered-once',
      sentence: `${id} has ${of.length} answers: ${of.map((e) => `#${e.index}`).join(', ')}`,
    }));

const signedByNobody = (entries: readonly RecordedEntry[], sent: ReadonlySet<string>): SlackFinding[] =>
  entries.flatMap((entry) => {
    if (entry.kind !== 'command.applied' || entry.data.command.kind !== 'sign') return [];
    const { id, attestation } = entry.data.command;
    if (attestation === undefined || sent.has(id)) return [];
    return [{ rule: 'from-a-click', sentence: `#${entry.index} was signed in Slack by a click that Slack never sent: ${id}` }];
  });

const stillLive = (messages: readonly SlackMessage[]): SlackFinding[] =>
  messages.flatMap((message) => {
    const live = liveButtons(message).map((b) => b.action_id);
    if (live.length === 0) return [];
    const sentence = `${message.ts} can still be clicked (${live.join(', ')}): ${message.text.slice(0, 80)}`;
    return [{ rule: 'no-live-buttons', sentence }];
  });

/** Answers by the id of the order that was given in Slack. */
function answersOf(entries: readonly RecordedEntry[]): Map<string, RecordedEntry[]> {
  const answers = new Map<string, RecordedEntry[]>();
  for (const entry of entries) {
    if (entry.kind !== 'command.applied' && entry.kind !== 'command.refused') continue;
    const id = entry.kind === 'command.applied' ? entry.data.command.id : entry.data.commandId;
    if (id.startsWith('slack-')) answers.set(id, [...(answers.get(id) ?? []), entry]);
  }
  return answers;
}

const firstSent = (submits: readonly Clicked[], id: string): string =>
  submits.filter((s) => s.id === id).reduce((first, { delivery: { at } }) => (at < first ? at : first), '9999');

function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0;
}
