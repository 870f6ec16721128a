import type { Rule } from '../../../audit/verify/finding.ts';
import type { Command } from '../../../domain/command.ts';
import { draftsOf } from '../../support/signed-deployment.ts';
import { holder, sameIntent, unsignedGroup, type Book } from './book.ts';

type Break = (book: Book) => void | Promise<void>;

/** Each breaks just one rule, in a log that is signed and cosigned as it should be: whoever wrote it holds all keys of the log. */
export const CASES: [Rule, string, Break][] = [
  [
    'entry_malformed',
    'an entry of a kind that nobody knows',
    (b) => void Object.assign(b.of('watch-item').entry, { kind: 'agent.vanished' }),
  ],
  ['entry_malformed', 'an id of another deployment', (b) => void (b.of('verdict').entry.id = 'acme/q5/verdict')],
  [
    'entry_malformed',
    'an order with a field that no order has',
    (b) => {
      Object.assign(b.of('command.applied', (e) => e.data.command.id === 'order-confirm-W2.08').entry.data.command, {
        urgent: true,
      });
    },
  ],
  ['id_repeated', 'the same id twice', (b) => b.insert(b.at('/closed'), structuredClone(b.of('verdict').entry))],
  [
    'outcome_without_intent',
    'an outcome for an agent that nobody announced',
    (b) => {
      const { entry, cites } = b.of('outcome', (e) => e.data.operation === 'mint');
      const key = entry.data.key.replace(entry.agent ?? '', 'stranger');
      b.insert(b.at('/closed'), { ...entry, id: `${entry.id}/2`, agent: 'stranger', data: { ...entry.data, key } }, cites);
    },
  ],
  [
    'outcome_without_intent',
    'an outcome that cites what comes after it',
    (b) => {
      const { entry } = b.of('outcome', (e) => e.data.operation === 'mint');
      b.insert(b.at('/closed'), { ...entry, id: `${entry.id}/2` }, { intent: 'nothing' });
    },
  ],
  [
    'outcome_without_intent',
    'an outcome under the key of another call',
    (b) => {
      const { entry, cites } = b.of('outcome', (e) => e.data.operation === 'mint');
      b.insert(b.at('/closed'), { ...entry, id: `${entry.id}/2`, data: { ...entry.data, key: `${entry.data.key}0` } }, cites);
    },
  ],
  [
    'intent_without_outcome',
    'an agent whose minting has no outcome',
    (b) => {
      const { id } = b.of('outcome', (e) => e.data.operation === 'mint').entry;
      b.remove((e) => e.id === id);
    },
  ],
  [
    'intent_without_outcome',
    'an agent of which nobody knows to this day whether it was minted',
    (b) => void Object.assign(b.of('outcome', (e) => e.data.operation === 'mint').entry.data, { result: 'unknown' }),
  ],
  [
    'intent_without_outcome',
    'a whole call without an outcome',
    (b) => {
      const call = b.of('intent', (e) => e.data.operation === 'run').entry.id;
      const outcomes = new Set(b.drafts.filter((d) => d.cites.intent === call).map((d) => d.entry.id));
      b.remove((e) => outcomes.has(e.id));
    },
  ],
  [
    'authority_missing',
    'a creation that rests on the start of the clock',
    (b) => {
      b.of('intent', (e) => e.data.operation === 'create').cites.authority = b.of('clock.started').entry.id;
    },
  ],
  [
    'authority_missing',
    'a mint before the go-ahead',
    (b) => {
      const mint = b.of('intent', (e) => e.data.operation === 'mint');
      const moved = [mint, ...sameIntent(b, mint)];
      b.remove((e) => moved.some((d) => d.entry.id === e.id));
      b.drafts.splice(b.at('command/order-go-ahead'), 0, ...moved);
    },
  ],
  [
    'authority_missing',
    'shadow running under the go-ahead instead of gate 1',
    (b) => {
      const goAhead = b.of('command.applied', (e) => e.data.command.id === 'order-go-ahead').entry.id;
      b.of('intent', (e) => e.data.operation === 'run').cites.authority = goAhead;
    },
  ],
  [
    'authority_missing',
    'a flip under a promotion of another wave',
    async (b) => {
      await b.order('promote-research', (c) => void (c.scope.names = ['coordination']));
    },
  ],
  [
    'authority_missing',
    'orders about another manifest set',
    async (b) => {
      await b.order('go-gate-1', (c) => void (c.saw.manifestSetDigest = `sha256:${'0'.repeat(64)}`));
    },
  ],
  [
    'authority_missing',
    'a gate that was passed on the go for another',
    (b) => {
      b.of('gate.passed', (e) => e.data.gate === 'gate-2').cites.commandIndex = b.of(
        'command.applied',
        (e) => e.data.command.id === 'order-go-gate-1',
      ).entry.id;
    },
  ],
  ['go_ahead_unapproved', 'a go-ahead with three approvals', (b) => b.remove((e) => e.id.endsWith('order-approve-set-cfo'))],
  [
    'go_ahead_unapproved',
    'an approval that had run out',
    async (b) => {
      const { at } = b.of('command.applied', (e) => e.data.command.id === 'order-approve-set-ceo').entry;
      await b.order('approve-set-ceo', (c) => void (c.expiresAt = new Date(Date.parse(at) + 1).toISOString()));
    },
  ],
  [
    'go_ahead_unapproved',
    'an approval that was a rejection',
    async (b) => {
      await b.order('approve-set-ceo', (c) => void (c.args.decision = 'reject'));
    },
  ],
  [
    'flip_unsigned',
    'a group that one executive did not sign for',
    async (b) => {
      const group = b.of('sign-off', (e) => e.data.role === 'security-lead' && e.data.group !== unsignedGroup(b)).entry.data
        .group;
      await b.order('sign-security-lead', (c) => void (c.scope.names = c.scope.names.filter((name) => name !== group)));
      b.remove((e) => e.kind === 'sign-off' && e.data.role === 'security-lead' && e.data.group === group);
    },
  ],
  [
    'flip_unsigned',
    'an executive who said no',
    async (b) => {
      await b.order('sign-cfo', (c) => void (c.args.decision = 'reject'));
      for (const { entry } of draftsOf(b.drafts, 'sign-off')) if (entry.data.role === 'cfo') entry.data.decision = 'reject';
    },
  ],
  [
    'flip_unsigned',
    'evidence that changed after it was signed',
    (b) => {
      const { entry } = b.of('group.evidence', (e) => e.data.group !== unsignedGroup(b));
      b.insert(b.at('command/order-go-gate-2'), {
        ...entry,
        id: `${entry.id}/2`,
        data: { ...entry.data, evidence: b.made.put('new') },
      });
    },
  ],
  [
    'sign_off_unfounded',
    'a sign-off on evidence that its order does not name',
    (b) => {
      b.of('sign-off', (e) => e.data.group === unsignedGroup(b)).entry.data.boundTo = `sha256:${'1'.repeat(64)}`;
    },
  ],
  [
    'command_expired',
    'an order that was applied after its time',
    async (b) => {
      const { at } = b.of('command.applied', (e) => e.data.command.id === 'order-confirm-W2.08').entry;
      await b.order('confirm-W2.08', (c) => void (c.expiresAt = new Date(Date.parse(at) - 1).toISOString()));
    },
  ],
  [
    'command_expired',
    'an order that was applied hours before it was given',
    async (b) => {
      const { at } = b.of('command.applied', (e) => e.data.command.id === 'order-confirm-W2.08').entry;
      const hours = (n: number) => new Date(Date.parse(at) + n * 3_600_000).toISOString();
      await b.order('confirm-W2.08', (c) => void Object.assign(c, { issuedAt: hours(2), expiresAt: hours(3) }));
    },
  ],
  [
    'command_answered_twice',
    'an order that was applied and refused',
    (b) => {
      const { entry } = b.of('command.refused');
      const data = { ...entry.data, commandId: 'order-confirm-W2.08' };
      b.insert(b.at('/closed'), { ...entry, id: `${entry.id}/again`, data });
    },
  ],
  [
    'command_unanswered',
    'a hold that never came into force',
    (b) => b.remove((e) => e.kind === 'hold.added' || e.kind === 'hold.released'),
  ],
  [
    'command_unanswered',
    'a stop that stopped nothing',
    async (b) => {
      const { entry } = b.of('command.applied', (e) => e.data.command.id === 'order-confirm-W3.13');
      const command: Command = {
        ...entry.data.command,
        id: 'order-halt-all',
        kind: 'halt',
        scope: { level: 'deployment', names: [] },
      };
      const id = entry.id.replace('order-confirm-W3.13', command.id);
      b.insert(b.at('/closed'), { ...entry, id, data: { ...entry.data, command, envelope: await b.made.sign(command) } });
    },
  ],
  [
    'stop_unfounded',
    'the ceiling of a stop that nobody ordered',
    (b) => {
      const { entry } = b.of('hold.added');
      const data = { ...entry.data, holdId: 'made-up', by: 'rollback', liftedBy: 'promote' };
      b.insert(b.at('/closed'), { ...entry, id: `${entry.id}/made-up`, data });
    },
  ],
  [
    'envelope_invalid',
    'an order under the signature of somebody else',
    async (b) => {
      await b.order('confirm-W2.08', () => undefined, holder(b, 'cfo'));
    },
  ],
  [
    'envelope_invalid',
    'an order that says something else than what was signed',
    (b) => {
      b.of('command.applied', (e) => e.data.command.id === 'order-confirm-W2.08').entry.data.command.reason = 'because';
    },
  ],
  [
    'signer_unknown',
    'an order in a role that its person does not hold',
    async (b) => {
      await b.order('confirm-W2.08', (c) => void (c.person = holder(b, 'atlas-operator')));
    },
  ],
  [
    'signer_unknown',
    'an order for another deployment',
    async (b) => {
      await b.order('confirm-W2.08', (c) => void (c.environment = 'staging'));
    },
  ],
  [
    'deployment_file_unverified',
    'a deployment file that no entry names',
    (b) => {
      b.remove((e) => e.kind === 'evidence' && e.data.subject.startsWith('deployment-file:'));
    },
  ],
  [
    'evidence_missing',
    'a document that is cited and not there',
    (b) => {
      b.of('evidence', (e) => e.data.subject === 'baseline').entry.data.evidence.digest = `sha256:${'2'.repeat(64)}`;
    },
  ],
];
