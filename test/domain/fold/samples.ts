import type { Command } from '../../../domain/command.ts';
import type { EntryData, EntryKind, EvidenceRef, NewEntry, RecordedEntry } from '../../../domain/entry.ts';

export const digest = (n: number): string => `sha256:${n.toString(16).padStart(64, '0')}`;
export const evidence = (n = 1): EvidenceRef => ({ ref: `evidence/${n}`, digest: digest(n) });

/** T-0 of the samples; at speed 360 one plan hour is ten seconds. */
export const T0 = Date.parse('2026-03-01T08:00:00.000Z');
export const wallAt = (hours: number, speed = 360): string => new Date(T0 + (hours * 3_600_000) / speed).toISOString();

export function command(over: Partial<Command> = {}): Command {
  return {
    v: 1,
    id: 'order-1',
    kind: 'approve',
    customer: 'acme',
    deployment: 'q4',
    environment: 'rehearsal',
    logOrigin: 'acme.example/log',
    person: 'dana',
    role: 'customer-lead',
    scope: { level: 'set', names: [] },
    issuedAt: wallAt(0),
    expiresAt: wallAt(24),
    saw: { manifestSetDigest: digest(7), runbookDigest: digest(8), policyVersion: 1, evidence: {} },
    args: { decision: 'approve' },
    reason: 'looks right',
    ...over,
  };
}

export const applied = (over: Partial<Command> = {}): EntryData['command.applied'] => ({
  command: command(over),
  envelope: evidence(),
  fenceGeneration: 1,
  latencyMs: 120,
});

/** One of each kind; the type keeps the list whole. */
export const SAMPLES: { [K in EntryKind]: EntryData[K] } = {
  'deployment.opened': {
    environment: 'rehearsal',
    logOrigin: 'acme.example/log',
    runbook: { version: '1.0.0', digest: digest(8) },
    manifestSetDigest: digest(7),
    deploymentFile: { ...evidence(2), version: 1 },
    speed: 360,
    startedBy: 'jo',
  },
  'set.verified': { manifestSetDigest: digest(7), manifests: 2, agents: 1200, signer: 'atlas', approvals: ['dana', 'kim'] },
  'set.refused': { manifestSetDigest: digest(7), problems: 3, report: evidence() },
  'plan.recorded': {
    cohorts: [
      { id: 'sales-ic-research', group: 'sales-ic', shape: 'research', agents: 4 },
      { id: 'sales-ic-production', group: 'sales-ic', shape: 'production', agents: 6 },
      { id: 'hr-lead-coordination', group: 'hr-lead', shape: 'coordination', agents: 10 },
    ],
    managers: 12,
    plan: evidence(3),
    forecastMintHours: 0.44,
  },
  'clock.started': { planHours: 0, speed: 360, wallAt: wallAt(0) },
  'clock.stopped': { planHours: 3.5, reason: 'connector down.' },
  'clock.rebaselined': { shiftHours: 2, reason: 'connector down' },
  'command.applied': applied(),
  'command.refused': {
    commandId: 'order-2',
    kind: 'sign',
    code: 'role_not_held',
    sentence: 'That person does not hold that role.',
    envelope: evidence(),
    latencyMs: 80,
  },
  'direct.adopted': {
    commandId: 'order-direct-1',
    kind: 'halt',
    scope: { level: 'group', names: ['sales-ic'] },
    person: 'kim',
    role: 'security-lead',
    reason: 'Writes to the wrong queue.',
    startedAt: wallAt(30),
    intents: 2,
    outcomes: { applied: 3, notApplied: 0, unknown: 1 },
    record: evidence(12),
  },
  milestone: { row: 'W1.04', status: 'met', dueAt: wallAt(0.4), doneAt: wallAt(0.3), duePlanHours: 0.4, donePlanHours: 0.3 },
  'gate.passed': { gate: 'gate-1', commandIndex: 7, planHours: 24.1, evidence: evidence(4) },
  intent: { operation: 'mint', key: 'acme/q4/sales-ic-research/*/mint/1', agents: ['agent-1', 'agent-2'], authority: 7 },
  outcome: { operation: 'mint', key: 'acme/q4/sales-ic-research/agent-1/mint/1', result: 'applied', intent: 11 },
  'cohort.phase': {
    phase: 'isolated',
    reason: 'The smoke sample did not get ALLOW.',
    code: 'smoke_failed',
    liftedBy: 'golive retry',
  },
  'wave.started': { wave: 'research', shape: 'research', cohorts: ['sales-ic-research'], ramp: [25, 100], authority: 7 },
  'wave.step': { wave: 'research', percent: 25, planHours: 48 },
  verdict: { subject: 'sales-ic-research', verdict: 'fail', reasons: ['error rate 1.2 %'], samples: 40 },
  'wave.closed': { wave: 'research', live: 1, left: ['sales-ic-production'] },
  'hold.added': {
    holdId: 'order-3',
    scope: { level: 'group', names: ['sales-ic'] },
    ceiling: 'shadow',
    why: 'audit finding',
    releasedBy: 'security-lead',
  },
  'hold.released': { holdId: 'order-3', by: 'kim' },
  'group.evidence': {
    group: 'sales-ic',
    cohorts: ['sales-ic-research', 'sales-ic-production'],
    agents: 10,
    evidence: evidence(5),
  },
  'sign-off': {
    group: 'engineering-ic',
    role: 'customer-lead',
    decision: 'approve',
    boundTo: digest(5),
    commandIndex: 7,
    channel: 'cli',
  },
  evidence: { subject: 'baseline', summary: 'Six hours of telemetry.', evidence: evidence(6) },
  'writes.approved': {
    first: 0,
    count: 2,
    writes: [{ id: 'w-1', agent: 'agent-1', manager: 'm-1', at: wallAt(55) }],
    evidence: evidence(10),
  },
  'intercept.verdicts': {
    from: wallAt(24),
    to: wallAt(30),
    verdicts: { allow: 1200, warn: 5, deny: 2, failed: 1 },
    evidence: evidence(11),
  },
  'drill.measured': {
    figures: {
      ...{ stage: 'sla', designated: 'eva@acme.example', asked: 120, notAsked: 0, inTime: 107, passedOn: 12, undecided: 4 },
      ...{ silent: 0, slowCount: 11, slow: [{ manager: 'noah@acme.example', decidedBy: 'eva@acme.example', hours: 5.5 }] },
    },
    evidence: evidence(13),
  },
  'watch-item': { id: 'W2.05', text: '78 % of managers answered in time.', owner: 'operations-lead' },
  'task.opened': {
    taskId: 'sales-ic-research/set-aside',
    owner: 'connector-standby',
    code: 'connector_not_deployed',
    sentence: 'A connector is missing.',
    next: 'Deploy it; then golive retry.',
  },
  'task.closed': { taskId: 'sales-ic-research/set-aside', how: 'it went on after a retry' },
  'card.issued': {
    card: 'c4rd',
    group: 'sales-ic',
    boundTo: digest(12),
    manifestSetDigest: digest(7),
    policyVersion: 1,
    expiresAt: wallAt(62),
  },
  'notice.made': { key: 'status/12', notice: { title: 'T+12:00', tone: 'info', lines: ['on track'], thread: true } },
  'notice.sent': { key: 'status/12', adapter: 'slack', revision: digest(13), place: { channel: 'C0DEPLOY', ts: '1.000200' } },
  'gateway.refused': { from: wallAt(1), to: wallAt(2), counts: { bad_signature: 12, guest: 1 } },
  'escalation.raised': {
    escalation: 'go/gate-1/1',
    about: 'go/gate-1',
    what: 'say go for gate 1',
    owner: 'deployment-lead',
    level: 'on-call',
    told: ['robin'],
    since: wallAt(24),
  },
  'escalation.closed': { escalation: 'go/gate-1/1', how: 'jo said go' },
  'stop.flipped': {
    ...{
      stop: 'order-9',
      kind: 'rollback',
      scope: { level: 'group', names: ['sales-ic'] },
      ceiling: 'shadow',
      fenceGeneration: 4,
    },
    ...{ handedInAt: wallAt(50), fencedAt: wallAt(50), lastAt: wallAt(50) },
    outcomes: { applied: 2, 'not-applied': 0, unknown: 1 },
    ...{ flipped: ['sales-ic-research', 'sales-ic-production'], left: ['sales-ic-late'], evidence: evidence(13) },
  },
  'stop.landed': {
    ...{ stop: 'order-9', verdict: 'pass', evidence: evidence(14) },
    checks: [{ name: 'no-writes', verdict: 'pass', detail: 'none since the flip' }],
  },
  'writes.questionable': { stop: 'order-9', incident: 'incident-1', count: 12, owner: 'kim', evidence: evidence(15) },
  'trigger.fired': {
    ...{ row: 'write-rate', subject: 'sales-ic-production', cohorts: ['sales-ic-production'], stop: 'order-9' },
    ...{ because: 'write rate 3.4 × expected.', since: wallAt(50), evidence: evidence(16) },
  },
  'trigger.cleared': { row: 'write-rate', subject: 'sales-ic-production', because: 'back to normal.' },
  'incident.opened': {
    ...{ incident: 'incident-1', severity: 3, title: 'sales-ic-production writes too much.', stop: 'order-9' },
    ...{ scope: { level: 'cohort', names: ['sales-ic-production'] }, row: 'write-rate', owner: 'deployment-lead' },
  },
  'incident.noted': { incident: 'incident-1', act: 'status', text: 'looking at it.', by: 'kim' },
  'incident.closed': { incident: 'incident-1', rootCause: 'a loop.', followUps: [{ text: 'fix it', owner: 'kim' }], by: 'kim' },
  'exit.attested': { stop: 'order-9', subject: 'sales-ic-late', agents: 3, evidence: evidence(17) },
  'breaker.changed': { dependency: 'platform', part: 'engine', state: 'open', because: '5 calls failed.' },
  'deployment.closed': { result: 'live-with-exceptions', brief: evidence(9) },
};

interface About {
  id?: string;
  at?: string;
  actor?: string;
  cohort?: string;
  agent?: string;
}

export const newEntry = <K extends EntryKind>(kind: K, data: EntryData[K] = SAMPLES[kind], about: About = {}): NewEntry => {
  const { id = `${kind}/${about.cohort ?? ''}/${about.agent ?? ''}`, at = wallAt(0), actor = 'golive', ...rest } = about;
  return { v: 1, id: `acme/q4/${id}`, at, kind, customer: 'acme', deployment: 'q4', actor, ...rest, data } as NewEntry;
};

/** Numbers entries as the log does. */
export const numbered = (entries: readonly NewEntry[]): RecordedEntry[] => entries.map((entry, index) => ({ ...entry, index }));
