import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findings } from '../../../../scripts/cli/doctor/checks.ts';
import { slackChecks } from '../../../../scripts/cli/doctor/slack.ts';
import type { Session } from '../../../../scripts/cli/session.ts';
import { RunningSlack, WORKSPACE } from '../../../rehearsal/slack/running-slack.ts';
import { json, listening, type Listening } from '../../../support/http/listening.ts';

const PEOPLE = [{ id: 'ada', slack: 'U0ADA' }, { id: 'gil', slack: 'U0GUEST' }, { id: 'eve', slack: 'U0NOBODY' }, { id: 'tom' }];

describe('golive doctor looks at Slack', () => {
  let slack: RunningSlack;
  let gateway: Listening;
  beforeAll(async () => {
    slack = await RunningSlack.start('http://127.0.0.1:1', { scopes: ['channels:read', 'users:read'] });
    gateway = await listening();
    gateway.answer = json(200, { status: 'ok', slack: ['acme'] });
  });
  afterAll(async () => {
    await gateway.close();
    await slack.stop();
  });

  const look = (given: { token?: string; team?: string; channel?: string; people?: unknown[]; customer?: string } = {}) => {
    const { token = WORKSPACE.botToken, team = 'T0ACME', channel = 'C0GOLIVE', people = PEOPLE.slice(0, 1) } = given;
    const session = {
      connections: { source: 'golive.yaml' },
      connection: { gateway: gateway.endpoint, slack: { botToken: token, apiUrl: slack.apiUrl } },
      customer: given.customer ?? 'acme',
      file: async () => ({ file: { people, slack: { team, channel } } }),
    } as unknown as Session;
    return findings(slackChecks(session), {});
  };

  it('and finds all well', async () => {
    expect((await look()).map(({ what, ok, detail }) => [what, ok, detail])).toEqual([
      ['Slack token and workspace', true, 'https://acme.slack.com/ T0ACME'],
      ['Slack channel', true, '#golive C0GOLIVE'],
      ['people in Slack', true, '1 full member'],
      ['gateway for Slack', true, `${gateway.endpoint}/slack/acme/interactions and /commands`],
    ]);
  });

  it('and says what is wrong with each: workspace, channel, people, gateway', async () => {
    const found = await look({ team: 'T0GLOBEX', channel: 'C0ELSE', people: PEOPLE, customer: 'globex' });
    expect(found.map(({ ok }) => ok)).toEqual([false, false, false, false]);
    expect(found.map(({ detail }) => detail)).toEqual([
      'https://acme.slack.com/ T0ACME, the deployment file says T0GLOBEX',
      'Slack says channel_not_found',
      'gil is a guest; eve (U0NOBODY): Slack says user_not_found',
      `${gateway.endpoint} does not serve Slack for globex`,
    ]);
    for (const { next } of found) expect(next).toBeDefined();
  });

  it('and never shows the token', async () => {
    const found = await look({ token: 'xoxb-guessed' });
    expect(found[0]).toMatchObject({ ok: false, detail: 'Slack says invalid_auth' });
    expect(JSON.stringify(found)).not.toContain('xoxb-guessed');
  });
});
