import { beforeAll, describe, expect, it } from 'vitest';
import { temporarySigner } from '../../../clients/keys/local.ts';
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

/** A stop as the log has it, a year after its order was signed. */
async function stopped(
  book: Book,
  over: Pick<Command, 'person' | 'role'> & { kind: StoppingKind } & Partial<Command>,
  by = MACHINE,
) {
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
  return rulesBroken(await verified(await logOf(made, book.drafts)));
}

describe('a stop in the log', () => {
  it("counts at any age, given by a person who may or by the engine's own key because of a trigger", async () => {
    const book = new Book(made);
    const person = holder(book, 'arx-standby');
    const theirs = made.signers.get(person);
    expect(await stopped(book, { kind: 'halt', person, role: 'arx-standby' }, theirs)).toEqual([]);
    const trigger = { kind: 'rollback', person: 'golive', role: 'machine', args: { trigger: 'write-rate' } } as const;
    expect(await stopped(new Book(made), trigger)).toEqual([]);
  });

  it('of the engine needs its key, a row of the table, and a kind that it may order', async () => {
    const trigger = { kind: 'rollback', person: 'golive', role: 'machine', args: { trigger: 'write-rate' } } as const;
    expect(await stopped(new Book(made), trigger, temporarySigner())).toEqual(['envelope_invalid']);
    expect(await stopped(new Book(made), { ...trigger, args: {} })).toEqual(['signer_unknown']);
    expect(await stopped(new Book(made), { ...trigger, kind: 'terminate' })).toEqual(['envelope_invalid']);
  });

  it('of somebody who may not give it is found', async () => {
    const book = new Book(made);
    const person = holder(book, 'cfo');
    expect(await stopped(book, { kind: 'halt', person, role: 'cfo' }, made.signers.get(person))).toEqual(['signer_unknown']);
  });
});
