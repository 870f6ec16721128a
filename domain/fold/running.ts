import type { EntryData, RecordedEntry, VerdictCounts } from '../entry.ts';
import type { DeploymentView } from '../view.ts';
import { own, put } from './record.ts';

/** W3.07 asks for so many by name. */
const FIRST_WRITES = 100;

export function writesApproved(view: DeploymentView, entry: RecordedEntry, data: EntryData['writes.approved']): void {
  const { writes } = view;
  writes.count += data.count;
  writes.firstAt ??= data.writes[0]?.at ?? entry.at;
  writes.lastAt = entry.at;
  for (const { id, agent, manager, at } of data.writes.slice(0, FIRST_WRITES - writes.firstHundred.length)) {
    writes.firstHundred.push({ id, agent, manager, at, index: entry.index });
  }
}

export function interceptVerdicts(view: DeploymentView, entry: RecordedEntry, data: EntryData['intercept.verdicts']): void {
  const { intercepts } = view;
  if (intercepts.upTo === null || data.to > intercepts.upTo) intercepts.upTo = data.to;
  add(intercepts.total, data.verdicts);
  if (entry.cohort === undefined) return;
  const known = own(intercepts.byCohort, entry.cohort);
  if (known) add(known, data.verdicts);
  else put(intercepts.byCohort, entry.cohort, { ...data.verdicts });
}

function add(sum: VerdictCounts, { allow, warn, deny, failed }: VerdictCounts): void {
  sum.allow += allow;
  sum.warn += warn;
  sum.deny += deny;
  sum.failed += failed;
}
