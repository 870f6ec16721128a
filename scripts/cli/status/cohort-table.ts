import { FAILURES } from '../../../domain/failure.ts';
import { cut, left, right } from '../paint.ts';
import type { StatusModel } from './model.ts';
import type { ScreenOptions } from './look.ts';

/** Every cohort in a line, as the log has it, in the order of the plan. */
export function cohortTable({ cohorts }: StatusModel, { paint, width }: ScreenOptions): string[] {
  const name = Math.min(40, Math.max(6, ...cohorts.map((c) => c.id.length)));
  const rest = width - name - 44;
  const head = `${left('cohort', name)}  ${left('shape', 12)} ${right('agents', 6)}  ${left('phase', 11)} ${right('live', 5)}  why, and what lifts it`;
  return [
    paint.bold(head),
    ...cohorts.map((c) => {
      const aside = c.phase === 'held' || c.phase === 'parked' || c.phase === 'isolated';
      const why = [
        c.reason ?? (c.code === null ? '' : FAILURES[c.code].sentence),
        c.liftedBy ?? '',
        c.holds.length > 0 ? `holds: ${c.holds.join(', ')}` : '',
      ]
        .filter((t) => t !== '')
        .join(' ');
      const line =
        `${left(cut(c.id, name), name)}  ${left(c.shape, 12)} ${right(String(c.agents), 6)}  ${left(c.phase ?? 'planned', 11)} ${right(`${c.livePercent} %`, 5)}  ${cut(why, rest)}`.trimEnd();
      return aside ? paint.warn(line) : line;
    }),
  ];
}
