import type { BreakerView } from '../../../domain/view/stops.ts';
import { cut } from '../paint.ts';
import { span } from '../words.ts';
import type { ScreenOptions } from './look.ts';
import type { StatusFacts, StatusModel } from './model.ts';

/** What a process has stopped asking, because it did not answer. */
export const openBreakers = ({ view }: StatusFacts): BreakerView[] =>
  Object.values(view.breakers).filter(({ state }) => state !== 'closed');

export function breakerLines({ facts }: StatusModel, { paint, width }: ScreenOptions): string[] {
  const open = openBreakers(facts);
  if (open.length === 0) return [];
  const lines = open.map(({ dependency, part, at }) => {
    const since = span(facts.nowMs - Date.parse(at));
    return `  ${paint.bad('■')} ${cut(`${dependency} does not answer ${part} for ${since}; its work waits, stops do not`, width - 4)}`;
  });
  return [paint.bold('  AWAY'), ...lines];
}
