import { beforeAll, describe, expect, it } from 'vitest';
import type { Verification } from '../../../audit/verify/verify.ts';
import type { Command } from '../../../domain/command.ts';
import type { NewEntry } from '../../../domain/entry.ts';
import { draftsOf, type SignedDeployment } from '../../support/signed-deployment.ts';
import { logOf, rulesBroken, smallDeployment, verified } from '../../support/verified.ts';

let made: SignedDeployment;
const T0 = Date.parse('2026-03-02T08:00:00.000Z');
/** From T+12 to T+20 at speed 2880, ten seconds of wall time. */
const AWAY = { fromMs: T0 + 15_000, toMs: T0 + 25_000 };

beforeAll(async () => {
  made = await smallDeployment();
});

async function withAbsence(
  change: (command: Command, gap: { from: string; to: string }) => void = () => undefined,
): Promise<Verification> {
  const drafts = structuredClone(made.drafts);
  const away = (atMs: number) => atMs > AWAY.fromMs && atMs < AWAY.toMs;
  const silent = await verified(await logOf(made, drafts, { away }));
  const [gap] = silent.witnessGaps;
  if (!gap) throw new Error('there is no gap');
  // An order that is there anyway, given by the Security Lead at T+41.
  const explains = draftsOf(drafts, 'command.applied').find(({ entry }) => entry.data.command.id === 'order-confirm-W2.08');
  if (!explains) throw new Error('there is no such order');
  const { command } = explains.entry.data;
  command.role = 'security-lead';
  command.person = made.file.people.find((p) => p.roles.includes('security-lead'))?.id ?? '';
  change(command, gap);
  explains.entry.data.envelope = await made.sign(command);
  const document = made.put(JSON.stringify({ gaps: [gap] }));
  const data = { subject: 'explain:W1.15', summary: 'one gap', evidence: document };
  const before = drafts.findIndex((d) => d === explains);
  const { entry } = explains;
  const listed = { ...entry, id: `${entry.id}/gaps`, kind: 'evidence', data } as unknown as NewEntry;
  drafts.splice(before, 0, { entry: listed, cites: {} });
  return verified(await logOf(made, drafts, { away }));
}

const digestOf = (gap: { from: string; to: string }): string => made.put(JSON.stringify({ gaps: [gap] })).digest;

describe('a witness that was away', () => {
  it('for longer than it may be is a finding', async () => {
    const verification = await withAbsence();
    expect(rulesBroken(verification)).toEqual(['witness_gap']);
    expect(verification.witnessGaps).toMatchObject([{ deployment: 'acme/q4' }]);
  });

  it('is explained by the Security Lead, who names the time since when it was', async () => {
    const verification = await withAbsence((command, { from }) => {
      command.reason = `witness-gap ${from}: the network was being mended`;
    });
    expect(rulesBroken(verification)).toEqual([]);
    expect(verification.witnessGaps[0]?.explainedBy).toBeGreaterThan(0);
    expect(verification.notices.map((n) => n.text).join()).toContain('explained it');
  });

  it('is explained by confirming W1.15 on the document that lists the gap', async () => {
    const verification = await withAbsence((command, gap) => {
      command.scope.names = ['W1.15'];
      command.saw.evidence['W1.15'] = digestOf(gap);
    });
    expect(rulesBroken(verification)).toEqual([]);
  });

  it('is not explained by somebody else, or by words about another time', async () => {
    const customer = made.file.people.find((p) => p.roles.includes('customer-lead'))?.id ?? '';
    const other = await withAbsence((command, { from }) => {
      Object.assign(command, { role: 'customer-lead', person: customer, reason: `witness-gap ${from}` });
    });
    expect(rulesBroken(other)).toEqual(['witness_gap']);
    const another = await withAbsence((command) => {
      command.reason = 'witness-gap 2026-03-01T00:00:00: another one';
    });
    expect(rulesBroken(another)).toEqual(['witness_gap']);
  });
});
