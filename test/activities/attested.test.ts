import { describe, expect, it } from 'vitest';
import { applyOrder } from '../../activities/control/command.ts';
import { envelopeText } from '../../audit/envelope.ts';
import { temporarySigner } from '../../clients/keys/local.ts';
import type { Command } from '../../domain/command.ts';
import type { FailureCode } from '../../domain/failure.ts';
import type { Role } from '../../domain/roles.ts';
import { GATEWAY, inSlack, keyOf, newOffice, NOW, OTHER_SET, SET, SLACK, type Office } from './office/office.ts';

const REF = { ref: 'evidence/1', digest: SET };
const SHOWN = { ref: 'evidence/hr', digest: `sha256:${'1'.repeat(64)}` };
const CHANGED = { ref: 'evidence/hr2', digest: `sha256:${'2'.repeat(64)}` };
const HOUR_MS = 3_600_000;
const iso = (ms: number): string => new Date(ms).toISOString();

const shown = (o: Office, evidence = SHOWN) =>
  o.write('group.evidence', `evidence/${evidence.digest}`, { group: 'hr', cohorts: ['hr-research'], agents: 3, evidence });
const card = (o: Office, id: string, change: Partial<{ boundTo: string; expiresAt: string; manifestSetDigest: string }> = {}) =>
  o.write('card.issued', `card/${id}`, {
    ...{ card: id, group: 'hr', boundTo: SHOWN.digest, manifestSetDigest: SET, policyVersion: 1 },
    ...{ expiresAt: iso(NOW + HOUR_MS), ...change },
  });

/** Evidence for one group, and the card `card-1` for it. */
async function asked(): Promise<Office> {
  const o = newOffice({
    file: { slack: SLACK! },
    platform: { fences: async () => ({ generation: 4, fences: [] }), fence: async () => 5 },
  });
  const cohorts = [{ id: 'hr-research', group: 'hr', shape: 'research' as const, agents: 3 }];
  await o.write('plan.recorded', 'plan', { cohorts, managers: 1, plan: REF, forecastMintHours: 1 });
  await shown(o);
  await card(o, 'card-1');
  return o;
}

const signature = (o: Office, person = 'finn', role: Role = 'cfo', change: Partial<Command> = {}): Command => {
  const base = o.draft(person, role, 'sign', { scope: { level: 'group', names: ['hr'] }, args: { decision: 'approve' } });
  return { ...base, saw: { ...base.saw, evidence: { hr: SHOWN.digest } }, ...change };
};
const clicked = (o: Office, person = 'finn', role: Role = 'cfo', change: Partial<Command> = {}, cards = ['card-1']): Command =>
  inSlack(signature(o, person, role, change), { cards });
const handIn = async (o: Office, command: Command, signer = GATEWAY) =>
  applyOrder(o.d, { envelope: envelopeText(await o.sign(command, signer)), handedInAt: iso(o.d.now()) });
const answersIn = (o: Office) => o.log.all.filter((e) => e.kind === 'command.applied' || e.kind === 'command.refused');
const delegated = (o: Office, until = iso(NOW + 8 * HOUR_MS)) =>
  o.draft('finn', 'cfo', 'delegate', { args: { delegation: { to: 'otto', role: 'cfo', mode: 'act', kinds: ['sign'], until } } });

describe('a click in Slack', () => {
  it('is applied like an order of the person, and says how it came', async () => {
    const o = await asked();
    const command = clicked(o);
    expect(await handIn(o, command)).toMatchObject({ outcome: 'applied', id: command.id });
    expect(answersIn(o)[0]).toMatchObject({ actor: 'finn', data: { command: { attestation: { user: 'U-finn' } } } });
    expect(o.log.all.find((e) => e.kind === 'sign-off')?.data).toMatchObject({
      role: 'cfo',
      channel: 'slack',
      boundTo: SHOWN.digest,
    });
  });

  it('handed in five times is one order', async () => {
    const o = await asked();
    const command = clicked(o);
    const answers = [];
    for (let i = 0; i < 5; i++) answers.push(await handIn(o, command));
    expect(new Set(answers.map((a) => JSON.stringify(a))).size).toBe(1);
    expect(answersIn(o)).toHaveLength(1);
    expect(o.log.all.filter((e) => e.kind === 'sign-off')).toHaveLength(1);
  });

  const rows: [string, FailureCode, (o: Office) => Promise<Command> | Command][] = [
    [
      'by another user than the person named',
      'signature_invalid',
      (o) => inSlack(signature(o), { user: 'U-sam', cards: ['card-1'] }),
    ],
    ['in another workspace', 'signature_invalid', (o) => inSlack(signature(o), { team: 'T-other', cards: ['card-1'] })],
    ['without a word about who clicked', 'signature_invalid', (o) => signature(o)],
    ['in the name of nobody known', 'unknown_person', (o) => clicked(o, 'eve')],
    ['in a role that is not theirs', 'role_not_held', (o) => clicked(o, 'finn', 'customer-lead')],
    ['in a role that does not sign', 'role_not_allowed', (o) => clicked(o, 'otto', 'operations-lead')],
    ['by who started the deployment', 'starter_may_not_sign', (o) => clicked(o, 'dan', 'cfo')],
    ['by who started it, under another name', 'starter_may_not_sign', (o) => clicked(o, 'daniel', 'cfo')],
    ['that has expired on its way', 'command_expired', (o) => clicked(o, 'finn', 'cfo', { expiresAt: iso(NOW - 1) })],
    ['for another deployment', 'wrong_deployment', (o) => clicked(o, 'finn', 'cfo', { deployment: 'q3' })],
    ['for another environment', 'wrong_deployment', (o) => clicked(o, 'finn', 'cfo', { environment: 'production' })],
    ['for another log', 'wrong_deployment', (o) => clicked(o, 'finn', 'cfo', { logOrigin: 'log.other.example' })],
    [
      'on another manifest set',
      'stale_binding',
      (o) => clicked(o, 'finn', 'cfo', { saw: { ...signature(o).saw, manifestSetDigest: OTHER_SET } }),
    ],
    ['on a card that is not in the log', 'unknown_card', (o) => clicked(o, 'finn', 'cfo', {}, ['card-9'])],
    [
      'with a forged value, about a group that is not there',
      'unknown_card',
      (o) => clicked(o, 'finn', 'cfo', { scope: { level: 'group', names: ['unknown-card'] } }, ['../../etc']),
    ],
    ['without a card', 'unknown_card', (o) => clicked(o, 'finn', 'cfo', {}, [])],
    [
      'on a card that had expired',
      'command_expired',
      async (o) => (await card(o, 'card-2', { expiresAt: iso(NOW - HOUR_MS) }), clicked(o, 'finn', 'cfo', {}, ['card-2'])),
    ],
    ['on a card whose evidence has changed since', 'stale_binding', async (o) => (await shown(o, CHANGED), clicked(o))],
    [
      'on a card of older evidence than its giver says',
      'stale_binding',
      async (o) => (await card(o, 'card-2', { boundTo: CHANGED.digest }), clicked(o, 'finn', 'cfo', {}, ['card-2'])),
    ],
    [
      'on a card of another manifest set',
      'stale_binding',
      async (o) => (await card(o, 'card-2', { manifestSetDigest: OTHER_SET }), clicked(o, 'finn', 'cfo', {}, ['card-2'])),
    ],
    [
      'by a person who was counted in another role',
      'person_counted_twice',
      async (o) => (await handIn(o, clicked(o, 'ann', 'security-lead')), clicked(o, 'ann', 'customer-lead')),
    ],
    [
      'by the same person under another name',
      'person_counted_twice',
      async (o) => (await handIn(o, clicked(o, 'ann', 'security-lead')), clicked(o, 'anna', 'cfo')),
    ],
    ['by a second holder of the role', 'already_done', async (o) => (await handIn(o, clicked(o)), clicked(o, 'anna', 'cfo'))],
    [
      'under a delegation that was revoked while it waited',
      'delegation_void',
      async (o) => {
        const delegation = delegated(o);
        await handIn(o, delegation, keyOf('finn'));
        const waiting = clicked(o, 'otto', 'cfo', { delegation: delegation.id });
        await handIn(o, o.draft('finn', 'cfo', 'revoke', { args: { delegationId: delegation.id } }), keyOf('finn'));
        return waiting;
      },
    ],
    [
      'under a delegation that has run out',
      'delegation_void',
      async (o) => {
        const delegation = delegated(o, iso(NOW + 1000));
        await handIn(o, delegation, keyOf('finn'));
        o.setNow(NOW + 2000);
        return clicked(o, 'otto', 'cfo', { delegation: delegation.id });
      },
    ],
    [
      'under a delegation that nobody gave',
      'unknown_delegation',
      (o) => clicked(o, 'otto', 'cfo', { delegation: 'order-nowhere' }),
    ],
    [
      'to promote',
      'personal_signature_needed',
      (o) => inSlack(o.draft('lea', 'deployment-lead', 'promote', { scope: { level: 'wave', names: ['research'] } })),
    ],
    [
      'to approve the set',
      'personal_signature_needed',
      (o) => inSlack(o.draft('finn', 'cfo', 'approve', { scope: { level: 'set', names: [] }, args: { decision: 'approve' } })),
    ],
  ];
  it.each(rows)('%s is refused as %s, once, and signs nothing', async (_what, code, make) => {
    const o = await asked();
    const command = await make(o);
    const [answers, signOffs] = [answersIn(o).length, o.log.all.filter((e) => e.kind === 'sign-off').length];
    expect(await handIn(o, command)).toMatchObject({ outcome: 'refused', code });
    expect(await handIn(o, command)).toMatchObject({ outcome: 'refused', code });
    expect(answersIn(o).slice(answers)).toMatchObject([{ kind: 'command.refused', data: { commandId: command.id, code } }]);
    expect(o.log.all.filter((e) => e.kind === 'sign-off')).toHaveLength(signOffs);
  });

  it.each<[string, (o: Office) => Promise<unknown>]>([
    ['a gateway that the deployment file does not name', (o) => handIn(o, clicked(o), temporarySigner())],
    ['the person themselves', (o) => handIn(o, clicked(o), keyOf('finn'))],
    ['another person', (o) => handIn(o, clicked(o), keyOf('sam'))],
  ])('to which %s attests is refused, and does not use up its id', async (_who, attempt) => {
    const o = await asked();
    expect(await attempt(o)).toMatchObject({ outcome: 'refused', code: 'signature_invalid' });
    const command = clicked(o);
    await handIn(o, command, temporarySigner());
    expect(await handIn(o, command)).toMatchObject({ outcome: 'applied', id: command.id });
  });

  it('is not taken from a deployment that has no Slack', async () => {
    const o = newOffice();
    expect(await handIn(o, inSlack(o.draft('sam', 'security-lead', 'hold')))).toMatchObject({ code: 'signature_invalid' });
  });
});

describe('an order of the person', () => {
  it('says since when it was waited for', async () => {
    const o = await asked();
    await o.write('deployment.opened', 'opened', {
      ...{
        environment: 'rehearsal',
        logOrigin: o.d.file.logOrigin,
        runbook: { version: '1', digest: SET },
        manifestSetDigest: SET,
      },
      ...{ deploymentFile: { ...REF, version: 1 }, speed: 1, startedBy: 'dan' },
    });
    o.setNow(NOW + HOUR_MS / 2);
    const confirm = o.draft('sam', 'security-lead', 'confirm', { scope: { level: 'row', names: ['C4'] } });
    await handIn(o, confirm, keyOf('sam'));
    const unasked = o.draft('sam', 'security-lead', 'hold', { scope: { level: 'group', names: ['hr'] } });
    await handIn(o, unasked, keyOf('sam'));
    expect(answersIn(o).map((e) => (e.kind === 'command.applied' ? e.data.askedAt : null))).toEqual([iso(NOW), undefined]);
  });
});
