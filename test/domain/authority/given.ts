import type { AuthorityContext, DeploymentStateView, OrderContext } from '../../../domain/authority/context.ts';
import { newStateView, subjects } from '../../../domain/authority/context.ts';
import { judge } from '../../../domain/authority/judge.ts';
import { record } from '../../../domain/authority/record.ts';
import type { Command } from '../../../domain/command.ts';
import { RUNBOOK_LIMITS, type DeploymentFile, type Person } from '../../../domain/deployment-file.ts';
import type { CohortPhase, MilestoneStatus } from '../../../domain/entry.ts';
import type { Role } from '../../../domain/roles.ts';
import { rowsOf } from '../../../domain/runbook/rows.ts';
import type { RunbookWindow } from '../../../domain/runbook/milestone.ts';

const person = (id: string, roles: Role[], deputyOf: Role[] = []): Person => ({
  id,
  name: id,
  email: `${id}@acme.example`,
  roles,
  deputyOf,
  keys: [`ed25519:${id}`],
});

/** `dan` started the deployment and is deputy of the Customer Lead; `wide` holds two of the roles that sign. */
export const FILE: DeploymentFile = {
  apiVersion: 'golive/v1',
  kind: 'Deployment',
  customer: 'acme',
  deployment: 'q4',
  version: 3,
  environment: 'rehearsal',
  logOrigin: 'log.acme.example/golive',
  manifestSet: { bucket: 'sets', prefix: 'q4' },
  audit: { bucket: 'audit', prefix: 'q4' },
  platform: { endpoint: 'http://platform.example' },
  cluster: { endpoint: 'http://cluster.example', namespace: 'atlas', networkPolicy: 'egress', networkPolicyDigest: 'sha256:np' },
  startedBy: 'dan',
  people: [
    person('lea', ['deployment-lead']),
    person('chris', ['customer-lead']),
    person('sam', ['security-lead']),
    person('otto', ['operations-lead']),
    person('ada', ['atlas-operator']),
    person('ravi', ['arx-standby']),
    person('cora', ['connector-standby']),
    person('finn', ['cfo']),
    person('ella', ['ceo']),
    person('dan', ['deployment-lead'], ['customer-lead']),
    person('wide', ['security-lead', 'cfo', 'operations-lead']),
  ],
  personalFor: [],
  limits: { ...RUNBOOK_LIMITS },
  speed: 1,
};

export const NOW = '2026-03-02T12:00:00.000Z';
const SET = 'sha256:set';
const RUNBOOK_DIGEST = 'sha256:runbook';
export const GROUPS = ['sales-ic', 'hr-lead'] as const;
let count = 0;

/** An order as its person would give it now; `change` says what is different. */
export const order = (person: string, role: Role, kind: Command['kind'], change: Partial<Command> = {}): Command => ({
  v: 1,
  id: `cmd-${count++}`,
  kind,
  customer: 'acme',
  deployment: 'q4',
  environment: 'rehearsal',
  logOrigin: 'log.acme.example/golive',
  person,
  role,
  scope: { level: 'deployment', names: [] },
  issuedAt: '2026-03-02T11:59:00.000Z',
  expiresAt: '2026-03-02T13:00:00.000Z',
  args: {},
  reason: 'because it is time',
  ...change,
  saw: { manifestSetDigest: SET, runbookDigest: RUNBOOK_DIGEST, policyVersion: 3, evidence: {}, ...change.saw },
});

export const sign = (
  person: string,
  role: Role,
  groups: readonly string[],
  decision: 'approve' | 'reject' = 'approve',
): Command =>
  order(person, role, 'sign', {
    scope: { level: 'group', names: [...groups] },
    args: { decision },
    saw: {
      manifestSetDigest: SET,
      runbookDigest: RUNBOOK_DIGEST,
      policyVersion: 3,
      evidence: Object.fromEntries(groups.map((g) => [g, `sha256:${g}`])),
    },
  });

export const approveSet = (person: string, role: Role, decision: 'approve' | 'reject' = 'approve'): Command =>
  order(person, role, 'approve', { scope: { level: 'set', names: [] }, args: { decision } });

export const context = (state: DeploymentStateView, command: Command, change: Partial<OrderContext> = {}): AuthorityContext => ({
  file: FILE,
  signer: FILE.people.find((p) => p.id === command.person) ?? null,
  nowIso: NOW,
  manifestSetDigest: SET,
  runbookDigest: RUNBOOK_DIGEST,
  planHours: state.started ? 50 : null,
  state,
  ...change,
});

/** Judges and records; gives the state after it and the code of a refusal, or `applied`. */
export const give = (state: DeploymentStateView, command: Command, change: Partial<OrderContext> = {}) => {
  const ctx = context(state, command, change);
  const judgement = judge(command, ctx);
  return {
    state: record(state, command, judgement, ctx.file),
    outcome: judgement.verdict === 'applied' ? 'applied' : judgement.code,
    sentence: judgement.verdict === 'applied' ? '' : judgement.sentence,
  };
};

export const settled = (window: RunbookWindow, status: MilestoneStatus = 'met') =>
  Object.fromEntries(rowsOf(window).map((r) => [r.id, status]));

/** A deployment in a window, its clock running and everything before it settled; two groups with a cohort per shape. */
export const inWindow = (
  window: RunbookWindow,
  phase: CohortPhase,
  change: Partial<DeploymentStateView> = {},
): DeploymentStateView => ({
  ...newStateView(),
  started: window !== 'countdown',
  clockRunning: window !== 'countdown',
  window,
  gatesPassed: window === 'golive' ? ['gate-1', 'gate-2'] : window === 'validate' ? ['gate-1'] : [],
  groups: Object.fromEntries(
    GROUPS.map((group) => [
      group,
      {
        [`${group}-research`]: { shape: 'research', phase },
        [`${group}-production`]: { shape: 'production', phase },
      },
    ]),
  ),
  decided: { [subjects.set]: { ceo: 'ella', 'customer-lead': 'chris', cfo: 'finn', 'security-lead': 'sam' } },
  setApprovedUntil: {
    ceo: '2026-03-10T00:00:00.000Z',
    'customer-lead': '2026-03-10T00:00:00.000Z',
    cfo: '2026-03-10T00:00:00.000Z',
    'security-lead': '2026-03-10T00:00:00.000Z',
  },
  milestones: settled('countdown'),
  openEvidence: Object.fromEntries(GROUPS.map((g) => [g, `sha256:${g}`])),
  ...change,
});

export const ALL_SIGNED = Object.fromEntries(
  GROUPS.map((g) => [subjects.sign(g), { 'customer-lead': 'chris', 'security-lead': 'sam', cfo: 'finn' }]),
);
