import { describe, expect, it } from 'vitest';
import { clickId } from '../../../audit/click.ts';
import type { RecordedEntry } from '../../../domain/entry.ts';
import { checkSlack } from '../../../scripts/rehearsal/slack/check.ts';
import type { Delivery, SlackMessage } from '../../../scripts/rehearsal/slack/control.ts';

const deployment = 'q4';
const CARD = { index: 7, kind: 'card.issued', data: { card: 'card1', group: 'engineering-ic' } } as RecordedEntry;
const ID = clickId({
  ...{ team: 'T0ACME', user: 'U0ADA', deployment: 'q4', kind: 'sign', cards: ['card1'], click: 'V01' },
  ...{ scope: { level: 'group', names: ['engineering-ic'] }, args: { decision: 'approve' } },
});

const delivery = (given: Partial<Delivery> = {}): Delivery => ({
  ...{ n: 1, at: '2026-03-01T08:00:00.000Z', team: 'T0ACME', user: 'U0ADA', kind: 'view_submission', what: 'golive.sign' },
  ...{ value: JSON.stringify({ deployment: 'q4', cards: ['card1'], decision: 'approve' }), view: 'V01', retry: 0 },
  ...{ forged: false, ms: 40, status: 200, body: '{"response_action":"update","view":{}}', acked: true, ...given },
});
const applied = (index = 9, id = ID) =>
  ({
    ...{ index, kind: 'command.applied', at: '2026-03-01T08:00:00.900Z' },
    data: { command: { id, kind: 'sign', attestation: { channel: 'slack' } } },
  }) as RecordedEntry;
const refused = (index: number) =>
  ({ index, kind: 'command.refused', at: '2026-03-01T08:00:01.000Z', data: { commandId: ID } }) as RecordedEntry;

const rules = (given: { deliveries?: Delivery[]; entries?: RecordedEntry[]; messages?: SlackMessage[] }) => {
  const { deliveries = [delivery()], entries = [applied()], messages = [] } = given;
  return checkSlack({ deployment, deliveries, messages, entries: [CARD, ...entries] }).findings.map(({ rule }) => rule);
};

describe('what happened in Slack, held against the log', () => {
  it('is well when an acknowledged click has its one answer, applied or refused, also when it came twice', () => {
    expect(rules({})).toEqual([]);
    expect(rules({ entries: [refused(9)] })).toEqual([]);
    expect(rules({ deliveries: [delivery(), delivery({ n: 2, retry: 1 })] })).toEqual([]);
    const {
      submits,
      acked,
      applied: signed,
      clickToRecorded,
    } = checkSlack({
      ...{ deployment, deliveries: [delivery()], messages: [], entries: [CARD, applied()] },
    });
    expect({ submits, acked, signed, clickToRecorded }).toEqual({
      ...{ submits: 1, acked: 1, signed: 1, clickToRecorded: { p50: 900, p99: 900 } },
    });
  });

  it('a click that nobody acknowledged may be in the log or not', () => {
    const unheard = delivery({ status: null, acked: false, body: '' });
    const askedAgain = delivery({ body: '{"response_action":"errors","errors":{"digest":"Not recorded: click again."}}' });
    for (const deliveries of [[unheard], [askedAgain]]) {
      expect(rules({ deliveries, entries: [] })).toEqual([]);
      expect(rules({ deliveries })).toEqual([]);
    }
  });

  it('is not well when an acknowledged click is lost, or answered twice', () => {
    expect(rules({ entries: [] })).toEqual(['acked-is-answered']);
    expect(rules({ entries: [applied(), refused(10)] })).toEqual(['answered-once']);
  });

  it('is not well when the log has a signature that nobody clicked', () => {
    expect(rules({ entries: [applied(), applied(10, 'slack-0000')] })).toEqual(['from-a-click']);
  });

  it('is not well when a message can still be clicked; a link is no button', () => {
    const message = (element: object) =>
      ({ ts: '1.2', text: 'card', blocks: [{ type: 'actions', elements: [element] }] }) as unknown as SlackMessage;
    expect(rules({ messages: [message({ type: 'button', action_id: 'golive.sign-approve', value: 'q4:card1' })] })).toEqual([
      'no-live-buttons',
    ]);
    expect(rules({ messages: [message({ type: 'button', action_id: 'golive.open', url: 'https://acme.example' })] })).toEqual([]);
  });
});
