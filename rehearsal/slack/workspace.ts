import { randomBytes } from 'node:crypto';
import type { Block, ViewPayload } from './blocks.ts';
import type { Team, User } from './config.ts';
import { SlackError } from './error.ts';
import { Meter } from './limits.ts';
import type { Table, Tables } from './tables.ts';

export interface Message {
  type: 'message';
  channel: string;
  ts: string;
  user: string;
  bot_id: string;
  app_id: string;
  team: string;
  text: string;
  blocks?: Block[];
  metadata?: { event_type: string; event_payload: Record<string, unknown> };
  thread_ts?: string;
  /** A reply that the whole channel sees as well. */
  broadcast?: boolean;
  edited?: { user: string; ts: string };
  /** Seen by this user alone. */
  onlyFor?: string;
}

export interface View extends Omit<ViewPayload, 'external_id'> {
  id: string;
  team_id: string;
  app_id: string;
  bot_id: string;
  hash: string;
  external_id: string;
  root_view_id: string;
  previous_view_id: string | null;
  state: { values: Record<string, Record<string, unknown>> };
  /** Not Slack's: before whose eyes it is, and by which trigger it came there. */
  user: string;
  trigger: string;
  open: boolean;
}

/** Where the app may answer later. */
export interface ResponseUrl {
  workspace: Workspace;
  channel: string;
  user: string;
  until: number;
  left: number;
}

interface Trigger {
  user: string;
  madeAt: number;
  used: boolean;
}

const TRIGGER_LIFE_MS = 3_000;

/** One workspace with the app installed: what its members and the app's token can see of it. */
export class Workspace {
  readonly team: Team;
  readonly meter = new Meter();
  readonly messages: Table<Message>;
  readonly views: Table<View>;
  readonly #users: Table<User>;
  readonly #directs: Table<{ id: string; user: string }>;
  readonly #triggers = new Map<string, Trigger>();
  #lastTs = 0;

  constructor(team: Team, tables: Tables) {
    this.team = team;
    this.messages = tables.table(`${team.id}/messages`);
    this.views = tables.table(`${team.id}/views`);
    this.#users = tables.table(`${team.id}/users`);
    this.#directs = tables.table(`${team.id}/directs`);
    for (const { ts } of this.messages.all()) this.#lastTs = Math.max(this.#lastTs, Number(ts.replace('.', '')));
  }

  get botId(): string {
    return `B${this.team.botUser.slice(1)}`;
  }

  user(id: string): User | undefined {
    return this.#users.get(id) ?? this.team.users.find((u) => u.id === id);
  }

  setUser(user: User): void {
    this.#users.put(user.id, user);
  }

  /** A channel's id as messages are kept under: a user's id stands for the direct message with them. */
  channel(id: string): { id: string; name: string; user?: string } {
    if (/^[UW]/.test(id)) return this.direct(id);
    const direct = this.#directs.get(id);
    if (direct) return { ...direct, name: 'directmessage' };
    const found = this.team.channels.find((c) => c.id === id);
    if (!found) throw new SlackError('channel_not_found');
    if (!found.member) throw new SlackError('not_in_channel');
    return { id: found.id, name: found.name };
  }

  direct(user: string): { id: string; name: string; user: string } {
    if (this.user(user) === undefined) throw new SlackError('channel_not_found');
    const id = `D${user.slice(1)}`;
    if (!this.#directs.get(id)) this.#directs.put(id, { id, user });
    return { id, user, name: 'directmessage' };
  }

  message(channel: string, ts: string): Message | undefined {
    return this.messages.get(`${channel}/${ts}`);
  }

  keep(message: Message): Message {
    return this.messages.put(`${message.channel}/${message.ts}`, message);
  }

  /** Slack names a message by its second and a number that never comes again. */
  nextTs(now: number): string {
    this.#lastTs = Math.max(this.#lastTs + 1, now * 1000);
    const text = String(this.#lastTs);
    return `${text.slice(0, -6)}.${text.slice(-6)}`;
  }

  newTrigger(user: string, now: number): string {
    const id = `${now}.${Number.parseInt(randomBytes(5).toString('hex'), 16)}.${randomBytes(16).toString('hex')}`;
    this.#triggers.set(id, { user, madeAt: now, used: false });
    return id;
  }

  /** A trigger opens one view, within three seconds. */
  exchange(id: string, now: number): string {
    const trigger = this.#triggers.get(id);
    if (!trigger) throw new SlackError('invalid_trigger_id');
    if (trigger.used) throw new SlackError('exchanged_trigger_id');
    if (now - trigger.madeAt > TRIGGER_LIFE_MS) throw new SlackError('expired_trigger_id');
    trigger.used = true;
    return trigger.user;
  }

  /** Whether something may still come of it. */
  isAlive(id: string, now: number): boolean {
    const trigger = this.#triggers.get(id);
    return trigger !== undefined && !trigger.used && now - trigger.madeAt <= TRIGGER_LIFE_MS;
  }
}
