import type { CommandArguments, CommandKind, Scope } from '../domain/command.ts';
import { canonicalJson } from './envelope.ts';
import { sha256Hex } from './keys.ts';

/** Who clicked what, where, and in which of their modals or moments. */
export interface Click {
  team: string;
  user: string;
  deployment: string;
  kind: CommandKind;
  cards: readonly string[];
  scope: Scope;
  args: CommandArguments;
  /** Slack's own mark of it: the id of the modal that was submitted, or of the trigger. */
  click: string;
}

/** The id of the order that a click stands for, the same for all deliveries of it. @example 'slack-3f1c…' */
export const clickId = ({ team, user, deployment, kind, cards, scope, args, click }: Click): string =>
  `slack-${sha256Hex(canonicalJson([team, user, deployment, kind, cards, scope, args, click])).slice(0, 32)}`;
