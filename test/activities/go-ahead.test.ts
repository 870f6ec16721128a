import { describe, expect, it } from 'vitest';
import { gate1, goAhead } from '../../activities/authority.ts';
import { envelopeText } from '../../audit/envelope.ts';
import { temporarySigner } from '../../clients/keys/local.ts';
import { putEvidence } from '../../clients/store/evidence.ts';
import type { Command } from '../../domain/command.ts';
import { codeOf } from './office/code.ts';
import { approveSet, GO_AHEAD, keyOf, newOffice, NOW, OTHER_SET, SET, type Office } from './office/office.ts';

const theGoAhead = (o: Office, change: Partial<Command> = {}) =>
  o.draft('chris', 'customer-lead', 'approve', { ...GO_AHEAD, ...change });
const DAY_MS = 86_400_000;

describe('the go-ahead', () => {
  it('with its four approvals allows creating, under the fence that was in force', async () => {
    const o = newOffice();
    await approveSet(o);
    const grant = await o.applied(theGoAhead(o), { fence: 7 });
    expect(await goAhead(o.d, { grant })).toMatchObject({ index: grant, fenceGeneration: 7 });
  });

  const refusals: [string, string, (o: Office) => Promise<number>][] = [
    ['an index that the log does not have', 'authority_missing', async () => 99],
    ['no index at all', 'authority_missing', async () => -1],
    ['a fraction of an index', 'authority_missing', async () => 0.5],
    [
      'an entry of another kind',
      'authority_missing',
      (o) =>
        o.write('gate.passed', 'gate', { gate: 'gate-1', commandIndex: 0, planHours: 1, evidence: { ref: 'rows', digest: SET } }),
    ],
    ['an order of another kind', 'authority_missing', (o) => o.applied(o.draft('chris', 'customer-lead', 'confirm'))],
    ['an approval of the set', 'authority_missing', (o) => o.applied(theGoAhead(o, { scope: { level: 'set', names: [] } }))],
    ['a refusal to go ahead', 'authority_missing', (o) => o.applied(theGoAhead(o, { args: { decision: 'reject' } }))],
    ['a signature by a stranger', 'signature_invalid', (o) => o.applied(theGoAhead(o), { signer: temporarySigner() })],
    [
      'a signature by somebody else of the deployment',
      'signature_invalid',
      (o) => o.applied(theGoAhead(o), { signer: keyOf('sam') }),
    ],
    [
      'an envelope that says something else than the entry',
      'signature_invalid',
      async (o) => {
        const harmless = await o.sign(o.draft('chris', 'customer-lead', 'confirm'));
        const envelope = await putEvidence(o.d.tenant.audit, '', envelopeText(harmless));
        return o.applied(theGoAhead(o), { envelope });
      },
    ],
    [
      'an envelope that is not in the bucket',
      'authority_missing',
      (o) => o.applied(theGoAhead(o), { envelope: { ref: 'evidence/none', digest: SET } }),
    ],
    [
      'an envelope that was swapped in the bucket',
      'authority_missing',
      async (o) => {
        const { ref } = await putEvidence(o.d.tenant.audit, '', envelopeText(await o.sign(theGoAhead(o))));
        return o.applied(theGoAhead(o), { envelope: { ref, digest: SET } });
      },
    ],
    [
      'somebody whom the file does not name',
      'unknown_person',
      (o) => o.applied(o.draft('eve', 'customer-lead', 'approve', GO_AHEAD)),
    ],
    [
      'a role that the person does not hold',
      'role_not_held',
      (o) => o.applied(o.draft('sam', 'customer-lead', 'approve', GO_AHEAD)),
    ],
    [
      'a role that may not give it',
      'authority_missing',
      (o) => o.applied(o.draft('lea', 'deployment-lead', 'approve', GO_AHEAD)),
    ],
    ['who started the deployment', 'authority_missing', (o) => o.applied(o.draft('dan', 'customer-lead', 'approve', GO_AHEAD))],
    [
      'who started it, under another name',
      'authority_missing',
      (o) => o.applied(o.draft('daniel', 'customer-lead', 'approve', GO_AHEAD)),
    ],
    ['another customer', 'wrong_deployment', (o) => o.applied(theGoAhead(o, { customer: 'other' }))],
    ['another deployment', 'wrong_deployment', (o) => o.applied(theGoAhead(o, { deployment: 'other' }))],
    ['another environment', 'wrong_deployment', (o) => o.applied(theGoAhead(o, { environment: 'production' }))],
    ['another log', 'wrong_deployment', (o) => o.applied(theGoAhead(o, { logOrigin: 'log.other.example' }))],
    ['an order applied after it had expired', 'command_expired', (o) => o.applied(theGoAhead(o), { at: NOW + DAY_MS })],
    [
      'another manifest set',
      'stale_binding',
      (o) => o.applied(theGoAhead(o, { saw: { ...theGoAhead(o).saw, manifestSetDigest: OTHER_SET } })),
    ],
  ];
  it.each(refusals)('is not found in %s: %s', async (_what, code, grant) => {
    const o = newOffice();
    await approveSet(o);
    expect(await codeOf(goAhead(o.d, { grant: await grant(o) }))).toBe(code);
  });

  const old = (c: Command): Command => ({ ...c, issuedAt: new Date(NOW - 15 * DAY_MS).toISOString() });
  const approvals: [string, string, Parameters<typeof approveSet>[1]][] = [
    ['all four', 'allowed', {}],
    ['one missing', 'set_under_approved', { cfo: null }],
    ['one older than the file allows', 'set_under_approved', { ceo: old }],
    [
      'one that had run out by itself',
      'set_under_approved',
      { ceo: (c) => ({ ...c, expiresAt: new Date(NOW).toISOString(), issuedAt: new Date(NOW - DAY_MS).toISOString() }) },
    ],
    ['one that says no', 'set_under_approved', { 'security-lead': (c) => ({ ...c, args: { decision: 'reject' } }) }],
    ['one for another set', 'set_under_approved', { cfo: (c) => ({ ...c, saw: { ...c.saw, manifestSetDigest: OTHER_SET } }) }],
    ['one by who started the deployment', 'set_under_approved', { ceo: (c) => ({ ...c, person: 'dan' }) }],
    ['one by who started it, under another name', 'set_under_approved', { cfo: (c) => ({ ...c, person: 'daniel' }) }],
    [
      'two by one person',
      'set_under_approved',
      { 'security-lead': (c) => ({ ...c, person: 'ann' }), 'customer-lead': (c) => ({ ...c, person: 'ann' }) },
    ],
    [
      'two by one human being under two names',
      'set_under_approved',
      { 'security-lead': (c) => ({ ...c, person: 'ann' }), cfo: (c) => ({ ...c, person: 'anna' }) },
    ],
  ];
  it.each(approvals)('needs the executives: with %s it is %s', async (_what, code, change) => {
    const o = newOffice();
    // One second ago, so that what ends now has ended when the go-ahead is given.
    await approveSet(o, change);
    o.setNow(NOW + 1000);
    expect(await codeOf(goAhead(o.d, { grant: await o.applied(theGoAhead(o)) }))).toBe(code);
  });

  it('does not rest on approvals that came after it', async () => {
    const o = newOffice();
    await approveSet(o, { ceo: null });
    const grant = await o.applied(theGoAhead(o));
    await approveSet(o);
    expect(await codeOf(goAhead(o.d, { grant }))).toBe('set_under_approved');
  });

  it('does not rest on an approval whose signature does not verify, whatever the log says', async () => {
    const o = newOffice();
    await approveSet(o, { ceo: null });
    const forged = o.draft('ella', 'ceo', 'approve', { scope: { level: 'set', names: [] }, args: { decision: 'approve' } });
    await o.applied(forged, { signer: temporarySigner() });
    expect(await codeOf(goAhead(o.d, { grant: await o.applied(theGoAhead(o)) }))).toBe('signature_invalid');
  });

  it('is renewed by a retry, under the newer fence, and by nothing else', async () => {
    const o = newOffice();
    await approveSet(o);
    const grant = await o.applied(theGoAhead(o), { fence: 3 });
    const retry = await o.applied(o.draft('lea', 'deployment-lead', 'retry'), { fence: 9 });
    expect((await goAhead(o.d, { grant, renewed: retry })).fenceGeneration).toBe(9);
    const confirm = await o.applied(o.draft('lea', 'deployment-lead', 'confirm'), { fence: 99 });
    expect(await codeOf(goAhead(o.d, { grant, renewed: confirm }))).toBe('authority_missing');
    const forged = await o.applied(o.draft('lea', 'deployment-lead', 'retry'), { fence: 99, signer: temporarySigner() });
    expect(await codeOf(goAhead(o.d, { grant, renewed: forged }))).toBe('signature_invalid');
  });
});

describe("gate 1's go", () => {
  const scope = (gate: string) => ({ scope: { level: 'gate' as const, names: [gate] } });
  it.each<[string, string, (o: Office) => Command]>([
    ['by the Deployment Lead', 'allowed', (o) => o.draft('lea', 'deployment-lead', 'go', scope('gate-1'))],
    ['for another gate', 'authority_missing', (o) => o.draft('lea', 'deployment-lead', 'go', scope('gate-2'))],
    ['by another role', 'authority_missing', (o) => o.draft('chris', 'customer-lead', 'go', scope('gate-1'))],
    ['that is no go', 'authority_missing', (o) => o.draft('lea', 'deployment-lead', 'waive', scope('gate-1'))],
    [
      'for another set',
      'stale_binding',
      (o) => {
        const go = o.draft('lea', 'deployment-lead', 'go', scope('gate-1'));
        return { ...go, saw: { ...go.saw, manifestSetDigest: OTHER_SET } };
      },
    ],
  ])('%s: %s', async (_what, code, order) => {
    const o = newOffice();
    expect(await codeOf(gate1(o.d, { grant: await o.applied(order(o)) }))).toBe(code);
  });
});
