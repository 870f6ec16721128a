import { beforeAll, describe, expect, it } from 'vitest';
import { temporarySigner } from '../../../clients/keys/local.ts';
import { ATTESTABLE_KINDS, type Command } from '../../../domain/command.ts';
import type { DeploymentFile } from '../../../domain/deployment-file.ts';
import { draftsOf, type SignedDeployment } from '../../support/signed-deployment.ts';
import { logOf, rulesBroken, smallDeployment, verified } from '../../support/verified.ts';
import { Book, holder } from './book.ts';

const GATEWAY = temporarySigner();
const withSlack = (file: DeploymentFile): void => {
  file.slack = { team: 'T100', channel: 'C100', attestedBy: [GATEWAY.publicKey], allows: [...ATTESTABLE_KINDS] };
  file.people.forEach((p, i) => (p.slack = `U${i}00`));
};
type Signer = 'customer-lead' | 'security-lead' | 'cfo';
const SIGNERS: Signer[] = ['customer-lead', 'security-lead', 'cfo'];

let personal: SignedDeployment;
let anyhow: SignedDeployment;
beforeAll(async () => {
  personal = await smallDeployment({}, (file) => (withSlack(file), (file.personalFor = ['coordination'])));
  anyhow = await smallDeployment({}, (file) => (withSlack(file), (file.personalFor = [])));
});

const broken = async (book: Book): Promise<string[]> => rulesBroken(await verified(await logOf(book.made, book.drafts)));
const orderOf = (book: Book, role: Signer) => book.of('command.applied', (e) => e.data.command.id === `order-sign-${role}`).entry;

/** Puts an order before another entry, as its person signs it. */
async function insert(book: Book, before: string, command: Command): Promise<Command> {
  const { entry } = book.of('command.applied', (e) => e.data.command.id === 'order-sign-cfo');
  const at = book.drafts[book.at(before)]?.entry.at ?? entry.at;
  const id = entry.id.replace('order-sign-cfo', command.id);
  const data = { command, envelope: await book.made.sign(command), fenceGeneration: 1, latencyMs: 1 };
  book.insert(book.at(before), { ...entry, id, at, actor: command.person, data });
  return command;
}

/** Makes of a role's sign-off one that was clicked in Slack, on a card for each group. */
async function click(
  book: Book,
  role: Signer,
  change: { user?: string; key?: typeof GATEWAY; cards?: boolean } = {},
): Promise<void> {
  const { command } = orderOf(book, role).data;
  const user = change.user ?? book.made.file.people.find((p) => p.id === command.person)?.slack ?? '';
  const cards = command.scope.names.map((group) => `${role}-${group}`);
  for (const [i, group] of command.scope.names.entries()) {
    if (change.cards === false) break;
    const { entry } = book.of('group.evidence', (e) => e.data.group === group);
    const card = {
      ...{ card: cards[i], group, boundTo: command.saw.evidence[group], manifestSetDigest: command.saw.manifestSetDigest },
      ...{ policyVersion: command.saw.policyVersion, expiresAt: command.expiresAt },
    };
    const id = `${entry.customer}/${entry.deployment}/card/${cards[i] ?? ''}`;
    book.insert(book.at(`command/order-sign-${role}`), { ...entry, id, kind: 'card.issued', data: card });
  }
  command.attestation = { channel: 'slack', team: 'T100', user, cards };
  orderOf(book, role).data.envelope = await book.made.sign(command, change.key ?? GATEWAY);
  for (const { entry } of draftsOf(book.drafts, 'sign-off')) if (entry.data.role === role) entry.data.channel = 'slack';
}

describe('sign-offs that came through Slack', () => {
  it('are as good as any, as long as nobody asks for a personal one', async () => {
    const book = new Book(anyhow);
    for (const role of SIGNERS) await click(book, role);
    expect(await broken(book)).toEqual([]);
  });

  it('are not enough for a group that needs a personal one; one of the three is', async () => {
    const two = new Book(personal);
    for (const role of SIGNERS.slice(0, 2)) await click(two, role);
    expect(await broken(two)).toEqual([]);
    await click(two, 'cfo');
    expect(await broken(two)).toEqual(['flip_unsigned']);
  });

  it.each<[string, string[], (book: Book) => Promise<unknown>]>([
    [
      'attested by somebody whom the deployment file does not name',
      ['envelope_invalid'],
      (b) => click(b, 'cfo', { key: temporarySigner() }),
    ],
    ['of another user of Slack', ['envelope_invalid'], (b) => click(b, 'cfo', { user: 'U999' })],
    ['on cards that were never issued', ['sign_off_unfounded'], (b) => click(b, 'cfo', { cards: false })],
    [
      'of which the log says that they were personal',
      ['flip_unsigned', 'sign_off_unfounded'],
      async (b) => {
        await click(b, 'cfo');
        for (const { entry } of draftsOf(b.drafts, 'sign-off')) if (entry.data.role === 'cfo') entry.data.channel = 'cli';
      },
    ],
    [
      'to promote',
      ['envelope_invalid'],
      async (b) => {
        const { data } = b.of('command.applied', (e) => e.data.command.kind === 'promote').entry;
        const user = b.made.file.people.find((p) => p.id === data.command.person)?.slack ?? '';
        data.command.attestation = { channel: 'slack', team: 'T100', user, cards: [] };
        data.envelope = await b.made.sign(data.command, GATEWAY);
      },
    ],
  ])('%s break %j', async (_what, rules, spoil) => {
    const book = new Book(anyhow);
    await spoil(book);
    expect(await broken(book)).toEqual(rules);
  });
});

describe('sign-offs under a delegation', () => {
  /** The CFO lets the Operations Lead sign, who does. */
  async function delegated(change: { role?: Command['role']; until?: string } = {}): Promise<Book> {
    const book = new Book(anyhow);
    const { command } = orderOf(book, 'cfo').data;
    const { role = 'cfo', until = command.expiresAt } = change;
    const delegation = { to: holder(book, 'operations-lead'), role, mode: 'act' as const, kinds: ['sign' as const], until };
    const about = { scope: { level: 'deployment' as const, names: [] }, args: { delegation } };
    await insert(book, 'command/order-sign-cfo', { ...command, ...about, id: 'order-delegate', kind: 'delegate' });
    await book.order('sign-cfo', (c) => Object.assign(c, { person: delegation.to, delegation: 'order-delegate' }));
    return book;
  }
  const revoke = async (book: Book, before: string, by: Command['role'] = 'cfo'): Promise<unknown> => {
    const { command } = orderOf(book, 'cfo').data;
    const { delegation: _, ...own } = command;
    const about = { scope: { level: 'deployment' as const, names: [] }, args: { delegationId: 'order-delegate' } };
    const at = book.drafts[book.at(before)]?.entry.at ?? '';
    const times = { issuedAt: at, expiresAt: new Date(Date.parse(at) + 3_600_000).toISOString() };
    return insert(book, before, {
      ...own,
      ...about,
      ...times,
      id: 'order-revoke',
      kind: 'revoke',
      person: holder(book, by),
      role: by,
    });
  };
  const firstPromotion = (book: Book): string =>
    `command/${book.of('command.applied', (e) => e.data.command.kind === 'promote').entry.data.command.id}`;

  const end = (book: Book): string => book.of('deployment.closed').entry.id;

  it('count', async () => {
    expect(await broken(await delegated())).toEqual([]);
  });

  it('are void for what was promoted after the delegation was revoked, and for nothing before', async () => {
    const before = await delegated();
    await revoke(before, firstPromotion(before));
    expect(await broken(before)).toEqual(['flip_unsigned']);
    const after = await delegated();
    await revoke(after, end(after));
    expect(await broken(after)).toEqual([]);
  });

  it.each<[string, string[], () => Promise<Book>]>([
    [
      'that was revoked before',
      ['flip_unsigned', 'signer_unknown'],
      async () => {
        const book = await delegated();
        await revoke(book, 'command/order-sign-cfo');
        return book;
      },
    ],
    ['that had run out', ['signer_unknown'], () => delegated({ until: '2020-01-01T00:00:00.000Z' })],
    ['of a role that is not the own one', ['signer_unknown'], () => delegated({ role: 'security-lead' })],
    [
      'that somebody else revokes',
      ['signer_unknown'],
      async () => {
        const book = await delegated();
        await revoke(book, end(book), 'operations-lead');
        return book;
      },
    ],
    [
      'that nobody gave',
      ['signer_unknown'],
      async () => {
        const book = await delegated();
        book.remove((e) => e.id.endsWith('command/order-delegate'));
        return book;
      },
    ],
  ])('%s break %j', async (_what, rules, make) => {
    expect(await broken(await make())).toEqual(rules);
  });
});
