import type { EntryData, PlannedCohort } from '../../../domain/entry.ts';
import { FAILURES, type FailureCode } from '../../../domain/failure.ts';
import type { Operation } from '../../../domain/ids.ts';
import { chunk, splitSmokeSample } from '../../../domain/set/chunk.ts';
import { GROUP_SIGNERS } from '../../../domain/authority/quorum.ts';
import { ROWS } from '../../../domain/runbook/rows.ts';
import { APPROVING_ROLES } from '../../../domain/set/approval.ts';
import { STANDING_ROLES } from '../../../domain/roles.ts';
import { evidenceOf, type Script } from './script.ts';
import type { Troubles } from './troubles.ts';

const DEPLOYMENT = { level: 'deployment' as const, names: [] };

/** Until T-0: opened, verified, approved by four, confirmed by seven. */
export function countdown(script: Script): void {
  const { file, setDigest, runbookDigest, cohorts, managers } = script.cast;
  const agents = cohorts.reduce((sum, c) => sum + c.agents, 0);
  script.say(-2, 'opened', 'deployment.opened', {
    environment: file.environment,
    logOrigin: file.logOrigin,
    runbook: { version: '1.4.0', digest: runbookDigest },
    manifestSetDigest: setDigest,
    deploymentFile: { ref: `${file.deployment}/deployment.yaml`, digest: setDigest, version: file.version },
    speed: file.speed,
    startedBy: file.startedBy,
  });
  script.say(-1.95, 'set', 'set.verified', {
    manifestSetDigest: setDigest,
    manifests: cohorts.length,
    agents,
    signer: script.cast.person('atlas-operator'),
    approvals: [],
  });
  script.say(-1.94, 'plan', 'plan.recorded', {
    cohorts,
    managers,
    plan: { ref: 'plan', digest: setDigest },
    forecastMintHours: agents / 3000,
  });
  script.evidence(-1.93, 'set:frozen', 'frozen and signed');
  script.settle(-1.92, 'C2');
  script.settle(-1.92, 'C1', 'waived');
  APPROVING_ROLES.forEach((role, i) => {
    script.order(
      -1.6 + i / 20,
      `approve-set-${role}`,
      'approve',
      role,
      { level: 'set', names: [] },
      { args: { decision: 'approve' } },
    );
  });
  script.settle(-1.4, 'C3');
  STANDING_ROLES.forEach((role, i) => {
    script.order(-1.3 + i / 25, `confirm-C4-${role}`, 'confirm', role, { level: 'row', names: ['C4'] }, { args: { role } });
  });
  script.settle(-0.9, 'C4');
  script.order(-0.002, 'clock-start', 'clock', 'deployment-lead', DEPLOYMENT, { args: { clock: 'start' } });
  script.say(0, 'clock/start', 'clock.started', { planHours: 0, speed: file.speed, wallAt: script.wall(0) });
  for (const id of ['P1', 'P2', 'P3', 'P4', 'P5', 'P6', 'P7', 'P8']) script.settle(0.001, id);
}

/** Credentials per plan hour that the platform allows. */
const MINT_PER_HOUR = 3000;

/** T+0 to T+24. Returns the cohorts that came through. */
export function provision(script: Script, troubles: Troubles): PlannedCohort[] {
  const { cohorts } = script.cast;
  const agents = cohorts.reduce((sum, c) => sum + c.agents, 0);
  for (const { id } of ROWS.filter((r) => r.window === 'provision' && r.waivedBecause !== undefined))
    script.settle(0.01, id, 'waived');
  script.order(0.05, 'go-ahead', 'approve', 'customer-lead', DEPLOYMENT, { args: { decision: 'approve' } });
  script.settle(0.01, 'W1.01', 'not-applicable', 'the deployment file names no Slack channel');
  script.settle(0.06, 'W1.02');
  script.settle(0.14, 'W1.03');
  script.settle(0.2, 'W1.04');
  script.settle(0.4, 'W1.05');
  const failed = cohorts.filter((c) => troubles.of[c.id] === 'preflight');
  for (const c of failed) isolate(script, 0.5, c, 'connector_credential_expired', 'salesforce: expired on 1 March.');
  script.evidence(0.55, 'preflight', `${cohorts.length - failed.length} of ${cohorts.length} manifests passed`);
  script.settle(0.6, 'W1.06', 'met', failed.length === 0 ? undefined : `without ${failed.map((c) => c.id).join(', ')}`);
  if (agents < 2000) script.settle(1.8, 'W1.07', 'not-applicable', `the deployment has ${agents} agents`);
  else script.settle(1.8, 'W1.07');
  script.settle(0.9, 'W1.08');

  let minted = 0;
  const through: PlannedCohort[] = [];
  const created = cohorts.filter((c) => !failed.includes(c));
  created.forEach((cohort, i) => {
    const start = 1 + (1.6 * i) / created.length;
    const { sample, rest } = splitSmokeSample(script.cast.agents(cohort).map((id) => ({ id })));
    const parts = [sample, ...chunk(rest)].map((part) => part.map((a) => a.id));
    phase(script, start, cohort, 'creating');
    parts.forEach((part, n) => write(script, start + n / 200, cohort, 'create', part, n));
    phase(script, start + 0.3, cohort, 'binding');
    write(script, start + 0.32, cohort, 'bind', parts.flat(), 0);
    phase(script, start + 0.5, cohort, 'sampling');
    write(script, start + 0.52, cohort, 'mint', parts[0] ?? [], 0);
    const broken = troubles.of[cohort.id] === 'smoke';
    write(script, start + 0.56, cohort, 'smoke', parts[0] ?? [], 0, broken ? 'DENY' : 'ALLOW');
    if (broken) return isolate(script, start + 0.6, cohort, 'smoke_failed', `1 of 1: ${sample[0]?.id ?? ''} DENY`);
    through.push(cohort);
    let last = start + 0.6;
    phase(script, last, cohort, 'minting');
    parts.slice(1).forEach((part, n) => {
      minted += part.length;
      last = Math.max(last, 3.4 + minted / MINT_PER_HOUR);
      write(script, last, cohort, 'mint', part, n + 1);
      write(script, last + 0.04, cohort, 'smoke', part, n + 1);
    });
    phase(script, last + 0.1, cohort, 'ready');
  });
  const done = 3.6 + minted / MINT_PER_HOUR;
  script.settle(3.1, 'W1.09');
  script.settle(3.3, 'W1.11');
  script.settle(done, 'W1.12');
  script.settle(
    done,
    'W1.10',
    done > 3.6 + agents / 1500 ? 'missed' : 'met',
    `${agents} credentials in ${(minted / MINT_PER_HOUR).toFixed(1)} h of plan`,
  );
  script.settle(done + 0.1, 'W1.13', 'met', 'signed by the witness');
  confirmReport(script, 14, 'W1.14');
  script.settle(24, 'W1.15', 'met', '289 signatures; none');
  gate(script, 24.02, 24.05, 'gate-1');
  return through;
}

/** T+24 to T+48. Returns the cohorts that were signed for. */
export function validate(script: Script, troubles: Troubles, ready: readonly PlannedCohort[]): PlannedCohort[] {
  ready.forEach((cohort, i) => {
    const at = 24.07 + (0.4 * i) / ready.length;
    write(script, at, cohort, 'run', [], 0);
    phase(script, at + 0.05, cohort, 'shadow');
    script.say(
      at + 0.2,
      `${cohort.id}/example`,
      'verdict',
      { subject: `example:${cohort.id}`, verdict: 'pass', reasons: [], samples: 1 },
      { cohort: cohort.id },
    );
  });
  for (const { id } of ROWS.filter((r) => r.window === 'validate' && r.waivedBecause !== undefined))
    script.settle(24.1, id, 'waived');
  script.settle(24.5, 'W2.01', 'met');
  script.settle(24.9, 'W2.02');
  script.settle(29.9, 'W2.04', 'met', 'one synthetic escalation for every manager');
  script.settle(34, 'W2.05', 'met', '92 % answered in time');
  script.settle(38, 'W2.06');
  script.settle(41, 'W2.07');
  script.evidence(30.4, 'baseline', 'six hours of telemetry');
  script.settle(30.4, 'W2.03');
  const groups = [...new Set(ready.map((c) => c.group))].sort();
  for (const group of groups) {
    const members = ready.filter((c) => c.group === group);
    const evidence = script.cast.setDigest.replace(/.{8}$/, group.length.toString(16).padStart(8, '0'));
    script.say(38, `group-evidence/${group}`, 'group.evidence', {
      group,
      cohorts: members.map((c) => c.id),
      agents: members.reduce((n, c) => n + c.agents, 0),
      evidence: { ref: group, digest: evidence },
    });
  }
  script.order(41, 'confirm-W2.08', 'confirm', 'customer-lead', { level: 'row', names: ['W2.08'] });
  script.settle(41.1, 'W2.08');
  GROUP_SIGNERS.forEach((role, i) => {
    const signs = groups.filter((g) => role !== 'cfo' || g !== troubles.unsigned);
    const id = `sign-${role}`;
    script.order(44 + i * 1.2, id, 'sign', role, { level: 'group', names: signs }, { args: { decision: 'approve' } });
    for (const group of signs) {
      const boundTo = script.cast.setDigest.replace(/.{8}$/, group.length.toString(16).padStart(8, '0'));
      script.say(
        44.02 + i * 1.2,
        `sign-off/${id}/${group}`,
        'sign-off',
        (at) => ({ group, role, decision: 'approve', boundTo, commandIndex: at(`command/${id}`), channel: 'cli' }),
        { actor: script.cast.person(role) },
      );
    }
  });
  confirmReport(script, 40, 'W2.09');
  const signed = ready.filter((c) => c.group !== troubles.unsigned);
  script.settle(47.2, 'W2.11', 'met', troubles.unsigned === null ? undefined : `held in shadow: ${troubles.unsigned}`);
  for (const cohort of signed) phase(script, 47.3, cohort, 'signed-off');
  gate(script, 47.8, 48, 'gate-2');
  return signed;
}

/** The Security Lead's own look at the log, with the digest of what it found. */
function confirmReport(script: Script, hours: number, row: string): void {
  const evidence = evidenceOf(`report/${row}`).digest;
  script.order(hours, `confirm-${row}`, 'confirm', 'security-lead', { level: 'row', names: [row] }, { args: { evidence } });
  script.settle(hours + 0.05, row);
}

export function phase(
  script: Script,
  hours: number,
  { id: cohort }: PlannedCohort,
  to: EntryData['cohort.phase']['phase'],
  more: Partial<EntryData['cohort.phase']> = {},
): void {
  script.say(hours, `${cohort}/phase/${to}/${hours}`, 'cohort.phase', { phase: to, ...more }, { cohort });
}

/** Put beside the way, with a task for whoever must act. */
export function isolate(
  script: Script,
  hours: number,
  cohort: PlannedCohort,
  code: FailureCode,
  detail: string,
  to: 'isolated' | 'held' = 'isolated',
): void {
  const { sentence, next } = FAILURES[code];
  const reason = `${sentence} ${detail}`;
  phase(script, hours, cohort, to, { code, reason, liftedBy: next });
  script.say(
    hours,
    `${cohort.id}/task/${hours}`,
    'task.opened',
    { taskId: `${cohort.id}/set-aside`, owner: 'deployment-lead', code, sentence: `${cohort.id}: ${reason}`, next },
    { cohort: cohort.id },
  );
}

export function gate(script: Script, said: number, passed: number, id: 'gate-1' | 'gate-2' | 'gate-3'): void {
  script.order(said, `go-${id}`, 'go', 'deployment-lead', { level: 'gate', names: [id] });
  script.say(passed, id, 'gate.passed', (at) => ({
    gate: id,
    commandIndex: at(`command/go-${id}`),
    planHours: passed,
    evidence: evidenceOf(`rows/${id}`),
  }));
}

/** Intent, then an outcome per agent; without agents one outcome for the cohort. */
function write(
  script: Script,
  hours: number,
  { id: cohort }: PlannedCohort,
  operation: Operation,
  agents: readonly string[],
  part: number,
  verdict?: string,
): void {
  const key = (agent: string): string =>
    `${script.cast.file.customer}/${script.cast.file.deployment}/${cohort}/${agent}/${operation}/1`;
  const intent = `${cohort}/${operation}/${part}/intent`;
  script.say(
    hours,
    intent,
    'intent',
    (at) => ({ operation, key: key(`chunk-${part}`), agents: [...agents], authority: at('command/go-ahead') }),
    { cohort },
  );
  for (const agent of agents.length > 0 ? agents : [undefined]) {
    script.say(
      hours + 0.02,
      `${cohort}/${agent ?? '*'}/${operation}/${part}/outcome`,
      'outcome',
      (at) => ({
        operation,
        key: key(agent ?? '*'),
        result: 'applied',
        intent: at(intent),
        ...(verdict === undefined ? {} : { verdict }),
      }),
      agent === undefined ? { cohort } : { cohort, agent },
    );
  }
}
