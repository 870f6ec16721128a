import { beforeEach, describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../domain/runbook/canonical-json.ts';
import { adaptersFor } from '../../../domain/notices/due.ts';
import { rootNotice } from '../../../domain/notices/status.ts';
import { escalationNotice } from '../../../domain/notices/escalations.ts';
import { checked } from '../../../domain/notices/check.ts';
import { Given } from './given.ts';

let given: Given;
beforeEach(() => {
  given = new Given().open();
});
const keys = (): string[] => Object.keys(given.make());
/** Everything that is due at once at T-0 is said. */
const started = (): Given => {
  given.start().make();
  return given;
};

describe('the root message', () => {
  it('says where the deployment is, its pace, its milestone and who is waited for', () => {
    const notice = given.make()['root'];
    expect(notice?.title).toBe('acme/q4 (rehearsal): COUNTDOWN, on-track');
    expect(notice?.lines.join('\n')).toMatch(
      /^before T-0\. .*\nPace: on-track\nNext milestone: .*\nWaiting for: CEO to approve the manifest set/,
    );
    expect(notice?.thread).toBeUndefined();
    expect(keys()).toEqual([]);
  });

  it.each<[string, string, () => void]>([
    ['behind', 'warn', () => started().at(8)],
    [
      'blocked',
      'bad',
      () =>
        started().say('task.opened', {
          ...{ taskId: 'set', owner: 'atlas-operator', code: 'set_not_verified', sentence: 'The set differs.', next: 'mend it' },
        }),
    ],
    ['blocked', 'bad', () => started().say('clock.stopped', { planHours: 0, reason: 'r' })],
  ])('is %s (%s)', (pace, tone, happens) => {
    happens();
    const notice = rootNotice(given.view, given.file, given.nowMs);
    expect([notice.title.endsWith(pace), notice.tone]).toEqual([true, tone]);
  });
});

describe('the hourly status', () => {
  it('goes into the thread only when something else is to be said than the last time', () => {
    started().at(1.01);
    const first = given.make();
    expect(Object.keys(first)).toEqual(['status/1']);
    expect(first['status/1']).toMatchObject({ thread: true });
    expect(first['status/1']?.broadcast).toBeUndefined();
    for (const row of ['W1.01', 'W1.02']) given.settle(row);
    expect(keys(), 'not twice in an hour').toEqual([]);
    given.at(2.01);
    expect(keys()).toEqual(['status/2']);
    given.at(2.99);
    expect(keys(), 'nothing has changed').toEqual([]);
  });

  it('is not said where an agenda says the same', () => {
    started().at(6.01);
    expect(keys()).toEqual(['sync/6']);
  });
});

describe('the leads', () => {
  it('meet every six hours with the facts filled in, and at the end of a window they review its gate', () => {
    started();
    const heard: string[] = [];
    for (let hour = 1; hour <= 73; hour++)
      heard.push(...Object.keys(given.at(hour).make()).filter((k) => /^(sync|review)/.test(k)));
    expect(heard).toEqual([
      ...['sync/6', 'sync/12', 'sync/18', 'review/gate-1', 'sync/30', 'sync/36', 'sync/42', 'review/gate-2'],
      ...['sync/54', 'sync/60', 'sync/66', 'review/gate-3'],
    ]);
    const review = given.said['review/gate-1'];
    expect(review?.lines[0]).toMatch(/^1\. Exits settled: 0 of \d+; waived: none$/);
    expect(review?.lines.at(-1)).toContain('golive go gate-1');
    expect(review?.mention).toContain('otto');
    expect(given.said['sync/6']?.lines.join('\n')).toMatch(/Over their time: P1 was due at T\+0:00/);
  });

  it('are not told of a meeting whose hour is long over', () => {
    started().at(20);
    expect(keys().filter((k) => k.startsWith('sync'))).toEqual(['sync/18']);
  });
});

describe('the owners of what a wave uses', () => {
  const opens = (key: string) => given.said[key]?.facts?.find((f) => f.label === 'Opens')?.value;

  it('are told its time once the clock runs, with connectors, owners and queues; a wave without cohorts has none', () => {
    given.make();
    expect(Object.keys(given.said)).toEqual(['root']);
    expect(Object.keys(started().said)).toEqual(['root', 'owners/research/0', 'owners/production/0']);
    expect(opens('owners/research/0')).toBe('T+48:00, 2026-03-08 12:00 UTC');
    const facts = Object.fromEntries((given.said['owners/research/0']?.facts ?? []).map((f) => [f.label, f.value]));
    expect(facts).toMatchObject({
      Connectors: 'crm and mail',
      'Owners of its capabilities': 'on-call@acme.example',
      'Queues of managers': '7',
    });
  });

  it('are told every move: the clock stops, goes on, is set back; and nothing once the wave has begun', () => {
    started().at(10).say('clock.stopped', { planHours: 10, reason: 'r' });
    const moves = () => keys().filter((k) => k.startsWith('owners/research'));
    expect(moves()).toEqual(['owners/research/1']);
    expect(opens('owners/research/1')).toBe('T+48:00, not known: the clock stands still at T+10:00');
    given.at(12).say('clock.started', { planHours: 10, speed: 1, wallAt: new Date(given.nowMs).toISOString() });
    expect(moves()).toEqual(['owners/research/2']);
    expect(opens('owners/research/2')).toBe('T+48:00, 2026-03-08 14:00 UTC');
    given.say('clock.rebaselined', { shiftHours: 3, reason: 'r' });
    expect(moves()).toEqual(['owners/research/3']);
    expect(given.said['owners/research/3']?.lines[1]).toBe('It was to open at T+48:00, 2026-03-08 14:00 UTC.');
    expect(moves()).toEqual([]);
    given.say('wave.started', { wave: 'research', shape: 'research', cohorts: ['sales-ic-a'], ramp: [100], authority: 0 });
    given.say('clock.rebaselined', { shiftHours: 1, reason: 'r' });
    expect(keys().filter((k) => k.startsWith('owners'))).toEqual(['owners/production/4']);
  });
});

describe('an escalation', () => {
  const raise = (level: 'on-call' | 'platform-lead', told: string[]) =>
    given.say('escalation.raised', {
      ...{ escalation: 'sign/cfo/1', about: 'sign/cfo', what: 'sign 2 cohort groups', owner: 'cfo', level, told },
      since: new Date(given.nowMs).toISOString(),
    });
  const shown = () => {
    const e = given.view.escalations['sign/cfo/1'];
    if (e === undefined) throw new Error('not raised');
    return escalationNotice(given.told, e);
  };

  it('is one message with buttons, edited as it climbs; whoever is told next is called by a line without any', () => {
    given.make();
    raise('on-call', ['lea']);
    const first = given.make();
    expect(Object.keys(first)).toEqual(['escalation/sign/cfo/1']);
    expect(first['escalation/sign/cfo/1']).toMatchObject({ tone: 'warn', mention: ['lea'], thread: true });
    expect(first['escalation/sign/cfo/1']?.buttons?.map((b) => b.value)).toEqual(['q4:sign/cfo/1', 'q4:sign/cfo/1']);
    raise('platform-lead', ['otto']);
    const then = given.make();
    expect(Object.keys(then)).toEqual(['escalation/sign/cfo/1/platform-lead']);
    expect(then['escalation/sign/cfo/1/platform-lead']).toMatchObject({ tone: 'bad', mention: ['otto'] });
    expect(then['escalation/sign/cfo/1/platform-lead']?.buttons).toBeUndefined();
    expect(shown().facts?.at(-1)?.value).toMatch(/^lea \(on-call, .*\); otto \(platform-lead, .*\)$/);
  });

  it('loses its buttons when it is taken on, has them again when it climbs, and loses them when it or the deployment is closed', () => {
    raise('on-call', ['lea']);
    const e = given.view.escalations['sign/cfo/1'];
    if (e) e.acknowledged = { by: 'lea', handedTo: 'otto', index: 100, at: new Date(given.nowMs).toISOString() };
    expect(shown()).toMatchObject({ title: 'Handed to otto by lea: sign 2 cohort groups' });
    expect(shown().buttons).toBeUndefined();
    expect(given.make()['handed/100']).toMatchObject({ mention: ['otto'], thread: true });
    for (let i = 0; i < 120; i++) given.settle('W1.01');
    raise('platform-lead', ['otto']);
    expect(shown().buttons).toHaveLength(2);
    expect(shown().title).toBe('Handed to otto by lea, and still not done: sign 2 cohort groups');
    expect(given.make()['escalation/sign/cfo/1/platform-lead']?.title).toMatch(/^Handed to otto by lea, and still not done/);
    given.say('deployment.closed', { result: 'live' });
    expect(shown()).toMatchObject({ title: 'Open at the close: sign 2 cohort groups' });
    expect(shown().buttons).toBeUndefined();
    given.say('escalation.closed', { escalation: 'sign/cfo/1', how: 'finn signed' });
    expect(shown()).toMatchObject({ title: 'Done: sign 2 cohort groups' });
    expect(shown().buttons).toBeUndefined();
  });
});

describe('only a stop, a failure of the whole run and the end', () => {
  const loud = () => Object.entries(given.make()).flatMap(([key, n]) => (n.broadcast === true ? [key] : []));

  it('are shown to the whole channel', () => {
    started();
    expect(loud()).toEqual([]);
    const task = { owner: 'atlas-operator', code: 'preflight_failed', sentence: 's', next: 'n' } as const;
    given.say('task.opened', { taskId: 'sales-ic-a/set-aside', ...task }, { cohort: 'sales-ic-a' });
    expect(loud(), 'what is about one cohort').toEqual([]);
    const failure = given.say('task.opened', { taskId: 'set', ...task });
    expect(loud()).toEqual([`failure/${failure}`]);
    given.say('direct.adopted', {
      ...{ commandId: 'stop-1', kind: 'halt', scope: { level: 'deployment', names: [] }, person: 'sam', role: 'security-lead' },
      ...{ reason: 'odd writes', startedAt: '', intents: 1, outcomes: { applied: 1, notApplied: 0, unknown: 0 } },
      record: { ref: 'r', digest: 'd' },
    });
    expect(loud()).toEqual(['stop/stop-1']);
    expect(given.said['stop/stop-1']?.title).toBe('Stop: halt of the deployment');
    given.at(72.5).make();
    given.say('deployment.closed', { result: 'live' });
    expect(loud()).toEqual(['end']);
    expect(keys()).toEqual([]);
  });
});

describe('the delivery check', () => {
  it('is made after gate 1 for each adapter of the deployment file, and is passed when Slack gave the message back and took an edit', () => {
    given = new Given({ alsoTo: ['teams'] }).open();
    started();
    expect(given.view.notices['check/slack']).toBeUndefined();
    given.at(24).say('gate.passed', { gate: 'gate-1', commandIndex: 0, planHours: 24, evidence: { ref: 'e', digest: 'd' } });
    expect(keys().filter((k) => k.startsWith('check'))).toEqual(['check/slack', 'check/teams']);
    expect([adaptersFor('check/slack'), adaptersFor('check/teams')]).toEqual([['slack'], ['teams']]);
    given.say('notice.sent', { key: 'check/slack', adapter: 'slack', revision: 'delivered' });
    given.say('notice.sent', { key: 'check/teams', adapter: 'teams', revision: 'delivered' });
    expect(checked(given.view, given.file, 'edited')).toBeNull();
    given.say('notice.sent', { key: 'check/slack', adapter: 'slack', revision: 'edited' });
    expect(checked(given.view, given.file, 'edited')?.map((c) => c.adapter)).toEqual(['slack', 'teams']);
  });
});

it('no notice is longer than 3 KB, however much there is to be said', () => {
  given.owners = null;
  const many = (n: number) => Array.from({ length: n }, (_, i) => `person-with-a-long-name-${i}@department.acme.example`);
  const owned = { cohorts: 250, agents: 20_000, connectors: many(200), people: many(500), queues: 2000 };
  given.owners = { research: owned, production: owned, coordination: owned };
  started();
  for (let i = 0; i < 60; i++) {
    given.say('watch-item', { id: `w${i}`, text: 'x'.repeat(900), owner: 'cfo' });
    const task = { owner: 'deployment-lead', code: 'set_not_verified', sentence: 'y'.repeat(900), next: 'n' } as const;
    given.say('task.opened', { taskId: `t${i}`, ...task });
  }
  for (const hour of [1, 6, 24, 30]) given.at(hour).make();
  for (const [key, notice] of Object.entries(given.said))
    expect(Buffer.byteLength(canonicalJson(notice)), key).toBeLessThan(3000);
});
