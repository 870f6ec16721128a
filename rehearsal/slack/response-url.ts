import { randomBytes } from 'node:crypto';
import { checkBlocks } from './blocks.ts';
import { SlackError } from './error.ts';
import type { Slack } from './slack.ts';
import type { Workspace } from './workspace.ts';

/** An app may answer five times within half an hour: https://docs.slack.dev/interactivity/handling-user-interaction */
const USES = 5;
const LIFE_MS = 30 * 60_000;

export function newResponseUrl(slack: Slack, workspace: Workspace, channel: string, user: string): string {
  const id = randomBytes(12).toString('hex');
  slack.responseUrls.set(id, { workspace, channel, user, until: Date.now() + LIFE_MS, left: USES });
  return `${slack.origin}/response/${id}`;
}

export function useResponseUrl(slack: Slack, id: string, body: string): void {
  const url = slack.responseUrls.get(id);
  if (!url || Date.now() > url.until) throw new SlackError('expired_url');
  if (url.left === 0) throw new SlackError('used_url');
  url.left -= 1;
  said(url.workspace, url.channel, url.user, body);
}

/** What an app says in answer to somebody: to them alone, unless it says otherwise. */
export function said(workspace: Workspace, channel: string, user: string, body: string): void {
  if (body.trim() === '') return;
  const { text = '', blocks, response_type } = message(body);
  const { id } = workspace.channel(channel);
  const { botUser, appId } = workspace.team;
  workspace.keep({
    ...{ type: 'message', channel: id, ts: workspace.nextTs(Date.now()), text, team: workspace.team.id },
    ...{ user: botUser, bot_id: workspace.botId, app_id: appId },
    ...(blocks === undefined ? {} : { blocks: checkBlocks(blocks) }),
    ...(response_type === 'in_channel' ? {} : { onlyFor: user }),
  });
}

function message(body: string): { text?: string; blocks?: unknown; response_type?: string } {
  try {
    return JSON.parse(body) as ReturnType<typeof message>;
  } catch {
    return { text: body };
  }
}
