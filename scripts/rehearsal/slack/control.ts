import type { SlackPart } from '../../stack/slack.ts';

/** Slack as scripted people see it, and what the rehearsal wants to know of it afterwards. */
export interface SlackControl {
  act(what: Act): Promise<Acted>;
  messages(): Promise<SlackMessage[]>;
  deliveries(): Promise<Delivery[]>;
  /** What somebody has before their eyes. */
  openViews(): Promise<SlackView[]>;
  /** Closed ones too. */
  views(): Promise<SlackView[]>;
  calls(): Promise<Record<string, { calls: number; ratelimited: number }>>;
  change(action: Record<string, unknown>): Promise<void>;
}

export type Act = { user: string; duplicates?: number; patienceMs?: number } & (
  | { type: 'click'; channel: string; ts: string; action_id: string; value?: string }
  | { type: 'submit'; view: string; values: Record<string, string> }
  | { type: 'command'; command: string; text: string; channel: string }
);

export interface SlackView {
  id: string;
  callback_id: string;
  private_metadata: string;
  blocks: { type: string; text?: { text: string }; element?: { action_id?: string } }[];
}

export interface Acted {
  /** Somebody answered with 200 in time; otherwise Slack shows that something went wrong. */
  acked: boolean;
  answers: { status: number | null; body: string; ms: number }[];
  views: SlackView[];
  view?: SlackView | null;
}

export interface Button {
  type: string;
  action_id?: string;
  value?: string;
  url?: string;
}

export interface SlackMessage {
  channel: string;
  ts: string;
  text: string;
  thread_ts?: string;
  blocks?: { type: string; elements?: Button[]; accessory?: Button }[];
  metadata?: { event_type: string; event_payload: { key?: string } };
}

/** One request that Slack sent to the gateway, and what came back. */
export interface Delivery {
  n: number;
  at: string;
  team: string;
  user: string;
  kind: 'block_actions' | 'view_submission' | 'command';
  what: string;
  /** Value of the button, or the private metadata of the view. */
  value: string;
  view: string | null;
  retry: number;
  forged: boolean;
  ms: number;
  status: number | null;
  body: string;
  acked: boolean;
}

/** Slack is down, or does not run: nobody can do anything there. */
export class SlackIsAway extends Error {
  override name = 'SlackIsAway';
}

export function slackControl({ endpoint, controlKey }: Pick<SlackPart, 'endpoint' | 'controlKey'>, team: string): SlackControl {
  async function ask<T>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${endpoint}${path}`, {
      method,
      headers: { authorization: `Bearer ${controlKey}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch((cause: unknown) => {
      throw new SlackIsAway('Slack does not answer', { cause });
    });
    const answer = (await response.json()) as T & { error?: string };
    if (response.status === 503) throw new SlackIsAway('Slack is down');
    if (!response.ok) throw new Error(`Slack's control refused ${path}: ${answer.error ?? response.status}`);
    return answer;
  }
  const look = <T>(what: string): Promise<T> => ask('GET', `/control/${what}team=${team}`);
  return {
    act: (what) => ask('POST', '/control/act', { team, ...what }),
    messages: () => look('messages?'),
    deliveries: () => look('deliveries?'),
    openViews: () => look('views?'),
    views: () => look('views?all=1&'),
    calls: () => look('calls?'),
    change: (action) => ask('POST', '/control', action),
  };
}

/** The buttons of a message that do something; links do nothing. */
export const liveButtons = ({ blocks = [] }: SlackMessage): Button[] =>
  blocks
    .flatMap((block) => [...(block.elements ?? []), ...(block.accessory ? [block.accessory] : [])])
    .filter((e) => e.type === 'button' && e.action_id?.startsWith('golive.') === true && e.url === undefined);
