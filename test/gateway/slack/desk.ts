import { randomBytes } from 'node:crypto';
import { WebClient } from '@slack/web-api';
import type { FastifyInstance } from 'fastify';
import { applyOrder } from '../../../activities/control/command.ts';
import { runbookDigest } from '../../../activities/runbook-digest.ts';
import { CommandsUnreachable } from '../../../clients/commands/port.ts';
import { temporarySigner } from '../../../clients/keys/local.ts';
import { ATTESTABLE_KINDS } from '../../../domain/command.ts';
import type { DeploymentFile, Person, SlackSection } from '../../../domain/deployment-file.ts';
import type { EntryKind, EntryOf } from '../../../domain/entry.ts';
import type { DeploymentName } from '../../../domain/ids.ts';
import { buttonValue } from '../../../domain/notice.ts';
import type { Role } from '../../../domain/roles.ts';
import { gateway } from '../../../gateway/server.ts';
import type { SlackCustomer } from '../../../gateway/slack/customer.ts';
import { freePort } from '../../../scripts/processes/ports.ts';
import { keyOf, newOffice, SET, type Office } from '../../activities/office/office.ts';
import { RunningSlack, WORKSPACE, type Acted } from '../../rehearsal/slack/running-slack.ts';

export const TEAM = WORKSPACE.id;
export const CHANNEL = 'C0GOLIVE';
export const GROUPS = ['hr', 'sales'];
const DAY_MS = 86_400_000;
export const SOON = { timeout: 10_000 };

const ROLES: Record<string, Role[]> = {
  lea: ['deployment-lead'],
  chris: ['customer-lead'],
  sam: ['security-lead'],
  otto: ['operations-lead'],
  finn: ['cfo'],
  ann: ['security-lead'],
  anna: ['cfo'],
  dan: ['deployment-lead', 'cfo'],
};
/** `ann` and `anna` are one human being, listed twice as nobody should be; `dan` started the deployment. */
const people: Person[] = Object.entries(ROLES).map(([id, roles]) => ({
  ...{ id, name: id, roles, deputyOf: [], keys: [keyOf(id).publicKey] },
  email: `${id === 'anna' ? 'ann' : id}@acme.example`,
  slack: userOf(id),
}));

export function userOf(person: string): string {
  return `U0${person.toUpperCase()}`;
}

/** In the workspace, and not in the deployment file; or no longer a person at all. */
const others = [
  { id: 'U0STRANGER', name: 'stranger' },
  { id: 'U0GUEST', name: 'guest', is_restricted: true },
  { id: 'U0SINGLE', name: 'single', is_ultra_restricted: true },
  { id: 'U0ROBOT', name: 'robot', is_bot: true },
  { id: 'U0GONE', name: 'gone', deleted: true },
  { id: 'U0ELSEWHERE', name: 'elsewhere', team_id: 'T0OTHER' },
];

/**
 * A gateway between a Slack that sends real signed requests and the engine's own judge, with a log in memory. Only what lies
 * between a gateway and the engine is not there: an order that was handed in is answered a moment later.
 */
export interface Desk {
  o: Office;
  app: FastifyInstance;
  slack: RunningSlack;
  c: SlackCustomer;
  /** What was handed in. */
  handed: string[];
  /** While true nothing can be handed in. */
  away: { engine: boolean; log: boolean };
  /** Issues a card; the message with its buttons stands in the channel. */
  issue(group: string, change?: Partial<EntryOf<'card.issued'>['data']>): Promise<Card>;
  click(person: string, card: Card, more?: Record<string, unknown>): Promise<Acted>;
  /** A click and the modal that it opens, filled in as it has to be unless told otherwise. */
  sign(person: string, card: Card, values?: Record<string, string>, action?: string): Promise<Acted>;
  submit(person: string, view: string, values?: Record<string, string>): Promise<Acted>;
  slash(person: string, text: string): Promise<{ acted: Acted; said: string }>;
  /** The last that was said to this user alone. It may come a moment after the click was answered: `expect.poll(…, SOON)`. */
  told(user: string): Promise<string>;
  entries<K extends EntryKind>(kind: K): EntryOf<K>[];
  /** Until all orders that were handed in are answered. */
  settled(): Promise<void>;
  /** What was turned away, by reason, after it was written. */
  turnedAway(): Promise<Record<string, number>>;
  evidence(group: string, digest: string): Promise<void>;
  close(): Promise<void>;
}

export interface Card {
  id: string;
}

export const digest = (n: number): string => `sha256:${String(n).repeat(64).slice(0, 64)}`;
export const STEP_UP = (o: Office) => ({ deployment: o.d.name.deployment, digest: SET.slice(7, 15) });

export async function openDesk(file: Partial<DeploymentFile> = {}, section: Partial<SlackSection> = {}): Promise<Desk> {
  const signer = temporarySigner();
  const slackSection = {
    team: TEAM,
    channel: CHANNEL,
    attestedBy: [signer.publicKey],
    allows: [...ATTESTABLE_KINDS],
    ...section,
  };
  const o = newOffice({
    platform: { fences: async () => ({ generation: 1, fences: [] }), fence: async () => 2, liftFence: async () => 3 },
    file: { people, slack: slackSection, ...file },
  });
  const { customer, deployment } = o.d.name;
  o.setNow(Date.now());
  await o.write('deployment.opened', 'opened', {
    ...{ environment: 'rehearsal', logOrigin: o.d.file.logOrigin, manifestSetDigest: SET, speed: 1, startedBy: 'dan' },
    runbook: { version: '1', digest: runbookDigest },
    deploymentFile: { ref: 'deployment.yaml', digest: SET, version: 1 },
  });
  const cohorts = GROUPS.map((group) => ({ id: `${group}-research`, group, shape: 'research' as const, agents: 3 }));
  await o.write('plan.recorded', 'plan', { cohorts, managers: 1, plan: { ref: 'p', digest: SET }, forecastMintHours: 1 });

  const port = await freePort();
  const users = [...people.map((p) => ({ id: p.slack, name: p.id })), ...others];
  const slack = await RunningSlack.start(`http://127.0.0.1:${port}/slack/${customer}`, { users });
  const web = new WebClient(WORKSPACE.botToken, {
    slackApiUrl: slack.apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: 2000,
  });
  const handed: string[] = [];
  const away = { engine: false, log: false };
  let engine = Promise.resolve<unknown>(undefined);
  const unlessAway =
    <A extends unknown[], R>(call: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      if (away.log) throw new Error('ECONNREFUSED 10.0.0.7');
      return call(...args);
    };
  const c: SlackCustomer = {
    ...{ customer, team: TEAM, web, signer, notes: o.log },
    ...{ signingSecret: WORKSPACE.signingSecret, botToken: WORKSPACE.botToken, answersTo: [slack.origin] },
    log: {
      deployments: unlessAway((signal?: AbortSignal) => o.log.deployments(signal)),
      state: unlessAway((d: DeploymentName, signal?: AbortSignal) => o.log.state(d, signal)),
      find: unlessAway((id: string, signal?: AbortSignal) => o.log.find(id, signal)),
    },
    commands: {
      handIn: async ({ envelope, handedInAt }) => {
        if (away.engine)
          throw new CommandsUnreachable('Temporal', 'Temporal does not answer: connect ECONNREFUSED 10.0.0.7:7233');
        handed.push(envelope);
        engine = engine.then(() => {
          o.setNow(Date.now());
          return applyOrder(o.d, { envelope, handedInAt });
        });
        return { id: 'taken' };
      },
    },
    file: async (name) => (name === deployment ? o.d.file : undefined),
    remembered: () => [o.d.file],
  };
  const sink = { ...c.commands, check: async () => undefined };
  const app = gateway(sink, { slack: { customers: [c], refusedEveryMs: 60_000, now: Date.now } });
  await app.listen({ port, host: '127.0.0.1' });

  // One message stands for all cards: Slack takes only so many a minute, and what a click carries is the test's to say.
  const elements = ['sign-approve', 'sign-reject', 'ack', 'hand-over', 'incident-ack'].map((what) => ({
    ...{ type: 'button' as const, action_id: `golive.${what}`, value: 'q4:x' },
    text: { type: 'plain_text' as const, text: what },
  }));
  const message = await web.chat.postMessage({ channel: CHANNEL, text: 'cards', blocks: [{ type: 'actions', elements }] });

  const settled = async () => {
    await engine;
  };
  const desk: Desk = {
    ...{ o, app, slack, c, handed, away, settled },
    evidence: async (group, boundTo) => {
      const data = { group, cohorts: [`${group}-research`], agents: 3, evidence: { ref: group, digest: boundTo } };
      await o.write('group.evidence', `group-evidence/${group}/${boundTo}`, data);
    },
    async issue(group, change = {}) {
      const id = randomBytes(9).toString('base64url');
      const view = await o.d.view();
      const data = {
        ...{ card: id, group, boundTo: view.groupEvidence[group]?.evidence.digest ?? digest(0) },
        ...{ manifestSetDigest: SET, policyVersion: 1, expiresAt: new Date(Date.now() + DAY_MS).toISOString(), ...change },
      };
      await o.write('card.issued', `card/${id}`, data);
      return { id };
    },
    click: (person, { id }, more = {}) =>
      slack.act({
        ...{ type: 'click', user: userOf(person), channel: CHANNEL, ts: message.ts, patienceMs: 400 },
        ...{ action_id: 'golive.sign-approve', value: buttonValue(deployment, id), ...more },
      }),
    submit: (person, view, values = {}) =>
      slack.act({ type: 'submit', user: userOf(person), view, values: { ...STEP_UP(o), ...values } }),
    async sign(person, card, values = {}, action = 'golive.sign-approve') {
      const clicked = await desk.click(person, card, { action_id: action });
      const [view] = clicked.views;
      if (!view) throw new Error(`no modal was opened: ${JSON.stringify(clicked)}`);
      return desk.submit(person, view.id, values);
    },
    async slash(person, text) {
      const acted = await slack.act({
        ...{ type: 'command', user: userOf(person), command: '/golive', text, channel: CHANNEL, patienceMs: 400 },
      });
      const [answer] = acted.answers;
      return { acted, said: answer?.body ? (JSON.parse(answer.body) as { text: string }).text : '' };
    },
    async told(user) {
      const said = await slack.look<{ text: string }[]>(`/control/ephemerals?user=${user}`);
      return said.at(-1)?.text ?? '';
    },
    entries: <K extends EntryKind>(kind: K) => o.log.all.filter((e) => e.kind === kind) as unknown as EntryOf<K>[],
    async turnedAway() {
      await app.close();
      return desk.entries('gateway.refused').reduce<Record<string, number>>((sum, { data }) => ({ ...sum, ...data.counts }), {});
    },
    async close() {
      await app.close();
      await slack.stop();
    },
  };
  for (const [i, group] of GROUPS.entries()) await desk.evidence(group, digest(i + 1));
  return desk;
}

/** All words of a modal, for people. */
export const wordsOf = (view: unknown): string => JSON.stringify(view);
