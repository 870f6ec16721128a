import { ROLE_TITLES } from '../../../domain/roles.ts';
import { cut } from '../paint.ts';
import { linesFor, span } from '../words.ts';
import type { StatusModel } from './model.ts';
import type { ScreenOptions } from './look.ts';

/** Who is being waited for and since when, with the very command for each; orders that look alike share one line. */
export function waitingLines({ waiting, facts }: StatusModel, { paint, width, command }: ScreenOptions): string[] {
  if (waiting.length === 0) return [];
  const lines = waiting.flatMap((w) => {
    const since = w.since === null ? '' : `, for ${span(facts.nowMs - Date.parse(w.since))}`;
    const [first, ...others] = w.persons;
    const who =
      first === undefined
        ? paint.bad('  nobody may: golive status --who')
        : others.length > 0
          ? paint.dim(`  (or ${others.join(', ')})`)
          : '';
    return [
      `  ${paint.warn('▸')} ${cut(`${ROLE_TITLES[w.role]} to ${w.what}${since}`, width - 4)}`,
      ...linesFor(w, command).map((line, i, all) => `      ${paint.accent(line)}${i === all.length - 1 ? who : ''}`),
    ];
  });
  return [paint.bold('  WAITING FOR'), ...lines];
}
