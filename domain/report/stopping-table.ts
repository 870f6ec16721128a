import { STOPPING_TABLE, type StoppingRow } from '../runbook/stopping.ts';
import type { DeploymentView } from '../view.ts';
import type { Firing } from '../view/stops.ts';
import type { ReportStop } from './stops.ts';

/** What a rehearsal did to itself on purpose. */
export interface InjectedFault {
  /** Wall time. */
  at: string;
  what: string;
  /** What of the stopping table it is to make fire; null: nothing. Of a person's own order the measure is its kind. */
  fires: { row: string; measure: string; subject: string } | null;
}

/** Once that a row of the stopping table fired, and what became of it. */
export interface ReportFiring {
  /** Cohort, connector or `deployment`; of a person's own order what it names. */
  subject: string;
  measures: readonly string[];
  because: string;
  /** When what made it fire was done; null: not in a rehearsal, or not on purpose. */
  faultAt: string | null;
  at: string;
  /** Wall milliseconds from the fault until it was seen: the order was handed in, or a person was told. */
  seenMs: number | null;
  /** The order that was given; null: the ramp waits and people decide. */
  stop: string | null;
  clearedAt: string | null;
  auditIndex: number;
}

export interface ReportRow extends Pick<StoppingRow, 'id' | 'trigger' | 'action' | 'then' | 'limitSeconds'> {
  firings: ReportFiring[];
}

const PERSON = 'person';

/** The stopping table as it was in this run, row by row. */
export function stoppingTableOf(
  view: DeploymentView,
  stops: readonly ReportStop[],
  faults: readonly InjectedFault[],
): ReportRow[] {
  const all = Object.values(view.triggers).flatMap((t) => overByThen([...t.earlier, t]));
  const watched = all.map((firing) => ({ row: firing.fired.row, ...ofWatch(firing, stops, faults) }));
  const ordered = stops.flatMap((s) => (s.row === null && !s.drill ? [{ row: PERSON, ...ofPerson(s, faults) }] : []));
  const firings = [...watched, ...ordered].sort((a, b) => a.auditIndex - b.auditIndex);
  return STOPPING_TABLE.map(({ id, trigger, action, then, limitSeconds }) => ({
    ...{ id, trigger, action, then, limitSeconds },
    firings: firings.flatMap(({ row, ...firing }) => (row === id ? [firing] : [])),
  }));
}

/** What fired again before it was quiet, as a warning that lasts, was over with that. */
const overByThen = (firings: readonly Firing[]): Ended[] =>
  firings.map((f, i) => ({ ...f, clearedAt: f.cleared?.at ?? firings[i + 1]?.at ?? null }));

interface Ended extends Firing {
  clearedAt: string | null;
}

function ofWatch(
  { fired, clearedAt, at, index }: Ended,
  stops: readonly ReportStop[],
  faults: readonly InjectedFault[],
): ReportFiring {
  const { row, subject, measures = [], because, stop } = fired;
  const seenAt = stops.find((s) => s.id === stop)?.handedInAt ?? at;
  const fault = lastFault(faults, seenAt, (f) => f.row === row && f.subject === subject && measures.includes(f.measure));
  return {
    ...{ subject, measures, because, at: seenAt, stop, ...since(fault, seenAt) },
    ...{ clearedAt, auditIndex: index },
  };
}

function ofPerson(
  { id, kind, scope, person, reason, handedInAt, lifted, ...s }: ReportStop,
  faults: readonly InjectedFault[],
): ReportFiring {
  const at = handedInAt ?? s.at;
  const fault = lastFault(faults, at, (f) => f.row === PERSON && f.measure === kind);
  return {
    ...{ subject: scope.names.length === 0 ? scope.level : scope.names.join(', '), measures: [kind] },
    because: reason === '' ? `${person} ordered it` : `${person}: ${reason}`,
    ...{ at, stop: id, ...since(fault, at), clearedAt: lifted?.at ?? null, auditIndex: s.auditIndex },
  };
}

const lastFault = (
  faults: readonly InjectedFault[],
  until: string,
  fits: (fires: NonNullable<InjectedFault['fires']>) => boolean,
): InjectedFault | undefined => faults.findLast(({ at, fires }) => at <= until && fires !== null && fits(fires));

const since = (fault: InjectedFault | undefined, at: string): Pick<ReportFiring, 'faultAt' | 'seenMs'> => ({
  faultAt: fault?.at ?? null,
  seenMs: fault === undefined ? null : Date.parse(at) - Date.parse(fault.at),
});
