import { composite, flag, text, type Args } from '../args.ts';
import { checkBlocks } from '../blocks.ts';
import { invalid, SlackError } from '../error.ts';
import { POSTING } from '../limits.ts';
import type { Message, Workspace } from '../workspace.ts';
import type { Call, Method } from './method.ts';

const TEXT_LIMIT = 40_000;
const METADATA_LIMIT = 16_000;

export const chat: Record<string, Method> = {
  'chat.postMessage': { tier: 'posting', scopes: ['chat:write'], handle: postMessage },
  'chat.update': { tier: 3, scopes: ['chat:write'], handle: update },
  'chat.postEphemeral': { tier: 4, scopes: ['chat:write'], handle: postEphemeral },
  'chat.getPermalink': { tier: 'auth', scopes: [], handle: getPermalink },
};

function postMessage({ workspace, args, now }: Call) {
  const { id: channel } = workspace.channel(needed(args, 'channel'));
  workspace.meter.take(`chat.postMessage/${channel}`, POSTING, now);
  const thread = text(args, 'thread_ts');
  if (thread !== undefined && !workspace.message(channel, thread)) throw new SlackError('thread_not_found');
  const message = workspace.keep({
    ...written(workspace, args, channel, workspace.nextTs(now)),
    ...(thread === undefined ? {} : { thread_ts: thread, ...(flag(args, 'reply_broadcast') ? { broadcast: true } : {}) }),
  });
  return { channel, ts: message.ts, message };
}

function update({ workspace, args, now }: Call) {
  const { id: channel } = workspace.channel(needed(args, 'channel'));
  const known = workspace.message(channel, needed(args, 'ts'));
  if (!known) throw new SlackError('message_not_found');
  const message = workspace.keep({
    ...known,
    ...written(workspace, args, channel, known.ts, known),
    edited: { user: workspace.team.botUser, ts: workspace.nextTs(now) },
  });
  return { channel, ts: message.ts, text: message.text, message };
}

function postEphemeral({ workspace, args, now }: Call) {
  const { id: channel } = workspace.channel(needed(args, 'channel'));
  const user = needed(args, 'user');
  if (!workspace.user(user)) throw new SlackError('user_not_in_channel');
  const message = workspace.keep({ ...written(workspace, args, channel, workspace.nextTs(now)), onlyFor: user });
  return { message_ts: message.ts };
}

function getPermalink({ workspace, args }: Call) {
  const { id: channel } = workspace.channel(needed(args, 'channel'));
  const ts = needed(args, 'message_ts');
  if (!workspace.message(channel, ts)) throw new SlackError('message_not_found');
  return { channel, permalink: `https://${workspace.team.domain}.slack.com/archives/${channel}/p${ts.replace('.', '')}` };
}

/** What is not given stays as it was, as `chat.update` has it. */
function written(workspace: Workspace, args: Args, channel: string, ts: string, before?: Message): Message {
  const given = text(args, 'text');
  const blocks = args['blocks'] === undefined ? before?.blocks : checkBlocks(composite(args, 'blocks'));
  const words = given ?? before?.text ?? '';
  if (words === '' && (blocks?.length ?? 0) === 0) throw new SlackError('no_text');
  if (words.length > TEXT_LIMIT) throw new SlackError('msg_too_long');
  const metadata = args['metadata'] === undefined ? before?.metadata : metadataOf(composite(args, 'metadata'));
  return {
    type: 'message',
    ...{ channel, ts, text: words },
    user: workspace.team.botUser,
    bot_id: workspace.botId,
    app_id: workspace.team.appId,
    team: workspace.team.id,
    ...(blocks === undefined ? {} : { blocks }),
    ...(metadata === undefined ? {} : { metadata }),
  };
}

function metadataOf(given: unknown): Message['metadata'] {
  const value = given as Partial<NonNullable<Message['metadata']>> | undefined;
  if (typeof value?.event_type !== 'string' || typeof value.event_payload !== 'object') {
    throw new SlackError('invalid_metadata_format');
  }
  if (JSON.stringify(value).length > METADATA_LIMIT) throw new SlackError('metadata_too_large');
  return { event_type: value.event_type, event_payload: value.event_payload };
}

export function needed(args: Args, name: string): string {
  const value = text(args, name);
  if (value === undefined) throw invalid('invalid_arguments', `missing required field: ${name}`);
  return value;
}
