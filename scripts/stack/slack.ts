import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { DeploymentFile } from '../../domain/deployment-file.ts';
import { answersOk } from '../processes/ports.ts';
import { startProcess, type ManagedProcess } from '../processes/process.ts';
import type { Secrets } from './customer.ts';
import { writePrivate } from './parts.ts';
import { root } from './root.ts';

/** The Slack of a stack, as seen by who conducts it. */
export interface SlackPart {
  process: ManagedProcess;
  endpoint: string;
  /** For its /control. */
  controlKey: string;
}

export const apiUrlOf = (endpoint: string): string => `${endpoint}/api/`;
export const teamsWebhookOf = (endpoint: string, customer: string): string => `${endpoint}/teams/${customer}`;
export const pagerUrlOf = (endpoint: string): string => `${endpoint}/pager`;

/** Slack as the rehearsal has it: one workspace per customer, with the app installed as the manifest asks for it. */
export async function startSlack(options: {
  dir: string;
  port: number;
  gateway: string;
  controlKey: string;
  customers: { file: DeploymentFile; secrets: Secrets }[];
}): Promise<SlackPart> {
  const { dir, port, gateway, controlKey } = options;
  const scopes = await manifestScopes();
  const teams = options.customers.flatMap(({ file, secrets }) =>
    file.slack === undefined ? [] : [workspaceOf(file, file.slack, { secrets, gateway, scopes })],
  );
  const config = join(dir, 'slack.json');
  await writePrivate(config, JSON.stringify({ controlKey, teams }));
  const endpoint = `http://127.0.0.1:${port}`;
  const process = await startProcess({
    name: 'slack',
    command: globalThis.process.execPath,
    args: ['--import', 'tsx', 'rehearsal/slack/main.ts', '--port', String(port), '--dir', join(dir, 'slack'), '--config', config],
    cwd: root,
    logFile: join(dir, 'logs', 'slack.log'),
    ready: () => answersOk(`${endpoint}/health`),
    readyTimeoutMs: 60_000,
  });
  return { process, endpoint, controlKey };
}

function workspaceOf(
  file: DeploymentFile,
  slack: NonNullable<DeploymentFile['slack']>,
  { secrets, gateway, scopes }: { secrets: Secrets; gateway: string; scopes: string[] },
) {
  const at = `${gateway}/slack/${file.customer}`;
  return {
    ...{ id: slack.team, domain: file.customer, scopes, interactions: `${at}/interactions`, commands: `${at}/commands` },
    ...secrets.slack,
    channels: [{ id: slack.channel, name: 'golive' }],
    users: file.people.flatMap(({ id, name, email, slack: user }) =>
      user === undefined ? [] : [{ id: user, name: id, realName: name, email }],
    ),
  };
}

/** What the app asks for when it is installed: more is granted nowhere, so a scope that is missing there shows here. */
async function manifestScopes(): Promise<string[]> {
  const manifest = parse(await readFile(join(root, 'deploy', 'slack', 'manifest.yaml'), 'utf8')) as {
    oauth_config: { scopes: { bot: string[] } };
  };
  return manifest.oauth_config.scopes.bot;
}
