import type { Notice } from '../../../domain/notice.ts';

const COLOURS: Record<Notice['tone'], string> = { info: 'Default', good: 'Good', warn: 'Warning', bad: 'Attention' };

/** A notice as an Adaptive Card. Its buttons are Slack's; here it says where the answer is given. */
export function adaptiveCard({ title, tone, lines, facts = [], links = [], buttons = [] }: Notice) {
  const text = (words: string, more: object = {}) => ({ type: 'TextBlock', text: plain(words), wrap: true, ...more });
  return {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    body: [
      text(title, { weight: 'Bolder', size: 'Medium', color: COLOURS[tone] }),
      ...lines.map((line) => text(line)),
      ...(facts.length === 0
        ? []
        : [{ type: 'FactSet', facts: facts.map(({ label, value }) => ({ title: label, value: plain(value) })) }]),
      ...(buttons.length === 0 ? [] : [text('Answered in Slack or with the golive CLI.', { isSubtle: true })]),
    ],
    actions: links.map(({ label, url }) => ({ type: 'Action.OpenUrl', title: label, url })),
  };
}

/** Cards read Markdown; our words are plain. */
const plain = (words: string): string => words.replaceAll(/[\\`*_[\]()#~]/g, (c) => `\\${c}`);
