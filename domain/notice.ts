/** Where a notice goes. Slack is the only one whose messages can be edited and clicked. */
export const NOTICE_ADAPTERS = ['slack', 'teams', 'pager'] as const;
export type NoticeAdapter = (typeof NOTICE_ADAPTERS)[number];

/** What one click in a message means; `value` is opaque to whoever clicks. */
export interface NoticeButton {
  action: 'sign-approve' | 'sign-reject' | 'ack' | 'hand-over';
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
  /** Person to whom it goes by direct message; missing: the deployment's channel. */
  to?: string;
  /** Under the deployment's root message instead of beside it. */
  thread?: boolean;
  /** Threaded, and shown to the whole channel as well: only a stop, a failure, and the end. */
  broadcast?: boolean;
}
