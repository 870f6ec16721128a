import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Command } from '../../../domain/command.ts';
import { openDesk, wordsOf, type Desk } from './desk.ts';

describe('/golive', () => {
  let desk: Desk;
  beforeAll(async () => {
    desk = await openDesk();
  });
  afterAll(() => desk.close());
  const last = async (): Promise<Command | undefined> => {
    await desk.settled();
    return desk.entries('command.applied').at(-1)?.data.command;
  };

  it('status says how far it is, in words that only the asker sees', async () => {
    const { acted, said } = await desk.slash('finn', 'status');
    expect(acted.answers[0]?.body).toContain('"response_type":"ephemeral"');
    expect(said).toContain(`acme/${desk.o.d.name.deployment} (rehearsal)`);
  });

  it('who says who holds which role', async () => {
    expect((await desk.slash('finn', 'who')).said).toContain('Deployment Lead: lea and dan');
  });

  it.each(['', 'help', 'promote hr', 'terminate hr'])('%j says what can be asked here, and orders nothing', async (text) => {
    expect((await desk.slash('finn', text)).said).toContain('/golive hold <cohort or group> <reason>');
    expect(desk.handed).toEqual([]);
  });

  it('hold keeps a group or a cohort from rising, at once and with its reason', async () => {
    const { said } = await desk.slash('finn', 'hold hr error rate looks odd');
    expect(said).toMatch(/^Recorded as entry #\d+: CFO holds hr: error rate looks odd\.$/);
    expect(await last()).toMatchObject({ kind: 'hold', scope: { level: 'group', names: ['hr'] }, attestation: { cards: [] } });
    await desk.slash('otto', 'hold sales-research wait for legal');
    expect(await last()).toMatchObject({
      kind: 'hold',
      scope: { level: 'cohort', names: ['sales-research'] },
      reason: 'wait for legal',
    });
  });

  it('hold needs a reason, and a cohort that there is: the one is asked for, the other refused in the log', async () => {
    const before = desk.handed.length;
    expect((await desk.slash('finn', 'hold hr')).said).toContain('the reason stands in the log');
    expect(desk.handed.length).toBe(before);
    const { said } = await desk.slash('finn', 'hold marketing because');
    expect(said).toContain('wrong_scope');
    await desk.settled();
    expect(desk.entries('command.refused').at(-1)).toMatchObject({ actor: 'finn', data: { code: 'wrong_scope' } });
  });

  it('says that nothing was recorded while the engine is away', async () => {
    desk.away.engine = true;
    const { said } = await desk.slash('finn', 'hold hr once more');
    desk.away.engine = false;
    expect(said).toMatch(/^Not recorded: .* Click again\.$/);
  });

  it('release moves something forward, so it asks for the deployment and the set first', async () => {
    const hold = desk.entries('hold.added')[0]?.data.holdId ?? '';
    const { acted } = await desk.slash('lea', `release ${hold}`);
    const [view] = acted.views;
    expect(wordsOf(view)).toContain('error rate looks odd');
    const wrong = await desk.submit('lea', view?.id ?? '', { digest: '00000000', reason: 'looked at it' });
    expect(wrong.answers[0]?.body).toContain('"digest"');
    const { view: shown } = await desk.submit('lea', view?.id ?? '', { reason: 'looked at it' });
    expect(wordsOf(shown)).toContain(`Deployment Lead releases hold ${hold}`);
    expect(await last()).toMatchObject({
      kind: 'release',
      args: { holdId: hold },
      role: 'deployment-lead',
      reason: 'looked at it',
    });
  });

  it('release by a role that the hold does not name is refused in the log', async () => {
    const hold = desk.entries('hold.added')[1]?.data.holdId ?? '';
    const { acted } = await desk.slash('finn', `release ${hold}`);
    const { view } = await desk.submit('finn', acted.views[0]?.id ?? '', { reason: 'in a hurry' });
    expect(wordsOf(view)).toContain('release_not_allowed');
  });

  it('in the name of nobody of the deployment does nothing', async () => {
    const acted = await desk.slack.act({
      ...{ type: 'command', user: 'U0STRANGER', command: '/golive', text: 'hold hr now', channel: 'C0GOLIVE', patienceMs: 0 },
    });
    expect(acted.answers[0]?.body).toContain('You are not among the people');
  });
});
