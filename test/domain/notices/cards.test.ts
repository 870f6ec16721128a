import { beforeEach, describe, expect, it } from 'vitest';
import { parseButtonValue, type Notice } from '../../../domain/notice.ts';
import { cardNotice } from '../../../domain/notices/card.ts';
import { cardsDue, standingOfCard } from '../../../domain/notices/cards.ts';
import { edited } from '../../../domain/notices/due.ts';
import type { CardView } from '../../../domain/view.ts';
import { COHORTS, Given } from './given.ts';

let given: Given;
beforeEach(() => {
  given = new Given().open().start().at(41);
});
const view = (id: string): CardView => {
  const card = given.view.cards[id];
  if (card === undefined) throw new Error(`no card ${id}`);
  return card;
};
const shown = (id: string): Notice => cardNotice(given.told, view(id));
const groups = (): string[] => cardsDue(given.told).map((c) => c.card.group);
const signAll = (n = 1): number[] => [
  given.sign('sales-ic', n, 'customer-lead', 'chris'),
  given.sign('sales-ic', n, 'security-lead', 'sam'),
  given.sign('sales-ic', n, 'cfo', 'finn'),
];

describe('a card is issued', () => {
  it('for each group with evidence once the telemetry was reviewed, and not twice', () => {
    given.evidence('sales-ic', 1).evidence('hr-lead', 2);
    expect(groups()).toEqual([]);
    given.settle('W2.08');
    expect(groups()).toEqual(['sales-ic', 'hr-lead']);
    given.card('one', 'sales-ic', 1);
    expect(groups()).toEqual(['hr-lead']);
  });

  it.each<[string, () => void, string[]]>([
    ['again when the evidence has changed', () => given.evidence('sales-ic', 3), ['sales-ic']],
    ['again when it has run out', () => given.at(66), ['sales-ic']],
    ['not again when all three have spoken', () => signAll(), []],
    ['not after the close', () => given.at(66).say('deployment.closed', { result: 'live' }), []],
    [
      'not for a group of which every cohort is held',
      () => {
        const scope = { level: 'group' as const, names: ['sales-ic'] };
        given.at(66).say('hold.added', { holdId: 'h', scope, ceiling: 'shadow', why: 'w', releasedBy: 'cfo' });
      },
      [],
    ],
  ])('%s', (_what, happens, expected) => {
    given.evidence('sales-ic', 1).settle('W2.08').card('one', 'sales-ic', 1);
    happens();
    expect(groups()).toEqual(expected);
  });

  it('to nobody where Slack may not be signed in', () => {
    const silent = new Given({ slack: { team: 'T0ACME', channel: 'C0', attestedBy: [], allows: ['hold'] } });
    silent.open().start().at(41).evidence('sales-ic', 1).settle('W2.08');
    expect(cardsDue(silent.told)).toEqual([]);
  });

  it('valid for the plan hours of the deployment file, but never shorter than it takes to read it', () => {
    given.evidence('sales-ic', 1).settle('W2.08');
    const hours = () => (Date.parse(cardsDue(given.told)[0]?.card.expiresAt ?? '') - given.nowMs) / 3_600_000;
    expect(hours()).toBe(24);
    given.file.speed = 2880;
    expect(hours()).toBeCloseTo(2 / 60);
  });
});

describe('a card says', () => {
  beforeEach(() => {
    given.evidence('sales-ic', 1).settle('W2.08').card('x7Qp2mVb9_aZ', 'sales-ic', 1);
  });

  it('what goes live, how many agents, what it costs, on which set and evidence, until when, and who has signed', () => {
    given.sign('sales-ic', 1, 'customer-lead', 'chris');
    const { title, lines, facts, mention, buttons } = shown('x7Qp2mVb9_aZ');
    expect(title).toBe('sales-ic: to be signed');
    expect(lines[0]).toBe('From shadow to live: sales-ic-a (research, 40 agents) and sales-ic-b (production, 20 agents).');
    const fact = (label: string) => facts?.find((f) => f.label === label)?.value;
    expect(fact('Agents')).toBe('60');
    expect(fact('Cost')).toBe('$240 a month projected, $1,000 budgeted');
    expect(fact('Manifest set')).toMatch(/^sha256:5{64}$/);
    expect(fact('Evidence')).toMatch(/^sha256:0{63}1$/);
    expect(fact('Deadline')).toBe('2026-03-08 12:00 UTC; this card until 2026-03-09 05:00 UTC');
    expect(lines.slice(-3)[0]).toMatch(/^CHRO: approved by chris in Slack, 2026-03-08 05:00 UTC, entry #\d+$/);
    expect(lines.slice(-2)).toEqual(['CISO: open', 'CFO: open']);
    expect(mention).toEqual(['sam', 'finn']);
    expect(buttons?.map((b) => [b.action, parseButtonValue(b.value)])).toEqual([
      ['sign-approve', { deployment: 'q4', id: 'x7Qp2mVb9_aZ' }],
      ['sign-reject', { deployment: 'q4', id: 'x7Qp2mVb9_aZ' }],
    ]);
  });

  it('what has changed since the card before', () => {
    const without = COHORTS.filter((c) => c.id !== 'sales-ic-b');
    given
      .evidence('sales-ic', 2, { cost: { budgetDollars: 500, projectedDollarsPerMonth: 90 } }, without)
      .card('two', 'sales-ic', 2);
    expect(shown('two').lines).toContain('Changed since the card before: without sales-ic-b; other figures for sales-ic-a.');
  });

  it('who, when and which entry once it is decided, without buttons and without calling anybody', () => {
    const entries = signAll();
    const { title, tone, lines, buttons, mention } = shown('x7Qp2mVb9_aZ');
    expect([title, tone]).toEqual(['sales-ic: signed by all three', 'good']);
    for (const [i, entry] of entries.entries()) expect(lines.slice(-3)[i]).toContain(`entry #${entry}`);
    expect([buttons, mention]).toEqual([undefined, undefined]);
  });

  it('who said no', () => {
    given.sign('sales-ic', 1, 'customer-lead', 'chris');
    given.sign('sales-ic', 1, 'cfo', 'finn', true);
    given.sign('sales-ic', 1, 'security-lead', 'sam');
    expect(shown('x7Qp2mVb9_aZ')).toMatchObject({ title: 'sales-ic: rejected by CFO', tone: 'bad' });
  });

  it.each<[string, string, () => void]>([
    ['superseded', 'its evidence has changed', () => given.evidence('sales-ic', 2)],
    ['superseded', 'the deployment file has changed', () => void (given.file.version = 2)],
    ['expired', 'its time is over', () => given.at(66)],
    [
      'aside',
      'all of its cohorts are held',
      () => {
        const scope = { level: 'group' as const, names: ['sales-ic'] };
        given.say('hold.added', { holdId: 'h', scope, ceiling: 'shadow', why: 'w', releasedBy: 'cfo' });
      },
    ],
    ['closed', 'the deployment is closed', () => given.say('deployment.closed', { result: 'live-with-exceptions' })],
    ['decided', 'all three have spoken', () => signAll()],
  ])('that it is %s, and has no buttons, when %s', (standing, _why, happens) => {
    happens();
    expect(standingOfCard(given.told, view('x7Qp2mVb9_aZ'))).toBe(standing);
    expect(shown('x7Qp2mVb9_aZ').buttons).toBeUndefined();
  });

  it('that it can be clicked again when a signature was given under a delegation that is revoked', () => {
    signAll();
    for (const s of given.view.signOffs) if (s.role === 'cfo') s.current = false;
    expect(standingOfCard(given.told, view('x7Qp2mVb9_aZ'))).toBe('open');
    expect(shown('x7Qp2mVb9_aZ').lines.at(-1)).toBe('CFO: open');
  });
});

describe('of the messages that are edited', () => {
  it('those that can no longer be clicked come first, the root last', () => {
    given.evidence('sales-ic', 1).evidence('hr-lead', 2).settle('W2.08').card('one', 'hr-lead', 2).card('two', 'sales-ic', 1);
    for (const key of ['root', 'card/one', 'card/two']) given.sent(key);
    signAll();
    expect(edited(given.told).map((e) => e.key)).toEqual(['card/two', 'card/one', 'root']);
  });
});
