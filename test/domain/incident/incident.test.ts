import { beforeEach, describe, expect, it } from 'vitest';
import type { Command, IncidentAct } from '../../../domain/command.ts';
import { emptyView } from '../../../domain/fold/empty.ts';
import { fold } from '../../../domain/fold/fold.ts';
import { incidentEntry } from '../../../domain/incident/entries.ts';
import { openedByStop, severityOf } from '../../../domain/incident/incident.ts';
import type { EntryData, EntryKind, NewEntry } from '../../../domain/entry.ts';
import type { DeploymentView } from '../../../domain/view.ts';
import { give, inWindow, NOW, order } from '../authority/given.ts';
import { evidence } from '../fold/samples.ts';
import { Told } from '../escalation/told.ts';

const state = inWindow('golive', 'live');
let view: DeploymentView;
let index = 0;

function say<K extends EntryKind>(kind: K, data: EntryData[K], actor = 'golive'): void {
  const head = { v: 1, id: `e/${index}`, at: NOW, customer: 'acme', deployment: 'q4', actor };
  fold(view, { ...head, kind, data, index: index++ } as NewEntry & { index: number });
}

const rollback = (change: Partial<Command> = {}): Command =>
  order('ravi', 'arx-standby', 'rollback', {
    id: 'order-9',
    scope: { level: 'cohort', names: ['hr-lead-production'] },
    ...change,
  });

/** Judged on what the log has; what it writes goes into the log. */
function about(
  act: IncidentAct['act'],
  said: Partial<IncidentAct> = {},
  person = 'lea',
  role: Command['role'] = 'deployment-lead',
) {
  const command = order(person, role, 'incident', { args: { incident: { id: 'incident-order-9', act, ...said } } });
  const { outcome } = give(state, command, { among: view });
  const entry = outcome === 'applied' ? incidentEntry(command, view, 50) : null;
  if (entry !== null) say(entry.kind, entry.data, person);
  return outcome;
}
const incident = () => view.incidents['incident-order-9'];

beforeEach(() => {
  view = emptyView('acme', 'q4');
  const opened = openedByStop(rollback(), 50);
  if (opened !== null) say('incident.opened', opened);
});

describe('an incident that a stop opens', () => {
  it('is as severe as the stop is wide', () => {
    const of = (level: Command['scope']['level']) => severityOf({ level, names: ['x'] });
    expect([of('customer'), of('deployment'), of('wave'), of('group'), of('cohort'), of('agent')]).toEqual([1, 1, 2, 2, 3, 3]);
  });

  it('belongs to whom the stopping table tells first, or to whoever owns the day', () => {
    expect(openedByStop(rollback({ kind: 'halt', args: { trigger: 'wrong-identity' } }), 50)).toMatchObject({
      owner: 'security-lead',
      row: 'wrong-identity',
    });
    expect(openedByStop(rollback(), 50)?.owner).toBe('deployment-lead');
    expect(openedByStop(rollback(), 66)?.owner).toBe('operations-lead');
  });

  it('is not opened by a pause, which is reversible, nor by a drill', () => {
    expect(openedByStop(rollback({ kind: 'pause' }), 50)).toBeNull();
    expect(openedByStop(rollback({ args: { drill: true } }), 50)).toBeNull();
  });
});

describe('what people do about an incident', () => {
  it('stands in the log from taking it on to closing it', () => {
    expect(about('ack')).toBe('applied');
    expect(about('scope', { text: 'only hr-lead-production' })).toBe('applied');
    expect(about('status', { text: 'looking at the connector', eta: '2026-03-02T14:00:00.000Z' })).toBe('applied');
    expect(about('root-cause', { text: 'a loop in the template' })).toBe('applied');
    expect(about('follow-up', { text: 'cap the loop', owner: 'ada' })).toBe('applied');
    expect(about('close')).toBe('applied');
    expect(incident()).toMatchObject({
      ackedBy: 'lea',
      closed: { by: 'lea', rootCause: 'a loop in the template', followUps: [{ text: 'cap the loop', owner: 'ada' }] },
    });
    expect(about('status', { text: 'again' })).toBe('already_done');
  });

  it('is refused for an incident that is not there, and without words', () => {
    expect(about('ack', { id: 'incident-none' })).toBe('unknown_incident');
    expect(about('ack', { id: 'constructor' })).toBe('unknown_incident');
    expect(about('status')).toBe('malformed_command');
    expect(about('follow-up', { text: 'cap the loop', owner: 'nobody' })).toBe('unknown_person');
  });

  it('may be taken over, but not taken on twice by the same person', () => {
    expect(about('ack')).toBe('applied');
    expect(about('ack')).toBe('already_done');
    expect(about('ack', {}, 'ravi', 'arx-standby')).toBe('applied');
    expect(incident()?.ackedBy).toBe('ravi');
  });

  it('does not close it before somebody took it on and said why it happened', () => {
    expect(about('close', { text: 'a loop' })).toBe('wrong_state');
    expect(about('ack')).toBe('applied');
    expect(about('close')).toBe('malformed_command');
    expect(about('close', { text: 'a loop' })).toBe('applied');
  });

  it('does not close it while questionable writes are with their owner', () => {
    const questionable = {
      stop: 'order-9',
      incident: 'incident-order-9',
      count: 12,
      owner: 'kim@acme.example',
      evidence: evidence(),
    };
    say('writes.questionable', questionable);
    about('ack');
    expect(about('close', { text: 'a loop' })).toBe('wrong_state');
    expect(about('cleaned')).toBe('applied');
    expect(about('cleaned')).toBe('wrong_state');
    expect(view.stops['order-9']?.questionable?.cleaned?.by).toBe('lea');
    expect(about('close', { text: 'a loop' })).toBe('applied');
  });

  it('opens one by hand, with the severity that was said or that of its scope', () => {
    const open = (said: Partial<IncidentAct>) =>
      incidentEntry(
        order('sam', 'security-lead', 'incident', {
          id: 'by-hand',
          args: { incident: { act: 'open', text: 'odd calls.', ...said } },
        }),
        view,
        50,
      );
    expect(open({})?.data).toMatchObject({ incident: 'incident-by-hand', severity: 1, title: 'odd calls' });
    expect(open({ severity: 3 })?.data).toMatchObject({ severity: 3 });
  });
});

describe('an incident that nobody takes on', () => {
  it('climbs from on-call to the executives, also while the T-clock stands still, until somebody takes it on', () => {
    const told = new Told();
    const opened = openedByStop(rollback(), 50);
    told.say(4, 'clock.stopped', { planHours: 0.07, reason: 'a stop' });
    if (opened !== null) told.say(5, 'incident.opened', opened);
    const look = (minute: number) => told.look(minute).filter((e) => e.about.startsWith('incident/'));
    expect(look(19)).toEqual([]);
    expect(look(20)).toMatchObject([{ about: 'incident/incident-order-9', owner: 'deployment-lead', level: 'on-call' }]);
    expect(look(35)).toMatchObject([{ level: 'deployment-lead' }]);
    told.say(40, 'incident.noted', { incident: 'incident-order-9', act: 'ack', text: '', by: 'lea' });
    expect(look(200)).toEqual([]);
    expect(told.view.escalations['incident/incident-order-9/1']).toMatchObject({ closed: { how: 'lea has taken it on' } });
  });
});
