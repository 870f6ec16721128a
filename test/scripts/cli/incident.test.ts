import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openedByStop } from '../../../domain/incident/incident.ts';
import { command } from '../../domain/fold/samples.ts';
import { openDesk, type Desk } from './desk.ts';
import { evidence, World } from './world.ts';

const STOP = 'order-9';
const INCIDENT = `incident-${STOP}`;
let desk: Desk;
let world: World;
let lead: string;

/** In window 3, after a rollback of one cohort. */
beforeEach(async () => {
  world = new World();
  lead = world.holder('deployment-lead');
  await world.open();
  desk = await openDesk(world);
  await world.start();
  world.nowMs = World.at(50);
  const rollback = command({ id: STOP, kind: 'rollback', scope: { level: 'cohort', names: ['sales-ic-production'] }, args: {} });
  await world.add(
    'command.applied',
    { command: rollback, envelope: evidence(1), fenceGeneration: 2, latencyMs: 3 },
    { id: `command/${STOP}` },
  );
  const opened = openedByStop({ ...rollback, reason: 'too many writes' }, 50);
  if (opened !== null) await world.add('incident.opened', opened);
});
afterEach(() => desk.close());

const golive = (...argv: string[]) => desk.golive('incident', ...argv, '--as', lead);

describe('golive incident', () => {
  it('lists those that are open, with who has them in hand', async () => {
    const { out } = await desk.golive('incident', 'list');
    expect(out).toContain('SEV-3  Back to shadow: sales-ic-production, too many writes');
    expect(out).toContain(`${INCIDENT} · nobody has it in hand; Deployment Lead is to`);
    await golive('ack', INCIDENT);
    expect((await desk.golive('incident', 'list')).out).toContain(`in hand of ${lead}`);
  });

  it('is taken on, written about and closed by signed orders, and shows its timeline', async () => {
    expect(await golive('ack', INCIDENT)).toMatchObject({ code: 0 });
    expect(await golive('note', INCIDENT, '--status', 'the connector restarts', '--eta', '45m')).toMatchObject({ code: 0 });
    expect(await golive('note', INCIDENT, '--root-cause', 'a loop in the template')).toMatchObject({ code: 0 });
    expect(await golive('note', INCIDENT, '--follow-up', 'cap the loop', '--owner', lead)).toMatchObject({ code: 0 });
    expect(await golive('close', INCIDENT)).toMatchObject({ code: 0 });
    expect(world.handedIn.map((c) => c.args.incident?.act)).toEqual(['ack', 'status', 'root-cause', 'follow-up', 'close']);
    const { out } = await desk.golive('incident', 'show', INCIDENT);
    for (const line of [`closed by ${lead}`, 'a loop in the template', `cap the loop (${lead})`, 'the connector restarts'])
      expect(out).toContain(line);
    expect((await desk.golive('incident', 'list')).err).toContain('There is no open incident.');
    const shown = JSON.parse((await desk.golive('incident', 'list', '--all', '--json')).out) as {
      severity: number;
      timeline: unknown[];
    }[];
    expect(shown).toMatchObject([{ id: INCIDENT, severity: 3, rootCause: 'a loop in the template', stop: STOP }]);
  });

  it('is opened by hand about a group', async () => {
    const ran = await golive('open', 'managers see odd requests', '--group', 'sales-ic');
    expect(ran).toMatchObject({ code: 0 });
    expect((await desk.golive('incident', 'list')).out).toContain('SEV-2  managers see odd requests');
  });

  it.each<[string, string[], string]>([
    ['an incident that is not there', ['ack', 'incident-order-8'], 'There is no incident incident-order-8'],
    ['a note without words', ['note', INCIDENT], 'Say one thing at a time.'],
    ['two notes at once', ['note', INCIDENT, '--status', 'a', '--scope', 'b'], 'Say one thing at a time.'],
    ['a severity that there is not', ['open', 'odd', '--severity', '4'], 'There is no severity 4.'],
  ])('says what is wrong with %s, and signs nothing', async (_what, argv, said) => {
    const ran = await golive(...argv);
    expect(ran.code).toBe(2);
    expect(ran.err).toContain(said);
    expect(world.handedIn).toEqual([]);
  });

  it('is not closed before somebody has it in hand', async () => {
    const ran = await golive('close', INCIDENT, '--root-cause', 'a loop');
    expect(ran.code).toBe(5);
    expect(ran.err + ran.out).toContain(`Nobody has taken on ${INCIDENT}`);
  });
});
