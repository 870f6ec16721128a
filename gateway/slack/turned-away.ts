/** Why something that came in the name of Slack was turned away, unread by anybody who could act on it. */
export const TURNED_AWAY = [
  'bad_signature',
  'old_timestamp',
  'future_timestamp',
  'replay',
  'malformed',
  'wrong_team',
  'guest',
  'bot',
  'deactivated',
  'unknown_user',
] as const;
export type TurnedAway = (typeof TURNED_AWAY)[number];
