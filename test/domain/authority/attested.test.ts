import { describe, expect, it } from 'vitest';
import type { Among, AuthorityContext } from '../../../domain/authority/context.ts';
import { ATTESTABLE_KINDS, COMMAND_KINDS, type Command, type CommandKind } from '../../../domain/command.ts';
import type { FailureCode } from '../../../domain/failure.ts';
import { COMMAND_CATALOGUE } from '../../../domain/runbook/commands.ts';
import { cardsFor, FILE, GATEWAY, give, GROUPS, inSlack, inWindow, NOTHING, NOW, order, sign, signerOf } from './given.ts';

const state = inWindow('validate', 'shadow');
const hold = (change: Partial<Command> = {}) =>
  order('sam', 'security-lead', 'hold', { scope: { level: 'group', names: ['sales-ic'] }, ...change });
const slack = FILE.slack!;

type Row = [string, Command, Partial<AuthorityContext>, 'applied' | FailureCode];

describe('an order that came through Slack', () => {
  it.each<Row>([
    ['attested by the gateway that the deployment file names', inSlack(hold()), {}, 'applied'],
    ['by another user of Slack', inSlack(hold(), { user: 'U-finn' }), {}, 'signature_invalid'],
    ['from another workspace', inSlack(hold(), { team: 'T-other' }), {}, 'signature_invalid'],
    ['without a word of how it was given', hold(), {}, 'signature_invalid'],
    ['in the name of somebody unknown', inSlack(hold({ person: 'eve' })), {}, 'unknown_person'],
    [
      'attested by a gateway that the file does not name',
      inSlack(hold()),
      { signer: { gateway: 'ed25519:x' } },
      'signature_invalid',
    ],
    [
      'for a deployment that takes nothing from Slack',
      inSlack(hold()),
      { file: { ...FILE, slack: undefined } },
      'signature_invalid',
    ],
    [
      'for somebody who has no user there',
      inSlack(hold()),
      { file: { ...FILE, people: FILE.people.map(({ slack: _, ...p }) => p) } },
      'signature_invalid',
    ],
    [
      'of a kind that this deployment does not take from there',
      inSlack(hold()),
      { file: { ...FILE, slack: { ...slack, allows: ['sign'] } } },
      'personal_signature_needed',
    ],
    ['in a role that the person does not hold', inSlack(hold({ role: 'cfo' })), {}, 'role_not_held'],
    ['for another deployment of the customer', inSlack(hold({ deployment: 'q3' })), {}, 'wrong_deployment'],
    ['for another environment', inSlack(hold({ environment: 'production' })), {}, 'wrong_deployment'],
    ['that is too old', inSlack(hold({ expiresAt: '2026-03-02T11:59:59.000Z' })), {}, 'command_expired'],
  ])('%s', (_, command, change, outcome) => {
    expect(give(state, command, { signer: GATEWAY, ...change }).outcome).toBe(outcome);
  });

  it('takes an incident on, and does nothing else about one', () => {
    const about = (act: 'ack' | 'close' | 'cleaned' | 'open') =>
      order('sam', 'security-lead', 'incident', {
        scope: { level: 'deployment', names: [] },
        args: { incident: { ...(act === 'open' ? {} : { id: 'incident-1' }), act, text: 'it is over' } },
      });
    const scope = { level: 'deployment' as const, names: [] };
    const opened = { incident: 'incident-1', severity: 1 as const, title: 't', scope, owner: 'cfo' as const };
    const incident = {
      incident: 'incident-1',
      opened,
      openedBy: 'lea',
      ackedBy: null,
      notes: [],
      closed: null,
      index: 7,
      at: NOW,
    };
    const among: Among = { ...NOTHING, incidents: { 'incident-1': incident } };
    const outcome = (act: Parameters<typeof about>[0]) => give(state, inSlack(about(act)), { signer: GATEWAY, among }).outcome;
    expect(outcome('ack')).toBe('applied');
    expect(['close', 'cleaned', 'open'].map((act) => outcome(act as 'close'))).toEqual(
      Array(3).fill('personal_signature_needed'),
    );
  });

  it('is not attested to by the person themselves', () => {
    expect(give(state, inSlack(hold()), { signer: signerOf(FILE, 'sam') }).outcome).toBe('signature_invalid');
  });

  const attestable = ATTESTABLE_KINDS as readonly CommandKind[];
  it.each(COMMAND_KINDS.filter((kind) => !attestable.includes(kind)))(
    'to %s is refused, whatever the deployment file allows: it needs the own key',
    (kind) => {
      const file = { ...FILE, slack: { ...slack, allows: [...COMMAND_KINDS] as typeof slack.allows } };
      const [level = 'deployment'] = COMMAND_CATALOGUE[kind].levels;
      const command = inSlack(order('lea', 'deployment-lead', kind, { scope: { level, names: [] } }));
      expect(give(state, command, { signer: GATEWAY, file }).outcome).toBe('personal_signature_needed');
    },
  );
});

describe('a sign-off from Slack', () => {
  const cards = GROUPS.map((group) => `card-${group}`);
  const both = (person = 'chris', role: Command['role'] = 'customer-lead') => inSlack(sign(person, role, GROUPS), { cards });
  const one = (change: Partial<Command> = {}, card = 'card-sales-ic') =>
    inSlack({ ...sign('chris', 'customer-lead', ['sales-ic']), ...change }, { cards: [card] });
  const saw = one().saw;
  const rows: Row[] = [
    ['on a card for each group', both(), {}, 'applied'],
    ['without a card', inSlack(sign('chris', 'customer-lead', GROUPS)), {}, 'unknown_card'],
    ['with a card for one of two groups', inSlack(both(), { cards: ['card-sales-ic'] }), {}, 'unknown_card'],
    ['with a card that is not in the log', one({}, 'card-forged'), {}, 'unknown_card'],
    ['with a card named like what objects inherit', one({}, 'constructor'), {}, 'unknown_card'],
    ['with the card of another group', one({}, 'card-hr-lead'), {}, 'unknown_card'],
    ['with a card too many', inSlack(one(), { cards }), {}, 'unknown_card'],
    [
      'with a forged card about a group that is not there',
      one({ scope: { level: 'group', names: ['nobody'] } }, 'card-forged'),
      {},
      'unknown_card',
    ],
    [
      'on a card after its time',
      one(),
      { among: cardsFor(GROUPS, { expiresAt: '2026-03-02T11:59:00.000Z' }) },
      'command_expired',
    ],
    ['on a card of older evidence', one(), { among: cardsFor(GROUPS, { boundTo: 'sha256:old' }) }, 'stale_binding'],
    [
      'on a card of older evidence, as its giver saw it',
      one({ saw: { ...saw, evidence: { 'sales-ic': 'sha256:old' } } }),
      { among: cardsFor(GROUPS, { boundTo: 'sha256:old' }) },
      'stale_binding',
    ],
    [
      'on a card of another manifest set',
      one(),
      { among: cardsFor(GROUPS, { manifestSetDigest: 'sha256:old' }) },
      'stale_binding',
    ],
    ['on a card of an older deployment file', one(), { among: cardsFor(GROUPS, { policyVersion: 2 }) }, 'stale_binding'],
    ['after the manifest set was changed', one(), { manifestSetDigest: 'sha256:new' }, 'stale_binding'],
    ['by who started the deployment', both('dan'), {}, 'starter_may_not_sign'],
    ['in a role that does not sign', both('lea', 'deployment-lead'), {}, 'role_not_allowed'],
    ['in a role that is not theirs', both('chris', 'cfo'), {}, 'role_not_held'],
  ];
  it.each(rows)('%s', (_, command, change, outcome) => {
    expect(give(state, command, { signer: GATEWAY, among: cardsFor(GROUPS), ...change }).outcome).toBe(outcome);
  });

  it('counts each person once, whether they click or sign themselves', () => {
    const among = cardsFor(GROUPS);
    const first = give(state, both('wide', 'cfo'), { signer: GATEWAY, among }).state;
    expect(give(first, both('wide', 'security-lead'), { signer: GATEWAY, among }).outcome).toBe('person_counted_twice');
    expect(give(first, sign('wide', 'security-lead', GROUPS)).outcome).toBe('person_counted_twice');
    expect(give(first, both('finn', 'cfo'), { signer: GATEWAY, among }).outcome).toBe('already_done');
  });

  it('that was clicked in time is in time, however late it is judged', () => {
    const among = cardsFor(GROUPS, { expiresAt: '2026-03-02T11:59:30.000Z' });
    expect(give(state, both(), { signer: GATEWAY, among }).outcome).toBe('applied');
  });
});
