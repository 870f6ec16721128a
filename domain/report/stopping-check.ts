import { isTakenBack } from '../stop/back.ts';
import type { Report } from './report.ts';
import type { ReportFiring, ReportRow } from './stopping-table.ts';
import type { ReportStop } from './stops.ts';

/** What a rehearsal set out to show and did not: one sentence each. Nothing was done to it on purpose: nothing is missing. */
export function stoppingFindings(report: Pick<Report, 'faults' | 'stopping' | 'stops' | 'incidents'>): string[] {
  return report.faults.flatMap(({ at, what, fires }) => {
    if (fires === null) return [];
    const row = report.stopping.find(({ id }) => id === fires.row);
    const fired = (row?.firings ?? []).filter((f) => f.faultAt === at);
    const about = `${fires.row} (${fires.measure}) of ${fires.subject}`;
    if (row === undefined || fired.length === 0) return [`${about} did not fire after: ${what}.`];
    return fired.flatMap((firing) => ofFiring(report, row, firing).map((found) => `${about}: ${found}.`));
  });
}

function ofFiring(
  { stops, incidents }: Pick<Report, 'stops' | 'incidents'>,
  row: ReportRow,
  { stop: id, clearedAt }: ReportFiring,
): string[] {
  if (id === null) return clearedAt === null ? ['it is still open'] : [];
  const stop = stops.find((s) => s.id === id);
  if (stop === undefined) return ['its order was not carried out'];
  const incident = incidents.find((i) => i.stop === id);
  return [
    ...late(row, stop),
    ...(stop.left.length > 0 ? [`${stop.left.length} could not be flipped`] : []),
    ...(stop.landed?.verdict === 'pass' ? [] : ['it has not landed']),
    ...(isTakenBack(stop.kind, stop.scope, stop.lifted !== null, stop.liftedFor) ? [] : ['it still stands']),
    ...(incident !== undefined && incident.closed === null ? [`incident ${incident.id} is open`] : []),
  ];
}

/** From the order to the last cohort; how long it took to see is the row's own window. */
function late({ limitSeconds }: ReportRow, { lastMs }: ReportStop): string[] {
  if (lastMs === null) return ['nothing says when the last one was down'];
  return limitSeconds !== null && lastMs > limitSeconds * 1000 ? [`it took ${lastMs} ms, the limit is ${limitSeconds} s`] : [];
}
