import { beforeAll, describe, expect, it } from 'vitest';
import { envelopeText, signJson } from '../../../audit/envelope.ts';
import { signExit } from '../../../audit/exit.ts';
import { temporarySigner } from '../../../clients/keys/local.ts';
import type { EvidenceRef } from '../../../domain/entry.ts';
import type { Command } from '../../../domain/command.ts';
import { EXIT_PAYLOAD_TYPE, type ExitAttestation } from '../../../domain/stop/exit.ts';
import { holdOfStop } from '../../../domain/stop/hold.ts';
import type { SignedDeployment } from '../../support/signed-deployment.ts';
import { logOf, rulesBroken, smallDeployment, verified } from '../../support/verified.ts';
import { Book, holder } from './book.ts';

const MACHINE = temporarySigner();
let made: SignedDeployment;
let cohort: string;
let other: string;
beforeAll(async () => {
  made = await smallDeployment({}, (file) => void (file.machine = [MACHINE.publicKey]));
  [cohort = '', other = ''] = new Book(made).of('plan.recorded').entry.data.cohorts.map(({ id }) => id);
});

interface Change {
  /** Of what the engine signs. */
  attestation?: Partial<ExitAttestation>;
  /** How it is signed. */
  file?: (attestation: ExitAttestation) => Promise<string>;
  /** Of the entry; null: there is none. */
  entry?: Record<string, unknown> | null;
  about?: { cohort?: string; agent?: string };
  order?: Partial<Command>;
}

/** A log in which a cohort (or one of its agents) was terminated, and attested to. */
async function ended({ attestation = {}, file, entry = {}, about = {}, order = {} }: Change = {}) {
  const book = new Book(made);
  const model = book.of('command.applied', (e) => e.data.command.id === 'order-confirm-W3.13').entry;
  const person = holder(book, 'arx-standby');
  const command: Command & { kind: 'terminate' } = {
    ...model.data.command,
    ...{ id: 'order-end', role: 'arx-standby', person, args: {}, reason: 'never again' },
    ...({ scope: { level: 'cohort', names: [cohort] } } as const),
    ...order,
    kind: 'terminate',
  };
  const add = (id: string, kind: string, data: object, at = {}): void =>
    book.insert(book.at('/closed'), { ...model, id: `${model.customer}/${model.deployment}/${id}`, kind, data, ...at });
  const envelope = await made.sign(command, made.signers.get(person));
  add('command/order-end', 'command.applied', { command, envelope, fenceGeneration: 9, latencyMs: 1 });
  const { id, scope, ceiling, why, releasedBy } = holdOfStop(command);
  const hold = { holdId: id, scope, ceiling, why, releasedBy, by: 'terminate', liftedBy: 'nothing' };
  add('hold/order-end', 'hold.added', hold);
  add('stop/order-end/flipped', 'stop.flipped', {
    ...{
      stop: id,
      kind: 'terminate',
      scope,
      ceiling,
      fenceGeneration: 7,
      handedInAt: model.at,
      fencedAt: model.at,
      lastAt: null,
    },
    ...{ outcomes: { applied: 1, 'not-applied': 0, unknown: 0 }, flipped: [cohort], left: [], evidence: envelope },
  });
  const index = book.at('command/order-end');
  const document = documentOf(command, { index, envelope }, attestation);
  const evidence = made.put(await (file ?? ((value) => signExit(value, MACHINE)))(document));
  const where = { cohort, ...about };
  if (entry !== null)
    add(
      'stop/order-end/exit',
      'exit.attested',
      { stop: id, subject: where.agent ?? cohort, agents: 7, evidence, ...entry },
      where,
    );
  return verified(await logOf(made, book.drafts));
}
const broken = async (change?: Change): Promise<string[]> => rulesBroken(await ended(change));

function documentOf(
  { id, person, reason, customer, deployment, environment, logOrigin }: Command,
  at: { index: number; envelope: EvidenceRef },
  change: Partial<ExitAttestation>,
): ExitAttestation {
  return {
    ...{ v: 1, customer, deployment, environment, logOrigin, stop: id },
    order: { person, reason, ...at },
    subject: { cohort, agent: null, agents: 7 },
    did: {
      ...{ calls: 900, writesCommitted: 12, writesApproved: 11, escalations: 1, orchestrations: 0, connectors: ['crm'] },
      ...{ firstLiveAt: '2026-03-02T10:00:00.000Z', lastLiveAt: '2026-03-03T10:00:00.000Z' },
    },
    revoked: { credentials: 7, lastAt: '2026-03-03T10:00:01.000Z' },
    remains: { notTerminated: 0, validCredentials: 0, openEscalations: 1 },
    at: '2026-03-03T10:00:02.000Z',
    ...change,
  };
}

describe('an exit attestation in the log', () => {
  it('of a cohort, or of one of its agents, is verified', async () => {
    expect(await broken()).toEqual([]);
    const one = { subject: { cohort, agent: 'agent-1', agents: 1 } };
    const order: Partial<Command> = { scope: { level: 'agent', names: ['agent-1'] } };
    expect(await broken({ order, attestation: one, entry: { agents: 1 }, about: { agent: 'agent-1' } })).toEqual([]);
  });

  it('that is missing is remarked upon', async () => {
    const { total, notices } = await ended({ entry: null });
    expect([total, notices.map(({ text }) => text)]).toEqual([
      0,
      ['Order order-end ended agents, and no exit attestation says what they did and what remains.'],
    ]);
  });

  it.each<[string, (attestation: ExitAttestation) => Promise<string>]>([
    ['is signed by somebody else', (value) => signExit(value, temporarySigner())],
    ['is signed by a person', (value) => signExit(value, made.signers.get(value.order.person) ?? MACHINE)],
    ['is not signed', async (value) => JSON.stringify(value)],
    [
      'says what no attestation says',
      async (value) => {
        const signed = { payloadType: EXIT_PAYLOAD_TYPE, value: { ...value, harmless: true }, signers: [MACHINE] };
        return envelopeText(await signJson(signed));
      },
    ],
  ])('that %s is found', async (_what, file) => {
    expect(await broken({ file })).toEqual(['attestation_invalid']);
  });

  it.each<[string, () => Change]>([
    ['another cohort', () => ({ attestation: { subject: { cohort: other, agent: null, agents: 7 } } })],
    ['fewer agents than the entry says', () => ({ attestation: { subject: { cohort, agent: null, agents: 6 } } })],
    ['another stop', () => ({ attestation: { stop: 'order-another' } })],
    ['another deployment', () => ({ attestation: { deployment: 'q9' } })],
    ['an order that the log has elsewhere', () => ({ attestation: { order: orderElsewhere() } })],
    ['a cohort that nobody ended', () => ({ about: { cohort: other } })],
    ['a stop that nobody ordered', () => ({ entry: { stop: 'order-made-up' } })],
  ])('about %s is found', async (_what, change) => {
    expect(await broken(change())).toEqual(['attestation_invalid']);
  });
});

const orderElsewhere = (): ExitAttestation['order'] => {
  const { data } = new Book(made).of('command.applied').entry;
  const { person, reason } = data.command;
  return { index: 1, person, reason, envelope: data.envelope };
};
