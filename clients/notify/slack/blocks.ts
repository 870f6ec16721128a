import type { KnownBlock } from '@slack/types';
import type { Notice } from '../../../domain/notice.ts';
import { ACTION_IDS } from './actions.ts';

/** Slack's own limits; what is longer would be refused as a whole. */
const MOST = { header: 150, section: 3000, field: 2000, fields: 10, text: 3500 } as const;

const TONES: Record<Notice['tone'], string> = {
  info: '',
  good: ':large_green_circle: ',
  warn: ':large_yellow_circle: ',
  bad: ':red_circle: ',
};

/** The three characters that mean something to Slack in any text; our own words then cannot call or link anybody. */
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const cut = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, most - 1)}…`);
const mrkdwn = (text: string, most: number = MOST.section) => ({ type: 'mrkdwn' as const, text: cut(text, most) });

/** A notice as Slack shows it: blocks, and the text for notifications and for clients that draw no blocks. */
export function drawn(notice: Notice, mention: readonly string[]): { text: string; blocks: KnownBlock[] } {
  const { title, tone, lines, facts = [], links = [], buttons = [] } = notice;
  const called = mention.map((id) => `<@${id}>`).join(' ');
  const blocks: KnownBlock[] = [
    { type: 'header', text: { type: 'plain_text', text: cut(`${TONES[tone]}${title}`, MOST.header), emoji: true } },
  ];
  if (lines.length > 0) blocks.push({ type: 'section', text: mrkdwn(lines.map(escaped).join('\n')) });
  for (let i = 0; i < facts.length; i += MOST.fields) {
    const fields = facts
      .slice(i, i + MOST.fields)
      .map(({ label, value }) => mrkdwn(`*${escaped(label)}*\n${escaped(value)}`, MOST.field));
    blocks.push({ type: 'section', fields });
  }
  if (links.length > 0)
    blocks.push({
      type: 'section',
      text: mrkdwn(links.map(({ label, url }) => `<${escaped(url)}|${escaped(label)}>`).join(' · ')),
    });
  if (called !== '') blocks.push({ type: 'context', elements: [mrkdwn(called)] });
  if (buttons.length > 0)
    blocks.push({
      type: 'actions',
      elements: buttons.map(({ action, label, value, style }) => ({
        type: 'button',
        action_id: ACTION_IDS[action],
        text: { type: 'plain_text', text: label },
        value,
        ...(style === undefined ? {} : { style }),
      })),
    });
  return { text: cut([`${title}.`, ...lines.map(escaped), called].join(' ').trim(), MOST.text), blocks };
}
