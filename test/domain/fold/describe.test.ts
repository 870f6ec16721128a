import { describe as suite, expect, it } from 'vitest';
import type { CommandKind, Delegation } from '../../../domain/command.ts';
import { describe } from '../../../domain/describe.ts';
import { describeRun } from '../../../domain/describe/run.ts';
import { ENTRY_KINDS, type EntryData, type EntryKind } from '../../../domain/entry.ts';
import { applied, digest, newEntry, numbered, SAMPLES, wallAt } from './samples.ts';

const SENTENCES: Record<EntryKind, string | null> = {
  'deployment.opened': 'jo opens the deployment acme/q4 (rehearsal, 360 times as fast as the clock)',
  'set.verified': 'The manifest set is what was signed by atlas: 2 manifests, 1,200 agents',
  'set.refused': 'The manifest set is refused: 3 problems',
  'plan.recorded': "Planned: 20 agents in 3 cohorts for 12 managers; minting takes 0.4 h at the platform's limit",
  'clock.started': 'The T-clock starts at T+0:00',
  'clock.stopped': 'The T-clock stands still at T+3:30: connector down',
  'clock.rebaselined': 'The T-clock is set back by 2 h: connector down',
  'command.applied': 'CHRO approves the manifest set',
  'command.refused': 'Refused: sign by golive. That person does not hold that role.',
  'direct.adopted':
    'halt of sales-ic by kim (CISO) without Temporal at 2026-03-01 08:05:00 UTC: adopted, 3 applied, 1 unknown (Writes to the wrong queue)',
  milestone: 'W1.04 is met at T+0:18: Every manifest validates',
  'gate.passed': 'Gate 1 is passed at T+24:06',
  intent: null,
  outcome: 'sales-ic-research: credentials minted',
  'cohort.phase': 'sales-ic-research: isolated: The smoke sample did not get ALLOW. golive retry',
  'wave.started': 'Wave research starts with 1 cohort, by 25, 100 %',
  'wave.step': 'Wave research is at 25 %',
  verdict: 'sales-ic-research: fail on 40 samples (error rate 1.2 %)',
  'wave.closed': 'Wave research is done: 1 cohort live, left behind: sales-ic-production',
  'hold.added': 'Hold on sales-ic, at most shadow: audit finding; CISO may release it',
  'hold.released': 'Hold order-3 is released by kim',
  'group.evidence': 'sales-ic can be signed: 2 cohorts, 10 agents',
  'sign-off': 'CHRO signs engineering-ic',
  evidence: 'baseline: Six hours of telemetry',
  'writes.approved': '2 writes approved by managers',
  'drill.measured': 'Queue drill: 107 of 119 managers answered within 4 h (90 %); 12 questions passed on; 4 open',
  'intercept.verdicts': 'sales-ic-research: 1,208 calls intercepted: 1,200 allowed, 5 warned, 2 denied, 1 failed',
  'watch-item': 'Watch item opened: 78 % of managers answered in time (Operations Lead)',
  'task.opened': 'Waiting for Connector Standby: A connector is missing. Deploy it; then golive retry.',
  'task.closed': 'sales-ic-research/set-aside needs nobody any more: it went on after a retry',
  'card.issued': null,
  'notice.made': null,
  'notice.sent': null,
  'gateway.refused': 'The gateway turned away: bad signature 12 and guest 1',
  'escalation.raised': 'Nobody acted: Deployment Lead is to say go for gate 1; told robin (on call)',
  'escalation.closed': 'go/gate-1/1 needs nobody any more: jo said go',
  'stop.flipped': 'Stop order-9: 2 back in shadow, 0 ms after the order; 1 flip could not be made',
  'stop.landed': 'Stop order-9 has landed: no-writes pass',
  'writes.questionable': 'Stop order-9: 12 writes cannot be vouched for; kim deals with them',
  'trigger.fired': 'Trigger write-rate fires for sales-ic-production: write rate 3.4 × expected',
  'trigger.cleared': 'Trigger write-rate is quiet for sales-ic-production: back to normal',
  'incident.opened': 'Incident incident-1 (SEV-3): sales-ic-production writes too much',
  'incident.noted': 'Incident incident-1, status by kim: looking at it',
  'incident.closed': 'kim closes incident incident-1: a loop; 1 follow-up',
  'exit.attested': 'Exit attestation of sales-ic-late: 3 agents',
  'breaker.changed': 'engine asks platform no more for now: 5 calls failed',
  'deployment.closed': 'The deployment is closed: live with exceptions',
};

const ABOUT_A_COHORT: readonly EntryKind[] = ['outcome', 'cohort.phase', 'intent', 'intercept.verdicts'];

suite('each kind of entry', () => {
  it.each(ENTRY_KINDS)('%s', (kind) => {
    const about = ABOUT_A_COHORT.includes(kind) ? { cohort: 'sales-ic-research' } : {};
    expect(describe(newEntry(kind, SAMPLES[kind], about))).toBe(SENTENCES[kind]);
  });
});

const LENT: Delegation = {
  ...{ to: 'kim', role: 'customer-lead', mode: 'act', kinds: ['sign', 'hold'], until: '2026-03-02T08:00:00.000Z' },
};

suite('orders', () => {
  const cases: [CommandKind, Parameters<typeof applied>[0], string | null][] = [
    ['go', { role: 'deployment-lead', scope: { level: 'gate', names: ['gate-2'] } }, 'Deployment Lead says go for gate 2'],
    ['approve', { role: 'cfo', args: { decision: 'reject' } }, 'CFO rejects the manifest set: looks right'],
    ['approve', { scope: { level: 'deployment', names: [] } }, 'CHRO gives the go-ahead'],
    ['sign', { scope: { level: 'group', names: ['a', 'b'] } }, null],
    [
      'promote',
      { role: 'deployment-lead', scope: { level: 'wave', names: ['research'] }, args: {} },
      'Deployment Lead promotes wave research',
    ],
    [
      'hold',
      { role: 'cfo', scope: { level: 'group', names: ['a', 'b', 'c', 'd', 'e'] }, args: {} },
      'CFO holds a, b, c and 2 more: looks right',
    ],
    ['release', { role: 'security-lead', args: { holdId: 'order-3' } }, 'CISO releases hold order-3'],
    [
      'confirm',
      { scope: { level: 'row', names: ['C4'] }, args: { role: 'arx-standby' } },
      'CHRO confirms: ARX Standby is available for the whole 72 h',
    ],
    [
      'confirm',
      { scope: { level: 'row', names: ['W2.08'] }, args: { noGo: { 'hr-lead': 'slow' } } },
      'CHRO confirms W2.08, with no go for hr-lead',
    ],
    [
      'confirm',
      { role: 'security-lead', scope: { level: 'row', names: ['W1.14'] }, args: { evidence: digest(0xabc) } },
      'CISO confirms W1.14 on report sha256:000000000000',
    ],
    [
      'confirm',
      { role: 'security-lead', scope: { level: 'row', names: ['W1.15'] }, args: {}, reason: 'it was moved.' },
      'CISO explains W1.15: it was moved',
    ],
    ['clock', { args: { clock: 'rebaseline', shiftHours: 2 } }, 'CHRO sets the T-clock back by 2 h'],
    ['clock', { args: { clock: 'start' } }, 'CHRO starts the T-clock'],
    ['waive', { scope: { level: 'row', names: ['W2.05'] }, args: {} }, 'CHRO waives W2.05: looks right'],
    ['retry', { scope: { level: 'cohort', names: ['a', 'b'] }, args: {} }, 'CHRO retries a and b'],
    [
      'hold',
      { scope: { level: 'group', names: ['a'] }, args: {}, person: 'kim', delegation: 'order-7' },
      'CHRO (kim in their place) holds a: looks right',
    ],
    ['ack', { args: { escalation: 'sign/cfo/1' } }, 'CHRO takes on sign/cfo/1'],
    ['ack', { args: { escalation: 'sign/cfo/1', handTo: 'kim' } }, 'CHRO hands sign/cfo/1 to kim'],
    ['revoke', { args: { delegationId: 'order-7' } }, 'CHRO revokes delegation order-7'],
    ['delegate', { args: { delegation: LENT } }, 'CHRO lets kim sign and hold in their place until 2026-03-02T08:00:00.000Z'],
    [
      'delegate',
      { args: { delegation: { ...LENT, groups: ['a', 'b'] } } },
      'CHRO lets kim sign and hold for a and b in their place until 2026-03-02T08:00:00.000Z',
    ],
    ['delegate', { args: { delegation: { ...LENT, mode: 'watch' } } }, 'CHRO lets kim watch until 2026-03-02T08:00:00.000Z'],
  ];
  it.each(cases)('%s %o', (kind, over, sentence) => {
    expect(describe(newEntry('command.applied', applied({ kind, ...over })))).toBe(sentence);
  });
});

suite('milestones', () => {
  const about = (over: Partial<EntryData['milestone']>) => describe(newEntry('milestone', { ...SAMPLES.milestone, ...over }));
  it('are silent while pending', () => expect(about({ status: 'pending' })).toBeNull());
  it('say by how much they are late, and why', () => {
    expect(about({ status: 'late', donePlanHours: 1, reason: 'S3 was down.' })).toBe(
      'W1.04 is met late at T+1:00, due T+0:24: Every manifest validates (S3 was down)',
    );
  });
  it('say why they were waived, whatever row it is', () => {
    expect(about({ row: 'X9', status: 'waived', reason: 'not built yet' })).toBe('X9 is waived (not built yet): X9');
  });
});

suite('a stretch of the log', () => {
  const outcome = (agent: string, over: Partial<EntryData['outcome']> = {}, cohort = 'sales-ic-research') =>
    newEntry('outcome', { ...SAMPLES.outcome, ...over }, { cohort, agent });
  const sentences = (entries: Parameters<typeof numbered>[0]) => describeRun(numbered(entries)).map((line) => line.sentence);

  it('tells outcomes of agents per cohort, operation and result, whatever lies between', () => {
    expect(
      sentences([
        outcome('a-1'),
        outcome('b-1', {}, 'hr-lead'),
        outcome('a-2'),
        outcome('a-3', { result: 'unknown' }),
        outcome('a-4', { result: 'not-applied', code: 'fenced' }),
        newEntry('wave.step'),
        outcome('a-5'),
      ]),
    ).toEqual([
      'hr-lead: 1 credential minted',
      'sales-ic-research: outcome of 1 mint unknown',
      'sales-ic-research: 1 credential failed: A stop or hold came after this work was authorised',
      'Wave research is at 25 %',
      'sales-ic-research: 3 credentials minted',
    ]);
  });

  it('begins a new line when something else was said about the cohort', () => {
    const ready = newEntry('cohort.phase', { phase: 'ready' }, { cohort: 'sales-ic-research', at: wallAt(9) });
    const lines = describeRun(numbered([outcome('a-1'), ready, outcome('a-2')]));
    expect(lines.map((line) => line.sentence)).toEqual([
      'sales-ic-research: 1 credential minted',
      'sales-ic-research: ready: every agent is credentialled and answers ALLOW',
      'sales-ic-research: 1 credential minted',
    ]);
    expect(lines[1]).toMatchObject({ at: wallAt(9), cohort: 'sales-ic-research', index: 1 });
  });

  it('tells one signature for many groups once', () => {
    const sign = (group: string, role: 'cfo' | 'customer-lead' = 'cfo') =>
      newEntry('sign-off', { ...SAMPLES['sign-off'], group, role, boundTo: digest(1) }, { id: `${group}/${role}` });
    expect(sentences([sign('a'), sign('b'), sign('c'), sign('d'), sign('e'), sign('a', 'customer-lead')])).toEqual([
      'CFO signs a, b, c and 2 more',
      'CHRO signs a',
    ]);
  });

  it('tells what the intercept said in an interval once, whatever the number of cohorts', () => {
    const said = (cohort: string, hours: number) =>
      newEntry(
        'intercept.verdicts',
        { ...SAMPLES['intercept.verdicts'], to: wallAt(hours) },
        { cohort, id: `${cohort}/${hours}` },
      );
    expect(sentences([said('a', 30), said('b', 30), said('a', 36), newEntry('wave.step')])).toEqual([
      '2,416 calls of 2 cohorts intercepted: 2,400 allowed, 10 warned, 4 denied, 2 failed',
      'a: 1,208 calls intercepted: 1,200 allowed, 5 warned, 2 denied, 1 failed',
      'Wave research is at 25 %',
    ]);
  });
});
