import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digest, openDesk, SOON, userOf, wordsOf, type Card, type Desk } from './desk.ts';

describe('a sign-off from Slack', () => {
  let desk: Desk;
  let hr: Card;
  let sales: Card;
  beforeAll(async () => {
    desk = await openDesk();
    hr = await desk.issue('hr');
    sales = await desk.issue('sales');
  });
  afterAll(() => desk.close());

  it('asks for the deployment’s name and the set’s digest before anything is handed in', async () => {
    const { acked, views } = await desk.click('finn', hr);
    expect(acked).toBe(true);
    expect(views[0]).toMatchObject({ callback_id: 'golive.sign' });
    expect(wordsOf(views[0])).toContain('1 cohort group with 3 agents of acme: hr');
    const wrong = await desk.submit('finn', views[0]?.id ?? '', { deployment: 'q3', digest: 'ffffffff' });
    expect(JSON.parse(wrong.answers[0]?.body ?? '')).toMatchObject({
      response_action: 'errors',
      errors: { deployment: expect.any(String) as string, digest: expect.any(String) as string },
    });
    expect(desk.handed).toEqual([]);
  });

  it('is one applied order, attested, and the modal says under which number it stands', async () => {
    const { acked, view } = await desk.sign('finn', hr);
    await desk.settled();
    const [applied] = desk.entries('command.applied');
    expect(acked).toBe(true);
    expect(applied?.data.command).toMatchObject({
      ...{ kind: 'sign', person: 'finn', role: 'cfo', scope: { level: 'group', names: ['hr'] }, args: { decision: 'approve' } },
      attestation: { channel: 'slack', team: 'T0ACME', user: userOf('finn'), cards: [hr.id] },
    });
    const index = desk.o.log.all.findIndex((e) => e.kind === 'command.applied');
    expect(wordsOf(view)).toContain(`Recorded as entry #${index}: CFO signs hr.`);
    expect(desk.entries('sign-off')[0]?.data).toMatchObject({ group: 'hr', role: 'cfo', channel: 'slack' });
  });

  it('clicked again is answered with who decided, when, and where it stands, and asks for nothing', async () => {
    const before = desk.handed.length;
    const { views } = await desk.click('finn', hr);
    expect(views[0]).toMatchObject({ callback_id: 'golive.told' });
    expect(wordsOf(views[0])).toMatch(/finn approved it as CFO at \d{4}-\d\d-\d\d \d\d:\d\d UTC, entry #\d+/);
    expect(desk.handed.length).toBe(before);
  });

  it('submitted many times at once, as Slack repeats what it got no answer to, is one order', async () => {
    const { views } = await desk.click('chris', hr);
    const view = views[0]?.id ?? '';
    const values = { deployment: desk.o.d.name.deployment, digest: '55555555' };
    const { acked, answers } = await desk.slack.act({ type: 'submit', user: userOf('chris'), view, values, duplicates: 4 });
    await desk.settled();
    expect(acked).toBe(true);
    expect(answers.map((a) => a.status)).toEqual([200, 200, 200, 200, 200]);
    expect(desk.entries('command.applied').filter((e) => e.data.command.person === 'chris').length).toBe(1);
    expect(desk.entries('command.refused')).toEqual([]);
  });

  it('that rejects needs a reason, which stands in the log', async () => {
    const clicked = await desk.click('sam', hr, { action_id: 'golive.sign-reject' });
    const view = clicked.views[0]?.id ?? '';
    const empty = await desk.submit('sam', view, { reason: '  ' });
    expect(empty.answers[0]?.body).toContain('"reason"');
    await desk.submit('sam', view, { reason: 'cohort 7 has the wrong manager' });
    await desk.settled();
    expect(desk.entries('command.applied').at(-1)?.data.command).toMatchObject({
      args: { decision: 'reject' },
      reason: 'cohort 7 has the wrong manager',
    });
  });

  it('may be changed by whoever gave it, once they think otherwise', async () => {
    const { view } = await desk.sign('sam', hr);
    expect(wordsOf(view)).toContain('Recorded as entry #');
    await desk.settled();
    expect(
      desk
        .entries('sign-off')
        .filter((e) => e.actor === 'sam')
        .map((e) => e.data.decision),
    ).toEqual(['reject', 'approve']);
  });

  it('that comes when all have signed is told who did', async () => {
    const { views } = await desk.click('lea', hr);
    expect(wordsOf(views[0])).toMatch(/hr is decided: finn approved .*chris approved .*sam approved/);
  });

  it('cannot be handed in while the engine is away: the modal says so and stays, and the same modal is one order later', async () => {
    const { views } = await desk.click('finn', sales);
    const view = views[0]?.id ?? '';
    desk.away.engine = true;
    const { answers } = await desk.submit('finn', view);
    expect(answers[0]?.status).toBe(200);
    expect(answers[0]?.body).toContain('Not recorded');
    expect(answers[0]?.body).not.toContain('10.0.0.7');
    desk.away.engine = false;
    const again = await desk.submit('finn', view);
    expect(wordsOf(again.view)).toContain('Recorded as entry #');
  });

  it('is told to be clicked again while the log is away', async () => {
    desk.away.log = true;
    const { acked, views } = await desk.click('chris', sales);
    desk.away.log = false;
    expect([acked, views]).toEqual([false, []]);
    await expect.poll(() => desk.told(userOf('chris')), SOON).toContain('Not recorded');
  });

  it('of what has changed since is told that another card takes its place', async () => {
    await desk.evidence('sales', digest(7));
    const { views } = await desk.click('chris', sales);
    expect(wordsOf(views[0])).toContain('a new card takes its place');
  });

  it('is for all that waits for a person in one modal, with /golive sign', async () => {
    const fresh = await desk.issue('sales');
    await desk.evidence('hr', digest(8));
    const other = await desk.issue('hr');
    const { acted } = await desk.slash('sam', 'sign');
    const view = acted.views[0];
    expect(wordsOf(view)).toContain('2 cohort groups');
    await desk.submit('sam', view?.id ?? '');
    await desk.settled();
    const { command } = desk.entries('command.applied').at(-1)?.data ?? {};
    expect(command?.scope.names).toEqual(['hr', 'sales']);
    expect(command?.attestation?.cards).toEqual([other.id, fresh.id]);
    expect((await desk.slash('sam', 'sign')).said).toBe('Nothing waits for your signature now.');
  });

  it('that the log answers late is shown when it does, in the modal that is still open', async () => {
    const late = await desk.issue('sales');
    const { views } = await desk.click('finn', late);
    const { find } = desk.c.log;
    const until = Date.now() + 2000;
    desk.c.log.find = async (id) => (Date.now() < until ? undefined : find(id));
    const submitted = await desk.submit('finn', views[0]?.id ?? '');
    expect(wordsOf(submitted.view)).toContain('Handed in');
    await sleep(2500);
    const [shown] = await desk.slack.look<unknown[]>(`/control/views?user=${userOf('finn')}`).then((all) => all.slice(-1));
    expect(wordsOf(shown)).toContain('Recorded as entry #');
    desk.c.log.find = find;
  });
});

describe('where one signature must be personal', () => {
  let desk: Desk;
  beforeAll(async () => {
    desk = await openDesk({ personalFor: ['research'] });
  });
  afterAll(() => desk.close());

  it('three from Slack are taken, and whoever clicks then is told what the group still lacks', async () => {
    const hr = await desk.issue('hr');
    for (const person of ['finn', 'chris', 'sam']) await desk.sign(person, hr);
    await desk.settled();
    expect(desk.entries('sign-off').length).toBe(3);
    const mine = await desk.click('finn', hr);
    expect(wordsOf(mine.views[0])).toContain('It still lacks a personal signature');
    const foreign = await desk.click('lea', hr);
    expect(wordsOf(foreign.views[0])).toContain('golive sign --group hr');
    expect(desk.entries('command.refused')).toEqual([]);
  });
});
