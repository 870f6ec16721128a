import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { slackSignature } from '../../../gateway/slack/signature.ts';
import { attestedOrder } from '../../../gateway/slack/orders.ts';
import { envelopeText, signJson } from '../../../audit/envelope.ts';
import { temporarySigner } from '../../../clients/keys/local.ts';
import { COMMAND_PAYLOAD_TYPE, type Command } from '../../../domain/command.ts';
import { keyOf } from '../../activities/office/office.ts';
import { WORKSPACE } from '../../rehearsal/slack/running-slack.ts';
import { digest, openDesk, SOON, userOf, wordsOf, type Card, type Desk } from './desk.ts';

/** What nobody whom we know sent: counted, one entry a minute, and never one of its own. */
describe('turned away, and counted in the log', () => {
  let desk: Desk;
  let hr: Card;
  beforeAll(async () => {
    desk = await openDesk();
    hr = await desk.issue('hr');
  });
  afterAll(() => desk.close());

  it.each([
    ['a signature under another secret', { secret: 'another-secret-of-16' }, 401],
    ['a timestamp of ten minutes ago', { ageSeconds: 600 }, 401],
    ['a timestamp in ten minutes', { ageSeconds: -600 }, 401],
    ['another workspace', { team: 'T0OTHER' }, 403],
  ])('%s', async (_what, forge, status) => {
    const { acked, answers } = await desk.click('finn', hr, { forge, patienceMs: 0 });
    expect([acked, answers[0]?.status]).toEqual([false, status]);
  });

  it('the same bytes a second time', async () => {
    const body = new URLSearchParams({ command: '/golive', text: 'who', team_id: 'T0ACME', user_id: userOf('finn') });
    body.set('channel_id', 'C0GOLIVE');
    body.set('trigger_id', '1.2.3');
    const now = String(Math.floor(Date.now() / 1000));
    const headers = {
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': now,
      'x-slack-signature': slackSignature(WORKSPACE.signingSecret, now, body.toString()),
    };
    const send = () => desk.app.inject({ method: 'POST', url: '/slack/acme/commands', headers, payload: body.toString() });
    expect([(await send()).statusCode, (await send()).statusCode]).toEqual([200, 401]);
  });

  it.each([
    ['U0GUEST', 'Guests of this workspace give no orders'],
    ['U0SINGLE', 'Guests of this workspace give no orders'],
    ['U0STRANGER', 'You are not among the people of this deployment'],
  ])('%s, who is told so and nobody else', async (user, told) => {
    const { views } = await desk.click('finn', hr, { user, patienceMs: 300 });
    expect(views).toEqual([]);
    await expect.poll(() => desk.told(user), SOON).toContain(told);
  });

  it.each(['U0ROBOT', 'U0GONE', 'U0ELSEWHERE'])('%s, who is nobody to be told', async (user) => {
    expect((await desk.click('finn', hr, { user, patienceMs: 100 })).views).toEqual([]);
  });

  it('somebody who was deactivated after the modal had opened', async () => {
    const { views } = await desk.click('chris', hr);
    await desk.slack.change({ action: 'user', id: userOf('chris'), deleted: true });
    const { answers } = await desk.submit('chris', views[0]?.id ?? '');
    expect(answers[0]?.body).toContain('errors');
    await desk.slack.change({ action: 'user', id: userOf('chris'), deleted: false });
  });

  it('a button whose value we never made, and one of a deployment that is not there', async () => {
    for (const value of ['x', '{"group":"hr"}', 'no-such-deployment:abc']) {
      expect((await desk.click('finn', hr, { value, patienceMs: 100 })).views).toEqual([]);
    }
  });

  it('stand in the log as one entry of counts, and nothing was handed in', async () => {
    expect(desk.handed).toEqual([]);
    expect(await desk.turnedAway()).toEqual({
      ...{ bad_signature: 1, old_timestamp: 1, future_timestamp: 1, replay: 1 },
      ...{ wrong_team: 2, guest: 2, unknown_user: 1, bot: 1, deactivated: 2, malformed: 3 },
    });
    expect(desk.entries('gateway.refused').length).toBe(1);
    expect(desk.entries('command.refused')).toEqual([]);
  });
});

/** What somebody sent whom Slack and the deployment file know: one entry each, with the sentence that they are shown. */
describe('refused by the engine, each with an entry of its own', () => {
  let desk: Desk;
  beforeAll(async () => {
    desk = await openDesk();
  });
  afterAll(() => desk.close());

  /** The newest refusal, and whether the person was shown its sentence and number. */
  async function refused(view: unknown): Promise<{ code: string; actor: string }> {
    await desk.settled();
    const index = desk.o.log.all.findLastIndex((e) => e.kind === 'command.refused');
    const entry = desk.o.log.all[index];
    if (entry?.kind !== 'command.refused') throw new Error('nothing was refused');
    const { code, sentence } = entry.data;
    expect(wordsOf(view)).toContain(JSON.stringify(`Refused: ${sentence}`).slice(1, -1));
    expect(wordsOf(view)).toContain(`entry #${index}, ${code}`);
    return { code, actor: entry.actor };
  }
  const count = () => desk.entries('command.refused').length;

  it('a role that does not sign', async () => {
    const { view } = await desk.sign('lea', await desk.issue('hr'));
    expect(await refused(view)).toEqual({ code: 'role_not_allowed', actor: 'lea' });
  });

  it('who started the deployment', async () => {
    const { view } = await desk.sign('dan', await desk.issue('hr'));
    expect(await refused(view)).toEqual({ code: 'starter_may_not_sign', actor: 'dan' });
  });

  it('one human being under two names', async () => {
    await desk.sign('ann', await desk.issue('hr'));
    await desk.settled();
    expect(desk.entries('command.applied').length).toBe(1);
    const card = await desk.issue('hr');
    const { views } = await desk.click('anna', card);
    expect(wordsOf(views[0])).toContain('You have decided about hr before: ann approved it as CISO');
  });

  it('one human being under two names, whose two modals were open at the same time', async () => {
    const card = await desk.issue('sales');
    const [one, two] = [await desk.click('ann', card), await desk.click('anna', card)];
    await desk.submit('ann', one.views[0]?.id ?? '');
    await desk.settled();
    const { view } = await desk.submit('anna', two.views[0]?.id ?? '');
    expect(await refused(view)).toEqual({ code: 'person_counted_twice', actor: 'anna' });
  });

  it('the same person in two modals', async () => {
    const card = await desk.issue('hr');
    const [one, two] = [await desk.click('finn', card), await desk.click('finn', card)];
    await desk.submit('finn', one.views[0]?.id ?? '');
    await desk.settled();
    const { view } = await desk.submit('finn', two.views[0]?.id ?? '');
    expect(await refused(view)).toEqual({ code: 'already_done', actor: 'finn' });
  });

  it('a card that ran out while its modal was open', async () => {
    const card = await desk.issue('hr', { expiresAt: new Date(Date.now() + 700).toISOString() });
    const { views } = await desk.click('chris', card);
    await new Promise((resolve) => setTimeout(resolve, 800));
    const { view } = await desk.submit('chris', views[0]?.id ?? '');
    expect(await refused(view)).toEqual({ code: 'command_expired', actor: 'chris' });
  });

  it('evidence that changed while the modal was open', async () => {
    const { views } = await desk.click('chris', await desk.issue('hr'));
    await desk.evidence('hr', digest(9));
    const { view } = await desk.submit('chris', views[0]?.id ?? '');
    expect(await refused(view)).toEqual({ code: 'stale_binding', actor: 'chris' });
  });

  it('a manifest set that is another one by now', async () => {
    const card = await desk.issue('hr', { manifestSetDigest: digest(6) });
    const { view } = await desk.sign('chris', card, { digest: digest(6).slice(7, 15) });
    expect(await refused(view)).toEqual({ code: 'stale_binding', actor: 'chris' });
  });

  it('a card that nobody issued, also under a forged value', async () => {
    const before = count();
    const { views } = await desk.click('chris', { id: 'AAAAAAAAAAAA' });
    expect(views).toEqual([]);
    await expect.poll(() => desk.told(userOf('chris')), SOON).toContain('unknown_card');
    expect(await refused(await desk.told(userOf('chris')))).toEqual({ code: 'unknown_card', actor: 'chris' });
    expect(count()).toBe(before + 1);
  });

  it('who acts for another, after that was taken back', async () => {
    await desk.evidence('sales', digest(4));
    const delegation = {
      ...{ to: 'otto', role: 'cfo' as const, mode: 'act' as const, kinds: ['sign' as const] },
      until: new Date(Date.now() + 3_600_000).toISOString(),
    };
    const given = desk.o.draft('finn', 'cfo', 'delegate', { id: 'delegation-1', args: { delegation } });
    await desk.o.applied(given);
    const card = await desk.issue('sales');
    const { views } = await desk.click('otto', card);
    await desk.o.applied(desk.o.draft('finn', 'cfo', 'revoke', { args: { delegationId: 'delegation-1' } }));
    const { view } = await desk.submit('otto', views[0]?.id ?? '');
    expect(await refused(view)).toEqual({ code: 'delegation_void', actor: 'otto' });
  });

  it('who acts for another, while it stands: applied, and the log says for whom', async () => {
    const delegation = {
      ...{ to: 'otto', role: 'cfo' as const, mode: 'act' as const, kinds: ['sign' as const] },
      until: new Date(Date.now() + 3_600_000).toISOString(),
    };
    await desk.o.applied(desk.o.draft('finn', 'cfo', 'delegate', { id: 'delegation-2', args: { delegation } }));
    const { view } = await desk.sign('otto', await desk.issue('sales'));
    expect(wordsOf(view)).toContain('Recorded as entry #');
    await desk.settled();
    expect(desk.entries('command.applied').at(-1)?.data.command).toMatchObject({ role: 'cfo', delegation: 'delegation-2' });
  });

  /** Past the gateway: what somebody with access to the namespace could send as a signal, with nothing of ours in between. */
  async function signalled(change: Partial<Command>, signer = desk.c.signer): Promise<string> {
    const card = await desk.issue('sales');
    const view = await desk.o.d.view();
    const finn = desk.o.d.file.people.find((p) => p.id === 'finn');
    if (!finn) throw new Error('finn is not there');
    const command = attestedOrder(
      { file: desk.o.d.file, view },
      { team: 'T0ACME', user: userOf('finn') },
      finn,
      {
        ...{
          kind: 'sign',
          scope: { level: 'group', names: ['sales'] },
          capacity: { role: 'cfo' },
          args: { decision: 'approve' },
        },
        ...{ cards: [card.id], click: card.id },
        saw: { manifestSetDigest: `sha256:${'5'.repeat(64)}`, policyVersion: 1, evidence: { sales: digest(4) } },
      },
      Date.now(),
    );
    const value = { ...command, ...change };
    const envelope = await signJson({ payloadType: COMMAND_PAYLOAD_TYPE, value, signers: [signer] });
    await desk.c.commands.handIn({ envelope: envelopeText(envelope), handedInAt: new Date().toISOString() });
    await desk.settled();
    return desk.entries('command.refused').at(-1)?.data.code ?? '';
  }

  it('an order for another deployment or environment, whoever signed it', async () => {
    expect(await signalled({ deployment: 'q3' })).toBe('wrong_deployment');
    expect(await signalled({ environment: 'production' })).toBe('wrong_deployment');
  });

  it('a raw signal: in the name of another, by nobody’s key, by the person’s own key as if from Slack, for what Slack may not order', async () => {
    const attestation = { channel: 'slack' as const, team: 'T0ACME', cards: [] };
    expect(await signalled({ person: 'chris', role: 'customer-lead' })).toBe('signature_invalid');
    expect(await signalled({ attestation: { ...attestation, user: userOf('sam') } })).toBe('signature_invalid');
    expect(await signalled({}, temporarySigner())).toBe('signature_invalid');
    expect(await signalled({}, keyOf('finn'))).toBe('signature_invalid');
    expect(await signalled({ kind: 'promote', scope: { level: 'group', names: ['sales'] } })).toBe('personal_signature_needed');
  });

  it('none of which signed anything off', async () => {
    const refusals = desk.entries('command.refused').map((e) => e.id);
    expect(new Set(refusals).size).toBe(refusals.length);
    expect(desk.entries('sign-off').map((e) => `${e.actor} ${e.data.group}`)).toEqual([
      'ann hr',
      'ann sales',
      'finn hr',
      'otto sales',
    ]);
  });
});
