import type { z } from 'zod';
import * as wire from './wire.schema.ts';

/** One endpoint of the platform's contract: what OpenAPI says about it, and what the reference platform is checked against. */
export interface Endpoint {
  /** Name of the operation. */
  name: string;
  method: 'GET' | 'POST' | 'PUT';
  path: string;
  summary: string;
  /** What whoever builds it has to know besides. */
  detail?: string;
  /** The least that a key must be allowed; `lower` may lower modes and fence, and raises nothing. Null: no key. */
  power: 'read' | 'lower' | 'forward' | null;
  query?: Record<string, { required: boolean; schema: Record<string, unknown> }>;
  /** True where the request needs If-Match. */
  ifMatch?: true;
  request?: z.ZodType;
  reply: z.ZodType;
  /** Codes of `problem` besides those that any request can get. */
  problems?: z.infer<typeof wire.problem>['code'][];
}

const text = { type: 'string' };
const time = { type: 'string', format: 'date-time' };
const number = { type: 'integer', minimum: 0 };
const window = { from: { required: true, schema: time }, to: { required: true, schema: time } };
const limit = { limit: { required: false, schema: { ...number, default: 100, maximum: 1000 } } };
const cohort = { cohort: { required: false, schema: text } };
const one = { ...cohort, agent: { required: false, schema: text } };
const after = (schema: Record<string, unknown>) => ({ after: { required: false, schema } });

type Rest = Omit<Endpoint, 'name' | 'method' | 'path' | 'summary' | 'power'>;
const read = (name: string, path: string, summary: string, rest: Rest): Endpoint => ({
  name,
  method: 'GET',
  path,
  summary,
  power: 'read',
  ...rest,
});
const post = (name: string, path: string, summary: string, rest: Rest & { power?: Endpoint['power'] }): Endpoint => ({
  name,
  method: 'POST',
  path,
  summary,
  power: 'forward',
  ...rest,
});

const deployment = '/v1/deployments/{deployment}';
const bulk = ['conflict', 'fenced', 'above_ceiling'] satisfies Endpoint['problems'];

export const ENDPOINTS: readonly Endpoint[] = [
  post('register', '/v1/agents/cohorts/from-manifests', 'Register the cohorts of a manifest set; one job each.', {
    request: wire.registerRequest,
    reply: wire.registerReply,
    problems: ['conflict', 'fenced'],
  }),
  post('preflight', '/v1/cohort-sets/{id}/preflight', 'Check every manifest of a set; changes nothing.', {
    power: 'read',
    reply: wire.preflightReply,
  }),
  read('connectors', '/v1/connectors', 'Connectors, whether deployed and up, and the identity they log in with.', {
    reply: wire.connectorsReply,
  }),
  read('hris', '/v1/hris', 'Does HRIS let the platform in, and how many employees does it list?', { reply: wire.hrisReply }),
  read('limits', '/v1/limits', "The platform's own limits.", { reply: wire.limitsReply }),
  post('snapshot', '/v1/hris/snapshots', 'Keep one consistent picture of who reports to whom.', {
    request: wire.snapshotRequest,
    reply: wire.snapshotReply,
    problems: ['conflict'],
  }),
  post('resolve', '/v1/hris/snapshots/{id}/resolve', 'Look managers up in a snapshot.', {
    power: 'read',
    request: wire.resolveRequest,
    reply: wire.resolveReply,
  }),
  post('create', '/v1/agents', 'Create agents of one cohort.', {
    request: wire.createRequest,
    reply: wire.itemsReply,
    problems: [...bulk, 'agent_in_other_deployment'],
  }),
  post('bind', '/v1/bindings', 'Bind agents to their managers in a snapshot.', {
    request: wire.bindRequest,
    reply: wire.itemsReply,
    problems: bulk,
  }),
  post('mint', '/v1/credentials', 'Put a credential per agent into the vault, as fast as the limit allows.', {
    detail:
      'One credential per agent and credential generation; a higher one revokes those before it. Answers reference and fingerprint, never the secret.',
    request: wire.mintRequest,
    reply: wire.itemsReply,
    problems: bulk,
  }),
  post('smoke', '/v1/intercept/no-op', 'One harmless call per agent through the intercept API.', {
    request: wire.smokeRequest,
    reply: wire.itemsReply,
    problems: bulk,
  }),
  post('lookup', '/v1/operations/lookup', 'What became of these keys?', {
    power: 'read',
    request: wire.lookupRequest,
    reply: wire.lookupReply,
  }),
  read('deployments', '/v1/deployments', 'Which there are.', { reply: wire.deploymentsReply }),
  read('cohorts', `${deployment}/cohorts`, 'Mode, ceiling and counts of every cohort.', {
    query: cohort,
    reply: wire.cohortsReply,
  }),
  read('agents', `${deployment}/agents`, 'Agents by name.', {
    query: { ...one, ...after(text), ...limit },
    reply: wire.agentsReply,
  }),
  {
    name: 'mode',
    method: 'PUT',
    path: `${deployment}/cohorts/{cohort}/mode`,
    summary: 'Flip a cohort. Raising needs the power forward and the current generation.',
    detail: 'A flip downwards may come with If-Match *, and needs no generation: whatever it is now, it goes down.',
    power: 'lower',
    ifMatch: true,
    request: wire.modeRequest,
    reply: wire.cohortState,
    problems: [...bulk, 'precondition_failed', 'precondition_required'],
  },
  {
    name: 'agent-mode',
    method: 'PUT',
    path: `${deployment}/agents/{agent}/mode`,
    summary: "Flip one agent; its cohort's flips never lift it above that.",
    power: 'lower',
    request: wire.agentModeRequest,
    reply: wire.agentState,
    problems: bulk,
  },
  read('fences', '/v1/fences', 'Fences that stand.', {
    query: { deployment: { required: false, schema: text } },
    reply: wire.fencesReply,
  }),
  post('fence', '/v1/fences', 'Lower the ceiling of any scope, also of what does not exist yet.', {
    detail:
      'One new generation for all scopes; the same commandId again answers with the first one. From then on nothing in them rises above the ceiling, ' +
      'and forward writes of an earlier generation are 409 fenced. Below shadow nothing is registered or created there either. It flips nothing by itself.',
    power: 'lower',
    request: wire.fenceRequest,
    reply: wire.fenceReply,
    problems: ['conflict'],
  }),
  post('lift', '/v1/fences/lift', 'Take away what a command fenced, or for some cohorts only.', {
    detail:
      'Raises nobody: it is a new generation, under which forward writes that carry it may. Other fences of the same scope stand.',
    request: wire.fenceLiftRequest,
    reply: wire.fenceReply,
    problems: ['conflict'],
  }),
  post('revoke', '/v1/credentials/revoke', 'Take credentials away; their agents make no call any more.', {
    detail:
      'Up to credentialGeneration, or whichever it is; who has none is done as well. Only minting a higher one lets them call again.',
    power: 'lower',
    request: wire.revokeRequest,
    reply: wire.itemsReply,
  }),
  post('example', `${deployment}/cohorts/{cohort}/example`, "Run the manifest's example request in shadow.", {
    request: wire.exampleRequest,
    reply: wire.exampleReply,
    problems: bulk,
  }),
  read('telemetry', `${deployment}/telemetry`, 'Counts of all cohorts in a window of time.', {
    query: window,
    reply: wire.telemetryReply,
  }),
  read('queues', `${deployment}/queues`, "Managers' queues; there before the deployment is.", { reply: wire.queuesReply }),
  read('escalations', `${deployment}/escalations`, 'What agents asked their managers, and in whose queue it lies.', {
    query: {
      ...after(number),
      ...limit,
      synthetic: { required: false, schema: { type: 'boolean' } },
      open: { required: false, schema: { type: 'boolean' } },
    },
    reply: wire.escalationsReply,
  }),
  post('drill', `${deployment}/escalations`, 'Try queues with synthetic escalations, which execute nothing.', {
    request: wire.drillRequest,
    reply: wire.itemsReply,
    problems: ['fenced'],
  }),
  post('reassign', `${deployment}/escalations/reassign`, 'Pass open escalations on to other queues.', {
    request: wire.reassignRequest,
    reply: wire.itemsReply,
  }),
  read('writes', `${deployment}/writes`, 'Manager-approved writes that committed, oldest first.', {
    query: { ...after(number), ...limit },
    reply: wire.writesReply,
  }),
  read('orchestrations', `${deployment}/orchestrations`, 'Multi-system orchestrations that completed, oldest first.', {
    query: limit,
    reply: wire.orchestrationsReply,
  }),
  read('executions', `${deployment}/executions`, 'Single executions by number, to sample from.', {
    query: { ...window, ...after(number), ...limit, stateChange: { required: false, schema: { type: 'boolean' } } },
    reply: wire.executionsReply,
  }),
  read('checks', `${deployment}/checks`, 'Health checks of every cohort in a window of time.', {
    detail: 'One a minute per cohort whose agents run; failedInARow counts back from the end, also past the beginning.',
    query: window,
    reply: wire.checksReply,
  }),
  read('identities', `${deployment}/identities`, 'As whom agents log in at connectors, and as whom they should.', {
    reply: wire.identitiesReply,
  }),
  read('atlas-audit', `${deployment}/atlas/audit`, 'The manifest that every cohort should run, and the one that it runs.', {
    reply: wire.atlasAuditReply,
  }),
  post(
    'regenerate',
    `${deployment}/atlas/regenerations`,
    'Build halted agents again from the manifest they were registered with.',
    {
      detail: '409 conflict for another manifest, and while an agent of the cohort is in shadow or live: they are halted first.',
      power: 'lower',
      request: wire.regenerateRequest,
      reply: wire.regenerateReply,
      problems: ['conflict'],
    },
  ),
  read('commits', `${deployment}/commits`, 'Every write that committed in a window of time.', {
    detail: 'Of all cohorts, of one, or of one agent; cohort by cohort, each oldest first. after: how many were read before.',
    query: { ...window, ...one, ...after(number), ...limit },
    reply: wire.commitsReply,
  }),
  read('exits', `${deployment}/exits`, 'What a cohort or an agent did, what was revoked and what remains.', {
    detail: 'Of one cohort or one agent: cohort or agent has to be given. An exit attestation repeats it word for word.',
    query: one,
    reply: wire.exitsReply,
  }),
  { name: 'health', method: 'GET', path: '/v1/health', summary: 'Is it there?', power: null, reply: wire.healthReply },
];
