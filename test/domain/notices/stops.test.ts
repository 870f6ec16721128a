import { beforeEach, describe, expect, it } from 'vitest';
import type { Command } from '../../../domain/command.ts';
import { openedByStop } from '../../../domain/incident/incident.ts';
import { current } from '../../../domain/notices/due.ts';
import type { Notice } from '../../../domain/notice.ts';
import { pagesOf } from '../../../domain/notices/pages.ts';
import { command, evidence } from '../fold/samples.ts';
import { NOW } from '../../activities/office/office.ts';
import { Given } from './given.ts';

const STOP = 'order-9';
const iso = (ms: number) => new Date(NOW + ms).toISOString();
let given: Given;
const keys = () => Object.keys(given.make());
const now = (key: string) => current(given.told).find((m) => m.key === key)?.notice;
const pages = () => pagesOf(given.view).map((p) => [p.key, p.endsAt === null ? 'rings' : 'over']);

const rollback = (change: Partial<Command> = {}): Command =>
  command({
    id: STOP,
    kind: 'rollback',
    person: 'sam',
    role: 'security-lead',
    scope: { level: 'cohort', names: ['sales-ic-b'] },
    args: {},
    reason: 'odd writes',
    ...change,
  });

function stopped(order = rollback()): void {
  given.say('command.applied', { command: order, envelope: evidence(1), fenceGeneration: 2, latencyMs: 3 }, { actor: 'sam' });
  const opened = openedByStop(order, 50);
  if (opened !== null) given.say('incident.opened', opened, { actor: 'sam' });
}

beforeEach(() => {
  given = new Given().open().start();
  given.at(50).make();
});

describe('a stop', () => {
  it('is shown to the whole channel at once, and its message goes on to say what became of it', () => {
    stopped();
    const said = given.make();
    expect(said[`stop/${STOP}`]).toMatchObject({ title: 'Stop: rollback of sales-ic-b', tone: 'bad', broadcast: true });
    given.say('stop.flipped', {
      ...{ stop: STOP, kind: 'rollback', scope: rollback().scope, ceiling: 'shadow', fenceGeneration: 2 },
      ...{ handedInAt: iso(0), fencedAt: iso(20), lastAt: iso(180), flipped: ['sales-ic-b'], left: [], evidence: evidence(2) },
      outcomes: { applied: 1, 'not-applied': 0, unknown: 0 },
    });
    given.say('stop.landed', {
      ...{ stop: STOP, verdict: 'fail', evidence: evidence(3) },
      checks: [{ name: 'no-writes', verdict: 'fail', detail: '3 writes' }],
    });
    expect(keys(), 'an edit is no new message').toEqual([]);
    expect(now(`stop/${STOP}`)?.lines).toEqual([
      expect.stringContaining('Ordered by sam'),
      'Done: 1 cohort, the last 180 ms after the order.',
      'It has not landed: no-writes fail (3 writes)',
      'Lifted by: golive promote, from the first step of the ramp.',
    ]);
  });

  it('of the engine says which row of the stopping table fired', () => {
    stopped(rollback({ person: 'golive', role: 'machine', args: { trigger: 'write-rate' } }));
    expect(given.make()[`stop/${STOP}`]?.lines[0]).toContain('golive itself, row write-rate of the stopping table');
  });

  it('is not announced where it is a drill or a pause', () => {
    stopped(rollback({ args: { drill: true } }));
    stopped(rollback({ id: 'order-10', kind: 'pause' }));
    expect(keys()).toEqual([]);
  });
});

describe('an incident', () => {
  it('has one message that calls its owner until somebody has it in hand, and a line for each status and the end', () => {
    stopped();
    expect(given.make()[`incident/incident-${STOP}`]).toMatchObject({
      title: 'SEV-3: Back to shadow: sales-ic-b, odd writes',
      mention: ['lea'],
    });
    const incident = `incident-${STOP}`;
    given.say('incident.noted', { incident, act: 'ack', text: '', by: 'lea' });
    expect(now(`incident/${incident}`)?.mention).toBeUndefined();
    const status = given.say('incident.noted', {
      incident,
      act: 'status',
      text: 'the connector restarts',
      eta: iso(60_000),
      by: 'lea',
    });
    expect(keys()).toEqual([`incident-post/${status}`]);
    const closed = given.say('incident.closed', { incident, rootCause: 'a loop', followUps: [], by: 'lea' });
    expect(keys()).toEqual([`incident-post/${closed}`]);
    expect(now(`incident/${incident}`)).toMatchObject({
      title: 'Closed, SEV-3: Back to shadow: sales-ic-b, odd writes',
      tone: 'good',
    });
  });

  const taking = (notice: Notice | undefined) => notice?.buttons?.map(({ action, value }) => [action, value]);

  it('is taken on with a click until somebody has it in hand; so is the escalation that waits for just that', () => {
    stopped();
    const incident = `incident-${STOP}`;
    given.say('escalation.raised', {
      ...{ escalation: `incident/${incident}/1`, about: `incident/${incident}`, what: 'take on the incident', level: 'on-call' },
      ...{ owner: 'deployment-lead', told: ['lea'], since: iso(0) },
    });
    given.make();
    expect(taking(now(`incident/${incident}`))).toEqual([['incident-ack', `q4:${incident}`]]);
    expect(taking(now(`escalation/incident/${incident}/1`))).toEqual([
      ['incident-ack', `q4:${incident}`],
      ['hand-over', `q4:incident/${incident}/1`],
    ]);
    given.say('incident.noted', { incident, act: 'ack', text: '', by: 'sam' });
    expect(now(`incident/${incident}`)?.buttons).toBeUndefined();
    expect(now(`incident/${incident}`)?.facts).toContainEqual({ label: 'In hand of', value: 'sam' });
  });

  it('has no button where the deployment file does not let Slack take one on', () => {
    given = new Given({ slack: { ...given.file.slack!, allows: ['sign'] } }).open().start();
    given.at(50).make();
    stopped();
    expect(now(`incident/incident-${STOP}`)?.lines).toEqual([`Next: golive incident ack incident-${STOP}`]);
    expect(now(`incident/incident-${STOP}`)?.buttons).toBeUndefined();
  });

  it('rings until somebody has it in hand, and whoever owns questionable writes until they are dealt with', () => {
    stopped();
    const incident = `incident-${STOP}`;
    given.say('writes.questionable', { stop: STOP, incident, count: 12, owner: 'otto', owners: ['otto'], evidence: evidence(4) });
    expect(pages()).toEqual([
      [`incident/${incident}/page`, 'rings'],
      [`questionable/${STOP}/page`, 'rings'],
    ]);
    expect(given.make()[`questionable/${STOP}`]).toMatchObject({
      title: '12 writes that nobody can vouch for',
      mention: ['otto'],
    });
    given.say('incident.noted', { incident, act: 'ack', text: '', by: 'lea' });
    given.say('incident.noted', { incident, act: 'cleaned', text: '', by: 'otto' });
    expect(pages().map(([, state]) => state)).toEqual(['over', 'over']);
  });
});
