import type { NoticeButton } from '../../../domain/notice.ts';

/** What Slack calls our buttons; whoever draws them and whoever is clicked read it here. */
export const ACTION_IDS: Record<NoticeButton['action'], string> = {
  'sign-approve': 'golive.sign-approve',
  'sign-reject': 'golive.sign-reject',
  ack: 'golive.ack',
  'hand-over': 'golive.hand-over',
  'incident-ack': 'golive.incident-ack',
};

/** The `event_type` of our messages' metadata; its payload is `{ deployment, key }`. */
export const METADATA_EVENT = 'golive';
