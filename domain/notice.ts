/** Where a notice goes. Slack is the only one whose messages can be edited and clicked. */
export const NOTICE_ADAPTERS = ['slack', 'teams', 'pager'] as const;
export type NoticeAdapter = (typeof NOTICE_ADAPTERS)[number];

/** What one click in a message means; `value` is opaque to whoever clicks. */
export interface NoticeButton {
  action: 'sign-approve' | 'sign-reject' | 'ack' | 'hand-over' | 'incident-ack';
  label: string;
  value: string;
  style?: 'primary' | 'danger';
}

/**
 * One thing that people are told, in words and facts, without any system's markup; adapters draw it as blocks or cards.
 * Stays under 3 KB, because it stands in the log.
 */
export interface Notice {
  title: string;
  tone: 'info' | 'good' | 'warn' | 'bad';
  /** Lines of plain text. */
  lines: string[];
  facts?: { label: string; value: string }[];
  links?: { label: string; url: string }[];
  buttons?: NoticeButton[];
  /** Persons who are called by name, so that it reaches them and does not only lie in the channel. */
  mention?: string[];
  /** Under the deployment's root message instead of beside it. */
  thread?: boolean;
  /** Threaded, and shown to the whole channel as well: only a stop, a failure, and the end. */
  broadcast?: boolean;
}

/** What a button carries: the deployment's own name (its customer is known by where the click arrives), and a card, an escalation or an incident. */
export const buttonValue = (deployment: string, id: string): string => `${deployment}:${id}`;

/** Undefined for what we never made. */
export function parseButtonValue(value: string): { deployment: string; id: string } | undefined {
  const [, deployment, id] = /^([a-z0-9][a-z0-9-]{0,62}):(.{1,300})$/.exec(value) ?? [];
  return deployment === undefined || id === undefined ? undefined : { deployment, id };
}
