import { beforeAll, describe, expect, it } from 'vitest';
import { temporarySigner } from '../../../clients/keys/local.ts';
import type { Signer } from '../../../clients/keys/port.ts';
import type { Command } from '../../../domain/command.ts';
import { holdOfStop } from '../../../domain/stop/hold.ts';
import { STOPS, type StoppingKind } from '../../../domain/stop/stop.ts';
import type { SignedDeployment } from '../../support/signed-deployment.ts';
import { logOf, rulesBroken, smallDeployment, verified } from '../../support/verified.ts';
import { Book, holder } from './book.ts';

const MACHINE = temporarySigner();
let made: SignedDeployment;
beforeAll(async () => {
  made = await smallDeployment({}, (file) => void (file.machine = [MACHINE.publicKey]));
});

type Stop = Pick<Command, 'person' | 'role'> & { kind: StoppingKind } & Partial<Command>;
const TRIGGER: Stop = { kind: 'rollback', person: 'golive', role: 'machine', args: { trigger: 'write-rate' } };

/** A stop as the log has it, a year after its order was signed; `fired`: what made the engine stop. */
async function stopped(book: Book, over: Stop, { by = MACHINE, fired = {} }: { by?: Signer; fired?: object | null } = {}) {
  const { entry } = book.of('command.applied', (e) => e.data.command.id === 'order-confirm-W3.13');
  const command = {
    ...entry.data.command,
    ...{ id: 'order-stop', scope: { level: 'deployment' as const, names: [] }, args: {} },
    ...{ issuedAt: '2020-01-01T00:00:00.000Z', expiresAt: '2020-01-01T01:00:00.000Z' },
    ...over,
  };
  const { id, kind, scope } = command;
  const { ceiling, why, releasedBy } = holdOfStop(command);
  const envelope = await book.made.sign(command, by);
  // After all that went live; before that it would be a stop that others passed.
  const at = book.drafts.findIndex((draft) => draft.entry.kind === 'deployment.closed');
  const entryOf = (what: string, kindOf: string, data: object) => ({
    ...entry,
    id: entry.id.replace('command/order-confirm-W3.13', what),
    kind: kindOf,
    data,
  });
  const flipped = {
    ...{ stop: id, kind, scope, ceiling, fenceGeneration: 7, handedInAt: entry.at, fencedAt: entry.at, lastAt: null },
    ...{ outcomes: { applied: 0, 'not-applied': 0, unknown: 0 }, flipped: [], left: [], evidence: envelope },
  };
  if (command.person === 'golive' && fired !== null) {
    const trigger = { row: 'write-rate', subject: 'deployment', cohorts: [], stop: id, because: 'too many', since: entry.at };
    book.insert(at, entryOf(`trigger/${id}`, 'trigger.fired', { ...trigger, evidence: envelope, ...fired }));
  }
  book.insert(at, entryOf(`stop/${id}/flipped/first`, 'stop.flipped', flipped));
  book.insert(
    at,
    entryOf(`hold/${id}`, 'hold.added', {
      holdId: id,
      scope,
      ceiling,
      why,
      releasedBy,
      by: kind,
      liftedBy: STOPS[kind].liftedBy,
    }),
  );
  book.insert(at, entryOf(`command/${id}`, 'command.applied', { ...entry.data, command, envelope }));
  return verified(await logOf(made, book.drafts));
}
const broken = async (...args: Parameters<typeof stopped>): Promise<string[]> => rulesBroken(await stopped(...args));

describe('a stop in the log', () => {
  it("counts at any age, given by a person who may or by the engine's own key because of a trigger", async () => {
    const book = new Book(made);
    const person = holder(book, 'arx-standby');
    const by = made.signers.get(person) as Signer;
    expect(await broken(book, { kind: 'halt', person, role: 'arx-standby' }, { by })).toEqual([]);
    expect(await broken(new Book(made), TRIGGER)).toEqual([]);
  });

  it('of the engine needs its key, a row of the table, and a kind that it may order', async () => {
    expect(await broken(new Book(made), TRIGGER, { by: temporarySigner() })).toEqual(['envelope_invalid']);
    const rowless = await broken(new Book(made), { ...TRIGGER, args: {} });
    expect(rowless).toEqual(['signer_unknown', 'trigger_missing']);
    expect(await broken(new Book(made), { ...TRIGGER, kind: 'terminate' })).toEqual(['envelope_invalid']);
  });

  it.each<[string, object | null]>([
    ['no trigger', null],
    ['a trigger that made it do something else', { stop: 'order-another' }],
    ['a trigger for which people were asked', { stop: null }],
    ['the trigger of another row', { row: 'volume-off' }],
  ])('of the engine that rests on %s is found', async (_what, fired) => {
    expect(await broken(new Book(made), TRIGGER, { fired })).toEqual(['trigger_missing']);
  });

  it('of the engine about a cohort for which nothing fired is found', async () => {
    const [cohort = '', other = ''] = new Book(made).of('plan.recorded').entry.data.cohorts.map(({ id }) => id);
    const one: Stop = { ...TRIGGER, scope: { level: 'cohort', names: [cohort] } };
    expect(await broken(new Book(made), one, { fired: { cohorts: [other] } })).toEqual(['trigger_missing']);
    expect(await broken(new Book(made), one, { fired: { cohorts: [other, cohort] } })).toEqual([]);
  });

  it("because of an alert of the customer's own monitoring is remarked upon: the log has no figures for it", async () => {
    const alert = { ...TRIGGER, id: 'alert-0123456789abcdef', reason: 'Alert TooManyWrites fires.' };
    const { total, notices } = await stopped(new Book(made), alert, { fired: null });
    expect(total).toBe(0);
    expect(notices[0]?.text).toBe(
      'Order alert-0123456789abcdef rests on an alert that the gateway was told of. Alert TooManyWrites fires.',
    );
  });

  it('of somebody who may not give it is found', async () => {
    const book = new Book(made);
    const person = holder(book, 'cfo');
    const by = made.signers.get(person) as Signer;
    expect(await broken(book, { kind: 'halt', person, role: 'cfo' }, { by })).toEqual(['signer_unknown']);
  });
});
