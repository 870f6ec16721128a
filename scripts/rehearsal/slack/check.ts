import { createHash } from 'node:crypto';
import type { RecordedEntry } from '../../../domain/entry.ts';
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

/** Says of a run whether every click that was acked was answered in the log, exactly once, and whether any message can still be clicked. */
export function checkSlack({ deployment, deliveries, messages, entries }: Inputs): SlackCheck {
  const findings: SlackFinding[] = [];
  const find = (rule: SlackFinding['rule'], sentence: string): void => void findings.push({ rule, sentence });
  const answers = answersOf(entries);
  const submits = signSubmits(deliveries, deployment, entries);
  const acked = submits.filter(wasTaken);
  const latencies: number[] = [];

  for (const { id, delivery } of acked) {
    const [answer] = answers.get(id) ?? [];
    if (answer === undefined)
      find(
        'acked-is-answered',
        `${delivery.at}: ${delivery.user}'s submit of ${delivery.view ?? ''} was acked, and the log has no ${id}`,
      );
    else latencies.push(Date.parse(answer.at) - Date.parse(firstSent(submits, id)));
  }
  for (const [id, of] of answers) {
    if (of.length > 1) find('answered-once', `${id} has ${of.length} answers: ${of.map((e) => `#${e.index}`).join(', ')}`);
  }
  const sent = new Set(submits.map(({ id }) => id));
  for (const entry of entries) {
    if (entry.kind !== 'command.applied' || entry.data.command.kind !== 'sign') continue;
    const { id, attestation } = entry.data.command;
    if (attestation !== undefined && !sent.has(id))
      find('from-a-click', `#${entry.index} was signed in Slack by a click that Slack never sent: ${id}`);
  }
  for (const message of messages) {
    const live = liveButtons(message);
    if (live.length > 0) {
      find(
        'no-live-buttons',
        `${message.ts} can still be clicked (${live.map((b) => b.action_id).join(', ')}): ${message.text.slice(0, 80)}`,
      );
    }
  }
  const signed = [...answers].filter(([id]) => sent.has(id)).flatMap(([, of]) => of);
  return {
    submits: submits.length,
    acked: acked.length,
    applied: signed.filter(({ kind }) => kind === 'command.applied').length,
    refused: signed.filter(({ kind }) => kind === 'command.refused').length,
    clickToRecorded: latencies.length === 0 ? null : { p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99) },
    findings,
  };
}

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

interface Submit {
  id: string;
  delivery: Delivery;
}

/** What people sent off to sign, each with the id of the order that it stands for. */
function signSubmits(deliveries: readonly Delivery[], deployment: string, entries: readonly RecordedEntry[]): Submit[] {
  const groups = new Map(entries.flatMap((e) => (e.kind === 'card.issued' ? [[e.data.card, e.data.group] as const] : [])));
  return deliveries.flatMap((delivery) => {
    if (delivery.kind !== 'view_submission' || delivery.what !== 'golive.sign' || delivery.forged) return [];
    const { cards, decision } = JSON.parse(delivery.value) as { cards: string[]; decision: string };
    const scope = { level: 'group', names: cards.map((card) => groups.get(card)) };
    const click = [delivery.team, delivery.user, deployment, 'sign', cards, scope, { decision }, delivery.view];
    return [{ id: `slack-${createHash('sha256').update(JSON.stringify(click)).digest('hex').slice(0, 32)}`, delivery }];
  });
}

/** Taken: answered with 200 in time, and not with words that ask for another click. */
const wasTaken = ({ delivery: { acked, body } }: Submit): boolean => acked && !body.includes('"response_action":"errors"');

const firstSent = (submits: readonly Submit[], id: string): string =>
  submits.filter((s) => s.id === id).reduce((first, { delivery: { at } }) => (at < first ? at : first), '9999');

function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0;
}
