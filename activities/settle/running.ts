import { putJsonEvidence } from '../../clients/store/evidence.ts';
import { planHours } from '../../domain/clock.ts';
import type { NewEntry } from '../../domain/entry.ts';
import { wallOf, WRITES_AT_ONCE, type Facts } from './facts.ts';

/** What running agents do, kept in the log: bounded in entries by plan hours and pages, whole in the evidence beside it. */

/** W3.07 asks for the first hundred by name. */
const NAMED_WRITES = 100;

/** Manager-approved writes that the log does not have yet, an entry per page of the platform's. */
export async function enteredWrites(f: Facts): Promise<NewEntry[]> {
  const { d, view, nextWrites } = f;
  const entries: NewEntry[] = [];
  let { writes } = await nextWrites();
  for (let first = view.writes.count; writes.length > 0; first += WRITES_AT_ONCE) {
    const kept = writes.map(({ id, escalation, agent, manager, connector, at }) => ({
      ...{ id, escalation, agent, manager, connector, at },
    }));
    const evidence = await putJsonEvidence(d.tenant.audit, d.tenant.auditPrefix, { first, writes: kept }, d.signal);
    const named = kept
      .slice(0, Math.max(0, NAMED_WRITES - first))
      .map(({ id, agent, manager, at }) => ({ id, agent, manager, at }));
    entries.push(d.entry('writes.approved', `writes/${first}`, { first, count: kept.length, writes: named, evidence }));
    if (writes.length < WRITES_AT_ONCE) break;
    ({ writes } = await d.tenant.platform.writes(d.name.deployment, WRITES_AT_ONCE, d.signal, first + WRITES_AT_ONCE));
  }
  return entries;
}

/** Once a plan hour, and at the end; the first hundred are entered by W3.07 as soon as they are there. */
export async function approvedWrites(f: Facts, atEnd: boolean): Promise<NewEntry[]> {
  const { lastAt } = f.view.writes;
  if (f.view.waves['production'] === undefined && f.view.waves['coordination'] === undefined) return [];
  const last = lastAt === null ? null : planHours(f.view.clock, Date.parse(lastAt));
  const due = last !== null && f.planNow !== null && f.planNow >= last + 1;
  return due || atEnd ? enteredWrites(f) : [];
}

/** Plan hours of one interval; the last one ends with the window. */
const INTERVAL_HOURS = 6;

/** What the intercept said, per cohort and six plan hours since the cohorts run; one document for all of them. */
export async function interceptVerdicts(f: Facts, atEnd: boolean): Promise<NewEntry[]> {
  const { d, view } = f;
  const from = view.intercepts.upTo ?? view.gates['gate-1']?.at;
  const since = from === undefined ? null : planHours(view.clock, Date.parse(from));
  if (from === undefined || since === null) return [];
  const border = wallOf(f, (Math.floor(since / INTERVAL_HOURS + 1e-6) + 1) * INTERVAL_HOURS);
  const over = border !== undefined && border <= f.nowMs;
  if (!over && !atEnd) return [];
  const toMs = over ? Math.max(border, Date.parse(from) + 1) : f.nowMs;
  if (toMs <= Date.parse(from)) return [];
  const to = new Date(toMs).toISOString();
  const telemetry = await d.tenant.platform.telemetry(d.name.deployment, from, to, d.signal);
  const evidence = await putJsonEvidence(d.tenant.audit, d.tenant.auditPrefix, telemetry, d.signal);
  return telemetry.cohorts.flatMap(({ cohort, live, shadow }) => {
    if (live.calls + shadow.calls === 0) return [];
    const sum = (verdict: keyof typeof live.verdicts) => live.verdicts[verdict] + shadow.verdicts[verdict];
    const verdicts = { allow: sum('allow'), warn: sum('warn'), deny: sum('deny'), failed: sum('failed') };
    return [d.entry('intercept.verdicts', `${cohort}/verdicts/${to}`, { from, to, verdicts, evidence }, { cohort })];
  });
}
