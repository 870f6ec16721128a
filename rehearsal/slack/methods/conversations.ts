import { count, flag, text, type Args } from '../args.ts';
import { SlackError } from '../error.ts';
import type { Message } from '../workspace.ts';
import { needed } from './chat.ts';
import type { Call, Method } from './method.ts';

const PAGE = 100;
const LARGEST_PAGE = 999;

export const conversations: Record<string, Method> = {
  'conversations.info': { tier: 3, scopes: ['channels:read', 'groups:read', 'im:read'], handle: info },
  'conversations.open': { tier: 3, scopes: ['im:write'], handle: open },
  'conversations.history': { tier: 3, scopes: ['channels:history', 'groups:history', 'im:history'], handle: history },
  'conversations.replies': { tier: 3, scopes: ['channels:history', 'groups:history', 'im:history'], handle: replies },
};

function info({ workspace, args }: Call) {
  const id = needed(args, 'channel');
  const channel = workspace.team.channels.find((c) => c.id === id);
  if (channel) {
    return {
      channel: {
        ...{ id, name: channel.name, is_channel: !channel.private, is_group: channel.private, is_im: false },
        ...{ is_private: channel.private, is_archived: false, is_member: channel.member, context_team_id: workspace.team.id },
      },
    };
  }
  const direct = workspace.channel(id);
  return { channel: { id: direct.id, is_im: true, is_archived: false, user: direct.user } };
}

function open({ workspace, args }: Call) {
  const users = needed(args, 'users').split(',');
  const [user] = users;
  if (users.length !== 1 || user === undefined || !workspace.user(user)) throw new SlackError('user_not_found');
  return { channel: { id: workspace.direct(user).id } };
}

/** What the channel shows, newest first: no replies but those that were shown to all. */
function history(call: Call) {
  const { id } = call.workspace.channel(needed(call.args, 'channel'));
  const shown = visible(call, id).filter((m) => m.thread_ts === undefined || m.broadcast === true);
  return page(shown.reverse(), call.args);
}

/** A message and what stands under it, oldest first. */
function replies(call: Call) {
  const { id } = call.workspace.channel(needed(call.args, 'channel'));
  const ts = needed(call.args, 'ts');
  const root = call.workspace.message(id, ts);
  if (!root) throw new SlackError('thread_not_found');
  return page([root, ...visible(call, id).filter((m) => m.thread_ts === ts)], call.args);
}

function visible({ workspace, args }: Call, channel: string): Message[] {
  const after = Number(text(args, 'oldest') ?? 0);
  const before = Number(text(args, 'latest') ?? Number.POSITIVE_INFINITY);
  const inclusive = flag(args, 'inclusive');
  const within = (ts: number): boolean => (ts > after && ts < before) || (inclusive && (ts === after || ts === before));
  return workspace.messages.all().filter((m) => m.channel === channel && m.onlyFor === undefined && within(Number(m.ts)));
}

function page(messages: Message[], args: Args) {
  const limit = count(args, 'limit', PAGE, LARGEST_PAGE);
  const from = Number(Buffer.from(text(args, 'cursor') ?? '', 'base64').toString() || 0);
  if (!Number.isInteger(from) || from < 0) throw new SlackError('invalid_cursor');
  const rest = messages.length > from + limit;
  return {
    messages: messages.slice(from, from + limit).map((m) => shown(m, flag(args, 'include_all_metadata'))),
    has_more: rest,
    ...(rest ? { response_metadata: { next_cursor: Buffer.from(String(from + limit)).toString('base64') } } : {}),
  };
}

/** Metadata is given only to whoever asks for it. */
function shown({ channel: _channel, broadcast, metadata, ...message }: Message, withMetadata: boolean) {
  return {
    ...message,
    ...(broadcast === true ? { subtype: 'thread_broadcast' } : {}),
    ...(withMetadata && metadata ? { metadata } : {}),
  };
}
