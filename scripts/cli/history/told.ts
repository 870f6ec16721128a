import { formatT, newClock, planHours, rebaseline, startClock, stopClock, type ClockState } from '../../../domain/clock.ts';
import { describeRun } from '../../../domain/describe/run.ts';
import type { RecordedEntry } from '../../../domain/entry.ts';
import { addHold, holdsOn, noHolds } from '../../../domain/hold.ts';
import type { CohortView } from '../../../domain/view.ts';
import { wrap, type Paint } from '../paint.ts';

/** A line of history. `planHours` is what the T-clock showed then: null before T-0. */
export interface ToldLine {
  index: number;
  at: string;
  planHours: number | null;
  t: string | null;
  cohort: string | null;
  sentence: string;
}

/** The T-clock as it was at any moment: it may have been stopped and set back since. */
export class ClockHistory {
  #states: { fromMs: number; clock: ClockState }[] = [];

  take(entry: RecordedEntry): void {
    const at = Date.parse(entry.at);
    const now = this.#states.at(-1)?.clock;
    const next = changed(now, entry, at);
    if (next !== undefined) this.#states.push({ fromMs: at, clock: next });
  }

  planHours(atMs: number): number | null {
    const state = this.#states.findLast(({ fromMs }) => fromMs <= atMs);
    return state === undefined ? null : planHours(state.clock, atMs);
  }
}

function changed(clock: ClockState | undefined, entry: RecordedEntry, at: number): ClockState | undefined {
  if (entry.kind === 'clock.started') return startClock(clock ?? newClock(entry.data.speed), at);
  if (clock === undefined) return undefined;
  if (entry.kind === 'clock.stopped') return stopClock(clock, at);
  return entry.kind === 'clock.rebaselined' ? rebaseline(clock, entry.data.shiftHours) : undefined;
}

/** A stretch of the log in operator's words, with the hours at which it happened. Told about one cohort, its name goes without saying. */
export function tell(entries: Iterable<RecordedEntry>, clock: ClockHistory, about?: string): ToldLine[] {
  return describeRun(entries).map(({ index, at, sentence: said, cohort = null }) => {
    const sentence = about !== undefined && said.startsWith(`${about}: `) ? said.slice(about.length + 2) : said;
    const hours = clock.planHours(Date.parse(at));
    return { index, at, planHours: hours, t: hours === null ? null : formatT(hours), cohort, sentence };
  });
}

/** Does an entry say something about this cohort, under its own name or as one of a group, a wave or a hold? */
export function concerns(entry: RecordedEntry, { id, group, shape }: Pick<CohortView, 'id' | 'group' | 'shape'>): boolean {
  if (entry.cohort !== undefined) return entry.cohort === id;
  const names = { cohort: id, group, wave: shape };
  switch (entry.kind) {
    case 'group.evidence':
    case 'sign-off':
      return entry.data.group === group;
    case 'wave.started':
      return entry.data.cohorts.includes(id);
    case 'wave.closed':
      return entry.data.left.includes(id);
    case 'hold.added': {
      const { holdId, scope, ceiling, why, releasedBy } = entry.data;
      const hold = { id: holdId, scope, ceiling, why, releasedBy, by: entry.actor, since: entry.at };
      return holdsOn(addHold(noHolds(), hold), names).length > 0;
    }
    case 'deployment.closed':
      return true;
    case 'verdict':
      return entry.data.subject === id || entry.data.subject.endsWith(`:${id}`);
    case 'command.applied': {
      const { level, names: about } = entry.data.command.scope;
      const name = level === 'cohort' ? id : level === 'group' ? group : level === 'wave' ? shape : undefined;
      return name !== undefined && about.includes(name);
    }
    default:
      return false;
  }
}

/** One line, or several where a sentence is long; the second starts where the first did. */
export function lineText({ at, t, index, sentence }: ToldLine, { paint, width }: { paint: Paint; width: number }): string {
  const when = (t ?? '').padStart(8);
  const wall = at.slice(5, 19).replace('T', ' ');
  const number = `#${index}`.padStart(7);
  const [first = '', ...more] = wrap(sentence, width - 33);
  return [
    `${paint.bold(when)}  ${paint.dim(wall)} ${paint.dim(number)}  ${toned(first, sentence, paint)}`,
    ...more.map((line) => `${' '.repeat(33)}${toned(line, sentence, paint)}`),
  ].join('\n');
}

function toned(text: string, sentence: string, paint: Paint): string {
  if (/^Refused:|missed|failed|stands still/.test(sentence)) return paint.bad(text);
  if (/isolated|parked|: held|Hold on|late at|Waiting for|Watch item opened|rejects/.test(sentence)) return paint.warn(text);
  return /^Gate \d is passed|is done:|: live$|deployment is closed/.test(sentence) ? paint.good(text) : text;
}
