import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ATTESTABLE_KINDS } from '../../../domain/command.ts';
import { openDesk, SOON, userOf, wordsOf, type Desk } from './desk.ts';
import type { Acted } from '../../rehearsal/slack/running-slack.ts';

const INCIDENT = 'incident-order-9';

async function withIncident(desk: Desk): Promise<void> {
  await desk.o.write('incident.opened', `incident/${INCIDENT}`, {
    ...{ incident: INCIDENT, severity: 3, title: 'Back to shadow: hr-research', owner: 'deployment-lead' },
    scope: { level: 'cohort', names: ['hr-research'] },
  });
}
const click = (desk: Desk, person: string, id = INCIDENT): Promise<Acted> =>
  desk.click(person, { id }, { action_id: 'golive.incident-ack', patienceMs: 900 });
const told = (desk: Desk, person: string) => expect.poll(() => desk.told(userOf(person)), SOON);

describe('an incident in Slack', () => {
  let desk: Desk;
  beforeAll(async () => {
    desk = await openDesk();
    await withIncident(desk);
  });
  afterAll(() => desk.close());

  it('is not acknowledged while the engine is away, and can be clicked again', async () => {
    desk.away.engine = true;
    const { acked, answers } = await click(desk, 'sam');
    desk.away.engine = false;
    expect([acked, answers[0]?.status]).toEqual([false, 503]);
    await told(desk, 'sam').toContain('Click again');
  });

  it('is taken on with one click, which is an order of that person in the log', async () => {
    const { acked } = await click(desk, 'sam');
    await desk.settled();
    expect(acked).toBe(true);
    expect(desk.entries('command.applied').at(-1)?.data.command).toMatchObject({
      ...{ kind: 'incident', person: 'sam', role: 'security-lead', args: { incident: { id: INCIDENT, act: 'ack' } } },
      attestation: { user: 'U0SAM', cards: [] },
    });
    expect(desk.entries('incident.noted').at(-1)?.data).toMatchObject({ incident: INCIDENT, act: 'ack', by: 'sam' });
    await told(desk, 'sam').toContain('Recorded as entry #');
  });

  it('that somebody has in hand says who and since when, and orders nothing', async () => {
    const before = desk.handed.length;
    const { views } = await click(desk, 'lea');
    expect(wordsOf(views[0])).toMatch(/sam has it in hand since .* \(entry #\d+\)/);
    expect(desk.handed).toHaveLength(before);
  });

  it('that nobody opened is refused in the log, in words', async () => {
    await click(desk, 'otto', 'incident-made-up');
    await desk.settled();
    expect(desk.entries('command.refused').at(-1)?.data.code).toBe('unknown_incident');
    await told(desk, 'otto').toContain('There is no incident incident-made-up.');
  });

  it('is nothing for who is not of the deployment: nothing is handed in, and they are told', async () => {
    const before = desk.handed.length;
    await desk.click('stranger', { id: INCIDENT }, { action_id: 'golive.incident-ack', patienceMs: 900 });
    expect(desk.handed).toHaveLength(before);
    await told(desk, 'stranger').toContain('not among the people of this deployment');
  });

  it('that is closed says who closed it', async () => {
    await desk.o.write('incident.closed', `incident/${INCIDENT}/closed`, {
      ...{ incident: INCIDENT, rootCause: 'a loop', followUps: [], by: 'sam' },
    });
    const { views } = await click(desk, 'otto');
    expect(wordsOf(views[0])).toMatch(/sam closed this incident at/);
  });
});

describe('an incident in a Slack that may not take one on', () => {
  it('is refused in words that say what to do instead', async () => {
    const allows = ATTESTABLE_KINDS.filter((kind) => kind !== 'incident');
    const desk = await openDesk({}, { allows });
    await withIncident(desk);
    await click(desk, 'sam');
    await desk.settled();
    expect(desk.entries('command.refused').at(-1)?.data.code).toBe('personal_signature_needed');
    await told(desk, 'sam').toContain('Slack is not enough');
    await desk.close();
  });
});
