import type { Among, AuthorityContext, DeploymentStateView, Signer } from '../../../domain/authority/context.ts';
import { newStateView, subjects } from '../../../domain/authority/context.ts';
import { principalOf } from '../../../domain/authority/delegation.ts';
import { judge } from '../../../domain/authority/judge.ts';
import { record } from '../../../domain/authority/record.ts';
import { ATTESTABLE_KINDS, type Attestation, type Command } from '../../../domain/command.ts';
import { RUNBOOK_LIMITS, type DeploymentFile, type Person } from '../../../domain/deployment-file.ts';
import type { CohortPhase, MilestoneStatus } from '../../../domain/entry.ts';
import type { Role } from '../../../domain/roles.ts';
import { rowsOf } from '../../../domain/runbook/rows.ts';
import type { RunbookWindow } from '../../../domain/runbook/milestone.ts';
import type { CardView } from '../../../domain/view.ts';

const person = (id: string, roles: Role[], deputyOf: Role[] = []): Person => ({
  id,
  name: id,
  email: `${id}@acme.example`,
  roles,
  deputyOf,
  slack: `U-${id}`,
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
  slack: { team: 'T-acme', channel: 'C-q4', attestedBy: ['ed25519:gateway'], allows: [...ATTESTABLE_KINDS] },
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

export const NOTHING: Among = { cards: {}, delegations: {}, escalations: {}, incidents: {}, stops: {} };

/** The word of the gateway that the deployment file names. */
export const GATEWAY: Signer = { gateway: 'ed25519:gateway' };

/** The same order, given in Slack. */
export const inSlack = (command: Command, change: Partial<Attestation> = {}): Command => ({
  ...command,
  attestation: { channel: 'slack', team: 'T-acme', user: `U-${command.person}`, cards: [], ...change },
});

/** A card for each group, as it was posted before anything changed; its id is `card-<group>`. */
export const cardsFor = (groups: readonly string[], change: Partial<CardView> = {}): Among => ({
  ...NOTHING,
  cards: Object.fromEntries(
    groups.map((group): [string, CardView] => [
      `card-${group}`,
      {
        ...{ card: `card-${group}`, group, boundTo: `sha256:${group}`, manifestSetDigest: SET, policyVersion: 3 },
        ...{ expiresAt: '2026-03-03T12:00:00.000Z', index: 7, at: NOW, ...change },
      },
    ]),
  ),
});

/** The person's own key. */
export const signerOf = (file: DeploymentFile, id: string): Signer | null => {
  const person = file.people.find((p) => p.id === id);
  return person === undefined ? null : { person };
};

export const context = (
  state: DeploymentStateView,
  command: Command,
  change: Partial<AuthorityContext> = {},
): AuthorityContext => ({
  file: FILE,
  signer: signerOf(FILE, command.person),
  nowIso: NOW,
  manifestSetDigest: SET,
  runbookDigest: RUNBOOK_DIGEST,
  planHours: state.started ? 50 : null,
  state,
  among: NOTHING,
  ...change,
});

/** Judges and records; gives the state after it and the code of a refusal, or `applied`. */
export const give = (state: DeploymentStateView, command: Command, change: Partial<AuthorityContext> = {}) => {
  const ctx = context(state, command, change);
  const judgement = judge(command, ctx);
  return {
    state: record(state, command, judgement, ctx.file, principalOf(command, ctx.among)),
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
