import type { WebClient } from '@slack/web-api';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporarySigner } from '../../../clients/keys/local.ts';
import { ATTESTABLE_KINDS } from '../../../domain/command.ts';
import { gateway } from '../../../gateway/server.ts';
import { newOffice, SET } from '../../activities/office/office.ts';
import { anyRequest, chance, slackRequest } from './fuzz.ts';

const REQUESTS = 100_000;
const PARTS = 20;
const AT_ONCE = 50;
const SEED = 20_260_301;
const SECRET = 'signing-secret-of-the-fuzz-test';
const TEAM = 'T0ACME';

/** Slack's answers to who somebody is, and nothing else: what it is sent is not looked at here. */
const USERS: Record<string, object> = {
  U0FINN: {},
  U0LEA: {},
  U0STRANGER: {},
  U0GUEST: { is_restricted: true },
  U0ROBOT: { is_bot: true },
  U0GONE: { deleted: true },
};
const web = {
  slackApiUrl: 'http://127.0.0.1:1/api/',
  users: {
    info: async ({ user }: { user: string }) => {
      const found = USERS[user];
      if (found === undefined) throw Object.assign(new Error('An API error occurred'), { data: { error: 'user_not_found' } });
      return { ok: true, user: { id: user, team_id: TEAM, ...found } };
    },
  },
  views: { open: async () => ({ ok: true }), update: async () => ({ ok: true }) },
  chat: { postEphemeral: async () => ({ ok: true }) },
} as unknown as WebClient;

const signer = temporarySigner();
const person = (id: string, role: 'cfo' | 'deployment-lead') => ({
  ...{ id, name: id, roles: [role], deputyOf: [], email: `${id}@acme.example`, keys: [temporarySigner().publicKey] },
  slack: `U0${id.toUpperCase()}`,
});
const slack = { team: TEAM, channel: 'C0GOLIVE', attestedBy: [signer.publicKey], allows: [...ATTESTABLE_KINDS] };

describe(`the gateway, sent ${REQUESTS.toLocaleString('en')} random and spoilt requests,`, () => {
  const o = newOffice({ file: { people: [person('finn', 'cfo'), person('lea', 'deployment-lead')], startedBy: 'lea', slack } });
  const handed: unknown[] = [];
  const commands = { handIn: async (order: unknown) => (handed.push(order), { id: 'taken' }) };
  const customer = {
    ...{ customer: 'acme', team: TEAM, signingSecret: SECRET, botToken: 'xoxb-acme', web, answersTo: [], signer, commands },
    ...{ log: o.log, notes: o.log },
    file: async (name: string) => (name === o.d.name.deployment ? o.d.file : undefined),
    remembered: () => [o.d.file],
  };
  const app = gateway(
    { ...commands, check: async () => undefined },
    { slack: { customers: [customer], refusedEveryMs: 3_600_000, now: Date.now } },
  );
  const r = chance(SEED);
  const people = {
    ...{ team: TEAM, known: ['U0FINN', 'U0LEA'], others: ['U0STRANGER', 'U0GUEST', 'U0ROBOT', 'U0GONE', 'U0NOBODY'] },
    deployment: o.d.name.deployment,
  };
  const statuses: Record<number, number> = {};
  let [sent, turnedAway, before] = [0, 0, 0];
  beforeAll(async () => {
    await o.write('deployment.opened', 'opened', {
      ...{ environment: 'rehearsal', logOrigin: o.d.file.logOrigin, manifestSetDigest: SET, speed: 1, startedBy: 'lea' },
      runbook: { version: '1', digest: SET },
      deploymentFile: { ref: 'deployment.yaml', digest: SET, version: 1 },
    });
    before = o.log.all.length;
    await app.ready();
  });

  // In parts, so that a slow machine has time for each, and one that hangs is still found.
  it.each(Array.from({ length: PARTS }, (_, part) => part + 1))(
    `answers each without an error of its own: part %i of ${PARTS}`,
    async () => {
      for (let done = 0; done < REQUESTS / PARTS; done += AT_ONCE) {
        const batch = Array.from({ length: AT_ONCE }, () =>
          r.below(10) === 0 ? anyRequest(r) : slackRequest(r, people, SECRET, Date.now()),
        );
        const answers = await Promise.all(batch.map((request) => app.inject(request)));
        for (const [i, { statusCode }] of answers.entries()) {
          if (statusCode >= 500) throw new Error(`${statusCode}: ${JSON.stringify(batch[i])}`);
          statuses[statusCode] = (statuses[statusCode] ?? 0) + 1;
          if (statusCode === 401 || statusCode === 403) turnedAway++;
        }
        sent += answers.length;
      }
    },
    300_000,
  );

  it('hands nothing on, and leaves counts in the log', async () => {
    expect(sent).toBe(REQUESTS);
    // Not one answer for all: the requests got as far as they were made to get.
    for (const status of [200, 400, 401, 403, 404]) expect(statuses[status]).toBeGreaterThan(100);
    expect(handed).toEqual([]);
    expect((await app.inject('/livez')).statusCode).toBe(200);

    await app.close();
    const written = o.log.all.slice(before);
    expect(written.map((e) => e.kind)).toEqual(['gateway.refused']);
    const counts: Record<string, number> = written[0]?.kind === 'gateway.refused' ? written[0].data.counts : {};
    expect(Object.values(counts).reduce((a, b) => a + b, 0)).toBeGreaterThan(turnedAway);
    expect(Object.keys(counts).sort()).toEqual([
      'bad_signature',
      'bot',
      'deactivated',
      'future_timestamp',
      'guest',
      'malformed',
      'old_timestamp',
      'replay',
      'unknown_user',
      'wrong_team',
    ]);
  });
});
