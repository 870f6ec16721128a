import { meanwhile } from '../../../domain/dependency.ts';
import { list } from '../../../domain/describe/words.ts';
import type { BreakerView } from '../../../domain/view/stops.ts';
import { clip } from '../paint.ts';
import { span } from '../words.ts';
import type { ScreenOptions } from './look.ts';
import type { StatusFacts, StatusModel } from './model.ts';

/** What a process has stopped asking, because it did not answer. */
export const openBreakers = ({ view }: StatusFacts): BreakerView[] =>
  Object.values(view.breakers).filter(({ state }) => state !== 'closed');

/** What is away, for whom and for how long; and what that means for whoever reads it at night. */
export function breakerLines({ facts }: StatusModel, { paint, width }: ScreenOptions): string[] {
  const open = openBreakers(facts);
  if (open.length === 0) return [];
  const lines = [...new Set(open.map((b) => b.dependency))].flatMap((dependency) => {
    const mine = open.filter((b) => b.dependency === dependency);
    const since = span(facts.nowMs - Math.min(...mine.map(({ at }) => Date.parse(at))));
    const first = clip(`${dependency} does not answer ${list(mine.map((b) => b.part))} for ${since}`, width - 4);
    const then = clip(meanwhile(dependency), width - 6);
    return [
      ...first.map((line, i) => `  ${i === 0 ? paint.bad('■') : ' '} ${line}`),
      ...then.map((line) => `      ${paint.dim(line)}`),
    ];
  });
  return [paint.bold('  AWAY'), ...lines];
}
