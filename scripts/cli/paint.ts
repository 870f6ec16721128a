import stringWidth from 'string-width';
import yoctocolors from 'yoctocolors';
import type { CliIo } from './io.ts';

type Colour = (text: string) => string;

/** The few colours that the screens use; each does nothing where nobody could see it. */
export interface Paint {
  bold: Colour;
  dim: Colour;
  good: Colour;
  warn: Colour;
  bad: Colour;
  accent: Colour;
}

const PLAIN: Paint = { bold: String, dim: String, good: String, warn: String, bad: String, accent: String };
const COLOURED: Paint = {
  bold: yoctocolors.bold,
  dim: yoctocolors.dim,
  good: yoctocolors.green,
  warn: yoctocolors.yellow,
  bad: yoctocolors.red,
  accent: yoctocolors.cyan,
};

export const paintFor = (io: Pick<CliIo, 'isTTY' | 'env'>, options: { color?: boolean } = {}): Paint =>
  io.isTTY && options.color !== false && !io.env?.NO_COLOR ? COLOURED : PLAIN;

/** Between 80 and 100 columns: wider lines are hard to read, narrower terminals wrap. */
export const widthOf = (io: Pick<CliIo, 'columns'>): number => Math.min(100, Math.max(80, io.columns ?? 100));

/** Cut with an ellipsis, by what is seen and not by characters. The text must not be coloured yet. */
export function cut(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  let short = '';
  for (const char of text) {
    if (stringWidth(short + char) > width - 1) break;
    short += char;
  }
  return `${short.trimEnd()}…`;
}

/** Exactly as wide; coloured text counts by what is seen. */
export const left = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - stringWidth(text)));
export const right = (text: string, width: number): string => ' '.repeat(Math.max(0, width - stringWidth(text))) + text;

/** Two texts at both ends of a line. */
export const ends = (start: string, end: string, width: number): string =>
  left(start, Math.max(stringWidth(start) + 1, width - stringWidth(end))) + end;

/** A share as a bar. Something is never shown as nothing, and less than all never as all. */
export function bar(share: number, width: number): string {
  const exact = Math.min(1, Math.max(0, share)) * width;
  const full = share >= 1 ? width : share <= 0 ? 0 : Math.min(width - 1, Math.max(1, Math.round(exact)));
  return '█'.repeat(full) + '░'.repeat(width - full);
}

/** A text in lines of at most so many columns, cut between words. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && stringWidth(line) + 1 + stringWidth(word) > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return line === '' ? lines : [...lines, line];
}

/** At most so many lines; what does not fit ends in an ellipsis. */
export function clip(text: string, width: number, most = 2): string[] {
  const lines = wrap(text, width);
  const kept = lines.slice(0, most - 1);
  const rest = lines.slice(most - 1).join(' ');
  return [...kept, ...(rest === '' ? [] : [rest])].map((line) => cut(line, width));
}
