import { LogLevel, WebAPIPlatformError, WebClient } from '@slack/web-api';
import { request } from 'undici';
import type { DeploymentFile, SlackSection } from '../../../domain/deployment-file.ts';
import { plural } from '../../../domain/describe/words.ts';
import { secret } from '../connections.ts';
import type { Session } from '../session.ts';
import type { Check } from './checks.ts';

const TIMEOUT_MS = 7_000;

/** The customer's Slack, with the bot's token, where the connections file gives it. Nothing is posted. */
export function slackChecks(session: Session): Check[] {
  const { connection, customer } = session;
  const { gateway } = connection;
  if (connection.slack === undefined) return [];
  const web = once(() => client(session));
  const section = once(async () => {
    const { file } = await session.file();
    if (file.slack === undefined) throw new Error('the deployment file has no slack section');
    return { file, slack: file.slack };
  });
  return [
    {
      what: 'Slack token and workspace',
      next: 'Install the app in the workspace that the deployment file names, and use its bot token.',
      look: async () => team(await web(), (await section()).slack),
    },
    {
      what: 'Slack channel',
      next: 'Invite the app into the channel (/invite @golive), or have the deployment file signed with the right id.',
      look: async () => channel(await web(), (await section()).slack),
    },
    {
      what: 'people in Slack',
      next: 'Have the deployment file signed with full members of the workspace, one id each.',
      look: async () => people(await web(), (await section()).file),
    },
    ...(gateway === undefined
      ? []
      : [
          {
            what: 'gateway for Slack',
            next: `Put ${customer} into GOLIVE_GATEWAY_FILE of the gateway, and start it again.`,
            look: (signal: AbortSignal) => served(gateway, customer, signal),
          },
        ]),
  ];
}

async function team(web: WebClient, { team: wanted }: SlackSection) {
  const { team_id = '', url = '' } = await said(web.auth.test());
  return {
    ok: team_id === wanted,
    detail: `${url} ${team_id}${team_id === wanted ? '' : `, the deployment file says ${wanted}`}`,
  };
}

async function channel(web: WebClient, slack: SlackSection) {
  const { channel: found } = await said(web.conversations.info({ channel: slack.channel }));
  const wrong = found?.is_archived === true ? ', archived' : found?.is_member === true ? '' : ', and the app is not in it';
  return { ok: wrong === '', detail: `#${found?.name ?? ''} ${slack.channel}${wrong}` };
}

/** Those whose clicks the gateway would turn away. */
async function people(web: WebClient, { people: all }: DeploymentFile) {
  const known = all.filter((person) => person.slack !== undefined);
  const wrong: string[] = [];
  for (const { id, slack = '' } of known) {
    const user = await said(web.users.info({ user: slack })).then(
      (answer) => answer.user,
      (error: Error) => error,
    );
    if (user instanceof Error) wrong.push(`${id} (${slack}): ${user.message}`);
    else if (user?.deleted === true) wrong.push(`${id} is deactivated`);
    else if (user?.is_bot === true) wrong.push(`${id} is a bot`);
    else if (user?.is_restricted === true || user?.is_ultra_restricted === true) wrong.push(`${id} is a guest`);
  }
  const without = all.length - known.length;
  const rest = without === 0 ? '' : `, ${without} without an id sign by command line`;
  return {
    ok: wrong.length === 0,
    detail: wrong.length > 0 ? wrong.join('; ') : `${plural(known.length, 'full member')}${rest}`,
  };
}

async function served(gateway: string, customer: string, signal: AbortSignal) {
  const base = gateway.replace(/\/+$/, '');
  const answer = await request(`${base}/readyz`, { signal });
  const { slack = [] } = (await answer.body.json()) as { slack?: string[] };
  const ok = slack.includes(customer);
  return {
    ok,
    detail: ok ? `${base}/slack/${customer}/interactions and /commands` : `${base} does not serve Slack for ${customer}`,
  };
}

async function client({ connections, connection, customer }: Session): Promise<WebClient> {
  const { botToken, botTokenFile, apiUrl } = connection.slack ?? {};
  const token = await secret(connections.source, `customers.${customer}.slack.botToken`, botToken, botTokenFile);
  return new WebClient(token, {
    ...(apiUrl === undefined ? {} : { slackApiUrl: apiUrl }),
    ...{ timeout: TIMEOUT_MS, retryConfig: { retries: 0 }, rejectRateLimitedCalls: true, logLevel: LogLevel.ERROR },
  });
}

/** In Slack's own words, without the client's. */
async function said<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw error instanceof WebAPIPlatformError ? new Error(`Slack says ${error.data.error}`) : error;
  }
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
