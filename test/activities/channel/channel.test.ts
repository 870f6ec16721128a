import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { alertmanagerPager } from '../../../clients/notify/pager/alertmanager.ts';
import { teamsWebhook } from '../../../clients/notify/teams/webhook.ts';
import { SET } from '../office/office.ts';
import { RunningSlack } from '../../rehearsal/slack/running-slack.ts';
import { buttonsOf, Channelled, keyOf } from './told.ts';

const SIGNERS = [
  ['customer-lead', 'chris'],
  ['security-lead', 'sam'],
  ['cfo', 'finn'],
] as const;

let slack: RunningSlack;
let channel: Channelled;
beforeEach(async () => {
  slack = await RunningSlack.start('http://127.0.0.1:9/slack/acme');
  channel = new Channelled(slack);
  await channel.open();
});
afterEach(async () => {
  await channel.die();
  await slack.stop();
});

describe('the channel of a deployment', { timeout: 90_000 }, () => {
  it('has one root message that is edited in place, cards that lose their buttons once decided, and an end', async () => {
    channel.keep();
    const root = await channel.until('the root message', () => channel.shown('root'));
    expect(root.text).toContain('COUNTDOWN');
    await channel.start();
    await channel.evidence('sales-ic');
    await channel.evidence('hr-lead');
    channel.at(41);
    await channel.reviewed();
    const cards = await channel.until('two cards', async () => {
      const found = (await channel.messages()).filter((m) => keyOf(m).startsWith('card/'));
      return found.length === 2 && found;
    });
    for (const card of cards) {
      expect(buttonsOf(card)).toEqual(['golive.sign-approve', 'golive.sign-reject']);
      expect(card.thread_ts).toBeUndefined();
    }
    const sales = cards.find((m) => m.text.startsWith('sales-ic'));
    expect(JSON.stringify(sales)).toContain('$200 a month projected, $1,000 budgeted');

    const entries = [];
    for (const [role, person] of SIGNERS) entries.push(await channel.sign(role, person, 'sales-ic'));
    const decided = await channel.until('the card is decided', async () => {
      const card = await channel.shown(keyOf(sales ?? { ts: '', text: '' }));
      return card !== undefined && buttonsOf(card).length === 0 && card;
    });
    expect(decided.text).toContain('signed by all three');
    for (const entry of entries) expect(JSON.stringify(decided)).toContain(`entry #${entry}`);
    expect(await channel.until('the root keeps up', async () => (await channel.shown('root'))?.text.includes('PROVISION'))).toBe(
      true,
    );

    await channel.office.write('deployment.closed', 'closed', { result: 'live-with-exceptions' });
    await channel.ended();
    const all = await channel.messages();
    expect(all.filter((m) => buttonsOf(m).length > 0)).toEqual([]);
    expect(all.find((m) => keyOf(m) === 'root')?.text).toContain('closed, live-with-exceptions');
    expect(all.find((m) => keyOf(m) === 'end')).toMatchObject({ thread_ts: root.ts, broadcast: true });
    expect(await channel.keys()).toEqual(channel.made());
    expect(channel.warnings).toEqual([]);
  });

  it('is told once and in order what was made while Slack was down', async () => {
    channel.keep();
    await channel.until('the root message', () => channel.shown('root'));
    await channel.start();
    await slack.change({ action: 'down-for', ms: 6_000 });
    await channel.evidence('sales-ic');
    await channel.reviewed();
    for (const hour of [6, 12, 13]) {
      channel.at(hour);
      await channel.until(`hour ${hour} is made`, async () => channel.made().some((key) => key.endsWith(`/${hour}`)));
    }
    await channel.until('the backlog is sent', async () => (await channel.keys()).length === channel.made().length);
    expect(await channel.keys()).toEqual(channel.made());
  });

  it('is told nothing twice, though the worker dies each time between a message and its entry', async () => {
    const { recorder } = channel.office.d.tenant;
    const lost = new Set<string>();
    let hangs = false;
    // The first time that something was sent, the log is never told of it.
    channel.office.d.tenant.recorder = {
      ...recorder,
      add(entries, signal) {
        const sent = entries.find((e) => e.kind === 'notice.sent');
        if (sent === undefined || lost.has(sent.id)) return recorder.add(entries, signal);
        lost.add(sent.id);
        hangs = true;
        return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error)));
      },
    };
    await channel.start();
    channel.at(1);
    await channel.office.write('task.opened', 'task/1', {
      ...{ taskId: 'set', owner: 'atlas-operator', code: 'set_not_verified', sentence: 'The set differs.', next: 'golive retry' },
    });
    await channel.evidence('sales-ic');
    await channel.reviewed();
    for (let death = 0; death < 4; death++) {
      hangs = false;
      channel.keep();
      await channel.until('a message is posted and not recorded', async () => hangs);
      await channel.die();
    }
    channel.keep();
    await channel.until('all is recorded', async () => {
      const { notices } = await channel.office.d.view();
      return Object.values(notices).length >= 4 && Object.values(notices).every((n) => n.sent.slack !== undefined);
    });
    const keys = await channel.keys();
    expect(keys).toEqual(channel.made());
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('is checked once gate 1 is passed: in Slack delivered, found again and edited, by Teams accepted; the pager hears of escalations', async () => {
    channel = new Channelled(
      slack,
      { alsoTo: ['teams'] },
      {
        teams: teamsWebhook({ webhook: `${slack.origin}/teams/golive` }),
        pager: alertmanagerPager({ url: `${slack.origin}/pager` }),
      },
    );
    await channel.open();
    await channel.start();
    channel.at(24);
    const { office } = channel;
    const { d } = office;
    const evidence = { ref: 'rows', digest: SET };
    await office.write('gate.passed', 'gate-1', { gate: 'gate-1', commandIndex: 0, planHours: 24, evidence });
    await office.write('escalation.raised', 'escalation/1', {
      ...{ escalation: 'sign/cfo/1', about: 'sign/cfo', what: 'sign 2 cohort groups', owner: 'cfo', level: 'on-call' },
      ...{ told: ['lea'], since: new Date(d.now()).toISOString() },
    });
    channel.keep();
    const checked = await channel.until('the adapters are checked', async () => (await d.view()).evidence['adapters']);
    expect(checked.summary).toMatch(
      /^slack: delivered, found again and edited \(entry #\d+\) and teams: accepted \(entry #\d+\)$/,
    );
    expect(JSON.stringify(await channel.shown('check/slack'))).toContain('This message was delivered, found again and edited.');
    const escalation = await channel.until('the escalation is told', () => channel.shown('escalation/sign/cfo/1'));
    expect(buttonsOf(escalation)).toEqual(['golive.ack', 'golive.hand-over']);
    expect(JSON.stringify(escalation.blocks)).toContain('<@U0LEA>');

    await office.write('escalation.closed', 'escalation/1/closed', { escalation: 'sign/cfo/1', how: 'finn signed' });
    await channel.until('it loses its buttons', async () => {
      const now = await channel.shown('escalation/sign/cfo/1');
      return now !== undefined && buttonsOf(now).length === 0;
    });
    const sinks = await channel.until('the pager is told that it is over', async () => {
      const all = await slack.look<{ sink: string; body: { status?: string } }[]>('/control/sinks');
      return all.filter((s) => s.sink === '/pager').length === 2 && all;
    });
    expect(sinks.filter((s) => s.sink === '/pager').map((s) => s.body.status)).toEqual(['firing', 'resolved']);
    const toTeams = channel.made().filter((key) => key !== 'check/slack');
    await channel.until('Teams has it all', async () => {
      const all = await slack.look<{ sink: string }[]>('/control/sinks');
      return all.filter((s) => s.sink !== '/pager').length === toTeams.length;
    });
  });
});
