import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Acted } from '../../rehearsal/slack/running-slack.ts';
import { openDesk, SOON, userOf, wordsOf, type Desk } from './desk.ts';

describe('an escalation in Slack', () => {
  let desk: Desk;
  beforeAll(async () => {
    desk = await openDesk();
    for (const escalation of ['go/gate-1/1', 'sign/cfo/1']) {
      await desk.o.write('escalation.raised', `escalation/${escalation}/on-call`, {
        ...{ escalation, about: escalation.slice(0, -2), what: 'say go for gate 1', owner: 'deployment-lead', level: 'on-call' },
        ...{ told: ['otto'], since: new Date().toISOString() },
      });
    }
  });
  afterAll(() => desk.close());
  const click = (person: string, id: string, what: string): Promise<Acted> =>
    desk.click(person, { id }, { action_id: `golive.${what}`, patienceMs: 900 });
  const told = (person: string) => expect.poll(() => desk.told(userOf(person)), SOON);

  it('is taken on with one click, which is an order in the log', async () => {
    const { acked } = await click('otto', 'go/gate-1/1', 'ack');
    await desk.settled();
    expect(acked).toBe(true);
    expect(desk.entries('command.applied').at(-1)?.data.command).toMatchObject({
      ...{ kind: 'ack', person: 'otto', args: { escalation: 'go/gate-1/1' } },
      attestation: { user: 'U0OTTO', cards: [] },
    });
    await told('otto').toContain('Recorded as entry #');
  });

  it('is not acknowledged while the engine is away, and can be clicked again', async () => {
    desk.away.engine = true;
    const { acked, answers } = await click('finn', 'sign/cfo/1', 'ack');
    desk.away.engine = false;
    expect([acked, answers[0]?.status]).toEqual([false, 503]);
    await told('finn').toContain('Click again');
  });

  it('that somebody has taken on says who and since when', async () => {
    const { views } = await click('lea', 'go/gate-1/1', 'ack');
    expect(wordsOf(views[0])).toMatch(/otto has it in hand since .* \(entry #\d+\)/);
  });

  it('is handed over to a person chosen from those of the deployment', async () => {
    const { views } = await click('otto', 'sign/cfo/1', 'hand-over');
    const view = views[0]?.id ?? '';
    expect(views[0]?.callback_id).toBe('golive.hand-over');
    const { view: shown } = await desk.slack.act({ type: 'submit', user: userOf('otto'), view, values: { person: 'finn' } });
    expect(wordsOf(shown)).toContain('Recorded as entry #');
    await desk.settled();
    expect(desk.entries('command.applied').at(-1)?.data.command.args).toEqual({ escalation: 'sign/cfo/1', handTo: 'finn' });
  });

  it('that nobody raised is refused in the log', async () => {
    await click('otto', 'go/gate-9/1', 'ack');
    await desk.settled();
    expect(desk.entries('command.refused').at(-1)?.data.code).toBe('unknown_escalation');
    await told('otto').toContain('unknown_escalation');
  });

  it('that is over says how it ended', async () => {
    await desk.o.write('escalation.closed', 'escalation/sign/cfo/1/closed', { escalation: 'sign/cfo/1', how: 'finn signed' });
    const { views } = await click('otto', 'sign/cfo/1', 'ack');
    expect(wordsOf(views[0])).toContain('finn signed');
  });
});
