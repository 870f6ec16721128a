import { list } from '../../../domain/describe/words.ts';
import type { EscalationLevel } from '../../../domain/notices/entries.ts';
import { ROLE_TITLES } from '../../../domain/roles.ts';
import type { EscalationView } from '../../../domain/view.ts';
import { cut } from '../paint.ts';
import { span } from '../words.ts';
import type { StatusModel } from './model.ts';
import type { ScreenOptions } from './look.ts';

const LEVELS: Record<EscalationLevel, string> = {
  'on-call': 'on-call',
  'deployment-lead': 'Deployment Lead',
  'platform-lead': 'platform lead',
  executives: 'executives',
};

/** What nobody acted on: how far it has climbed, who has it in hand, and the order that takes it on. */
export function escalationLines({ escalations, facts }: StatusModel, { paint, width, command }: ScreenOptions): string[] {
  if (escalations.length === 0) return [];
  const lines = escalations.flatMap((e) => {
    const last = e.raised.at(-1);
    const told = last === undefined ? '' : `${LEVELS[last.level]} told ${ago(facts.nowMs, last.at)}: ${list(last.told)}`;
    return [
      `  ${paint.bad('▲')} ${cut(`${ROLE_TITLES[e.owner]} to ${e.what}`, width - 4)}`,
      `      ${paint.dim(cut(told, width - 6))}`,
      `      ${e.acknowledged === null ? paint.accent(command(['ack', e.escalation])) : paint.good(inHand(e, facts.nowMs))}`,
    ];
  });
  return [paint.bold('  ESCALATED'), ...lines];
}

function inHand({ acknowledged }: EscalationView, nowMs: number): string {
  if (acknowledged === null) return '';
  const { by, handedTo, at } = acknowledged;
  return handedTo === null ? `taken on by ${by} ${ago(nowMs, at)}` : `handed to ${handedTo} by ${by} ${ago(nowMs, at)}`;
}

const ago = (nowMs: number, at: string): string => `${span(nowMs - Date.parse(at))} ago`;
