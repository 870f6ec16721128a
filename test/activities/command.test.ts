import { describe, expect, it } from 'vitest';
import { applyOrder } from '../../activities/control/command.ts';
import { canonicalJson, envelopeText, signEnvelope } from '../../audit/envelope.ts';
import { temporarySigner } from '../../clients/keys/local.ts';
import type { Platform } from '../../clients/platform/port.ts';
import { COMMAND_PAYLOAD_TYPE, type Command } from '../../domain/command.ts';
import { FAILURES } from '../../domain/failure.ts';
import { keyOf, newOffice, SET, type Office } from './office/office.ts';

const REF = { ref: 'evidence/1', digest: SET };

/** A deployment whose set is planned and whose clock does not run yet. */
async function opened(platform: Partial<Platform> = {}): Promise<Office> {
  const o = newOffice({ platform: { fences: async () => ({ generation: 4, fences: [] }), ...platform } });
  const cohorts = [{ id: 'hr-research', group: 'hr', shape: 'research' as const, agents: 3 }];
  await o.write('plan.recorded', 'plan', { cohorts, managers: 1, plan: REF, forecastMintHours: 1 });
  return o;
}
const confirmC4 = (o: Office, change: Partial<Command> = {}): Command =>
  o.draft('sam', 'security-lead', 'confirm', { scope: { level: 'row', names: ['C4'] }, ...change });
const handIn = async (o: Office, command: Command, signer = keyOf(command.person)) =>
  applyOrder(o.d, {
    envelope: envelopeText(await o.sign(command, signer)),
    handedInAt: new Date(o.d.now() - 250).toISOString(),
  });
const answersIn = (o: Office) => o.log.all.filter((e) => e.kind === 'command.applied' || e.kind === 'command.refused');

describe('an order', () => {
  it('that may be given is answered once it stands in the log, with its envelope and the fence in force', async () => {
    const o = await opened();
    const command = confirmC4(o);
    const result = await handIn(o, command);
    const [entry] = answersIn(o);
    expect(result).toEqual({ outcome: 'applied', id: command.id, kind: 'confirm', scope: command.scope, index: entry?.index });
    expect(entry).toMatchObject({ actor: 'sam', data: { command, fenceGeneration: 4, latencyMs: 250 } });
    const envelope = entry?.kind === 'command.applied' ? await o.d.tenant.audit.get(entry.data.envelope.ref) : undefined;
    expect(Buffer.from(envelope ?? []).toString()).toBe(envelopeText(await o.sign(command)));
  });

  it('handed in again gives the first answer, and stands in the log once', async () => {
    const o = await opened();
    const command = confirmC4(o);
    const first = await handIn(o, command);
    expect(await handIn(o, command)).toEqual(first);
    expect(answersIn(o).length).toBe(1);
  });

  it('refused once stays refused, though by now it would be allowed', async () => {
    const o = await opened();
    const early = confirmC4(o, { scope: { level: 'row', names: ['W2.08'] } });
    const first = await handIn(o, early);
    expect(first).toMatchObject({ outcome: 'refused' });
    expect(await handIn(o, early)).toEqual(first);
    expect(answersIn(o).length).toBe(1);
    expect(answersIn(o)[0]).toMatchObject({ actor: 'sam', data: { commandId: early.id } });
  });

  it('that says no is applied and says so', async () => {
    const o = await opened();
    const no = o.draft('finn', 'cfo', 'approve', { scope: { level: 'set', names: [] }, args: { decision: 'reject' } });
    expect(await handIn(o, no)).toMatchObject({ outcome: 'applied', rejected: true });
    expect(await handIn(o, no)).toMatchObject({ outcome: 'applied', rejected: true });
  });

  it.each(['', 'tomorrow', '2026-13-45'])('with the time %j of handing in is judged all the same', async (handedInAt) => {
    const o = await opened();
    const result = await applyOrder(o.d, { envelope: envelopeText(await o.sign(confirmC4(o))), handedInAt });
    expect(result.outcome).toBe('applied');
    expect(answersIn(o)[0]?.data).toMatchObject({ latencyMs: 0 });
  });
});

describe('what is no order', () => {
  it.each<[string, string]>([
    ['nothing', ''],
    ['no JSON', '{"payload":'],
    ['JSON that is no envelope', '{"hello":"world"}'],
    ['an envelope larger than one may be', JSON.stringify({ payload: 'A'.repeat(70_000), payloadType: 'x', signatures: [] })],
  ])('(%s) is refused, kept and recorded', async (_what, text) => {
    const o = await opened();
    expect(await applyOrder(o.d, { envelope: text, handedInAt: '' })).toMatchObject({
      outcome: 'refused',
      code: 'malformed_command',
    });
    expect(answersIn(o)[0]?.data).toMatchObject({ code: 'malformed_command', kind: 'unknown' });
    expect(JSON.stringify(answersIn(o)[0]).length).toBeLessThan(2000);
  });

  it.each<[string, string, (o: Office) => Promise<string>]>([
    ['signed by a stranger', 'signature_invalid', async (o) => envelopeText(await o.sign(confirmC4(o), temporarySigner()))],
    [
      "signed by another in the person's name",
      'signature_invalid',
      async (o) => envelopeText(await o.sign(confirmC4(o), keyOf('finn'))),
    ],
    ['of another type', 'signature_invalid', async (o) => signedText('application/other', canonicalJson(confirmC4(o)))],
    [
      'spelled in another way',
      'malformed_command',
      async (o) => signedText(COMMAND_PAYLOAD_TYPE, JSON.stringify(confirmC4(o), null, 1)),
    ],
    [
      'with a field that nobody knows',
      'malformed_command',
      async (o) => signedText(COMMAND_PAYLOAD_TYPE, canonicalJson({ ...confirmC4(o), extra: 1 })),
    ],
    [
      'of a kind that nobody knows',
      'malformed_command',
      async (o) => signedText(COMMAND_PAYLOAD_TYPE, canonicalJson({ ...confirmC4(o), kind: 'launch' })),
    ],
  ])('(%s) is refused as %s', async (_what, code, text) => {
    const o = await opened();
    const result = await applyOrder(o.d, { envelope: await text(o), handedInAt: '' });
    expect(result).toMatchObject({ outcome: 'refused', code });
    expect(answersIn(o)).toMatchObject([{ kind: 'command.refused', data: { code } }]);
    expect(answersIn(o)[0]?.data).toHaveProperty('sentence');
    expect(FAILURES).toHaveProperty(code);
  });

  it('cannot use up the id of an order: the real one is still obeyed', async () => {
    const o = await opened();
    const command = confirmC4(o);
    expect(await handIn(o, command, temporarySigner())).toMatchObject({ outcome: 'refused', code: 'signature_invalid' });
    // Somebody else of the deployment, in the name of `sam`.
    expect(await handIn(o, command, keyOf('finn'))).toMatchObject({ outcome: 'refused', code: 'signature_invalid' });
    expect(await handIn(o, command)).toMatchObject({ outcome: 'applied', id: command.id });
  });
});

async function signedText(payloadType: string, payload: string): Promise<string> {
  return envelopeText(await signEnvelope({ payloadType, payload: Buffer.from(payload), signers: [keyOf('sam')] }));
}

describe('a hold', () => {
  const hold = (o: Office) =>
    o.draft('sam', 'security-lead', 'hold', { scope: { level: 'group', names: ['hr'] }, reason: 'audit finding' });

  it('is a fence at the platform before it is a word in the log', async () => {
    const seen: unknown[] = [];
    const o = await opened({
      fence: async ({ scopes, ceiling }) => (seen.push({ scopes, ceiling, entries: answersIn(o).length }), 9),
    });
    const result = await handIn(o, hold(o));
    expect(seen).toEqual([
      { scopes: [{ level: 'cohort', deployment: o.d.name.deployment, name: 'hr-research' }], ceiling: 'shadow', entries: 0 },
    ]);
    const index = result.outcome === 'applied' ? result.index : -1;
    expect(o.log.all[index]?.data).toMatchObject({ fenceGeneration: 9 });
    expect(o.log.all.find((e) => e.kind === 'hold.added')?.data).toMatchObject({ why: 'audit finding', ceiling: 'shadow' });
  });

  it('whose worker died between the answer and what follows from it is completed by the next attempt', async () => {
    const fences: string[] = [];
    const o = await opened({ fence: async ({ commandId }) => (fences.push(commandId), 9) });
    const { recorder } = o.d.tenant;
    let adds = 0;
    o.d.tenant.recorder = {
      ...recorder,
      add: (e, s) => (++adds === 2 ? Promise.reject(new Error('killed')) : recorder.add(e, s)),
    };
    const command = hold(o);
    await expect(handIn(o, command)).rejects.toThrow('killed');
    expect(o.log.all.some((e) => e.kind === 'hold.added')).toBe(false);

    expect(await handIn(o, command)).toMatchObject({ outcome: 'applied', id: command.id });
    expect(o.log.all.filter((e) => e.kind === 'hold.added').length).toBe(1);
    expect(answersIn(o).length).toBe(1);
    // The same fence again: by its id the platform knows that it stands already.
    expect(new Set(fences).size).toBe(1);
  });

  it('that the platform does not take is not answered: it will be tried again', async () => {
    const o = await opened({ fence: () => Promise.reject(new Error('503')) });
    await expect(handIn(o, hold(o))).rejects.toThrow('503');
    expect(answersIn(o)).toEqual([]);
  });
});
