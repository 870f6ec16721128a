import type { Notice } from '../../domain/notice.ts';

/** Where a message can be found again. */
export interface Place {
  channel: string;
  ts: string;
}

/** A notice on its way. Its deployment and key go with it, unseen, so that it can be found again. */
export interface Message {
  /** `customer/deployment`: several may have one channel. */
  deployment: string;
  key: string;
  notice: Notice;
  /** Ids of those whom it calls by name, in the adapter's own system. */
  mention: string[];
}

/**
 * A place where what was posted can be edited, and found again by its key. Every adapter keeps to the other side's limits by
 * itself, so a call may take its turn for a while, and throws `notify_unreachable` (nobody knows whether it arrived),
 * `notify_limited` (it did not) or `notify_refused` (it never will).
 */
export interface Channel {
  /** `under`: the message that it answers; `broadcast`: and shown to the whole channel as well. */
  post(channel: string, message: Message, under?: { ts: string; broadcast: boolean }, signal?: AbortSignal): Promise<Place>;
  edit(place: Place, message: Message, signal?: AbortSignal): Promise<void>;
  /** What we posted for a deployment since then, by key: in the channel, or under one of its messages. */
  posted(
    where: { channel: string; under?: string; deployment: string; sinceMs: number },
    signal?: AbortSignal,
  ): Promise<Map<string, Place>>;
}

/** One way: what is accepted is out of our hands. */
export interface Webhook {
  send(message: Message, signal?: AbortSignal): Promise<void>;
}

/** One alert of Alertmanager's webhook, version 4. The same `key` again is the same alert: a receiver takes it once. */
export interface Alert {
  key: string;
  status: 'firing' | 'resolved';
  startsAt: string;
  /** When it was resolved. */
  endsAt?: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
}
export interface Pager {
  page(alert: Alert, signal?: AbortSignal): Promise<void>;
}

/** One customer's ways to reach people; each may be missing. */
export interface Notify {
  slack?: Channel;
  teams?: Webhook;
  pager?: Pager;
}
