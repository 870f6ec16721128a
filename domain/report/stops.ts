import type { Scope } from '../command.ts';
import {
  attestedWords,
  closedWords,
  firedWords,
  flippedWords,
  landedWords,
  notedWords,
  openedWords,
  questionableWords,
} from '../describe/stops.ts';
import type { EntryData, Outcome } from '../entry.ts';
import { etaOf, followUpsOf, rootCauseOf, uncleaned } from '../incident/incident.ts';
import type { Mode } from '../mode.ts';
import type { Role } from '../roles.ts';
import { isStoppingKind, STOPS, type StoppingKind } from '../stop/stop.ts';
import type { CommandView, DeploymentView, Recorded } from '../view.ts';
import type { IncidentView } from '../view/stops.ts';

/** One stop, from the order to the last cohort. Times are wall times; null: not known (yet). */
export interface ReportStop {
  id: string;
  kind: StoppingKind;
  scope: Scope;
  person: string;
  reason: string;
  /** Row of the stopping table, where the engine stopped by itself. */
  row: string | null;
  drill: boolean;
  /** `direct`: carried out while Temporal was away, and entered afterwards. */
  how: 'order' | 'direct';
  ceiling: Mode;
  handedInAt: string | null;
  /** Milliseconds after the order was handed in: until the fence stood, and until the last one was down. */
  fencedMs: number | null;
  lastMs: number | null;
  outcomes: Record<Outcome, number> | null;
  left: string[];
  landed: { verdict: EntryData['stop.landed']['verdict']; checks: EntryData['stop.landed']['checks']; at: string } | null;
  questionable: { count: number; owner: string; cleanedBy: string | null } | null;
  attested: number;
  incident: string | null;
  /** When and by whom it was lifted for all. */
  lifted: { at: string; by: string } | null;
  liftedFor: string[];
  at: string;
  auditIndex: number;
}

export interface ReportIncident {
  id: string;
  severity: 1 | 2 | 3;
  title: string;
  scope: Scope;
  stop: string | null;
  row: string | null;
  owner: Role;
  openedAt: string;
  openedBy: string;
  auditIndex: number;
  ackedBy: string | null;
  ackedAt: string | null;
  eta: string | null;
  rootCause: string | null;
  followUps: { text: string; owner: string }[];
  questionable: { count: number; owner: string; open: boolean } | null;
  closed: { by: string; at: string; auditIndex: number } | null;
  /** From the log, in its order. */
  timeline: { at: string; auditIndex: number; text: string }[];
}

/** Every stop once, in the order of the log. One that was carried out without Temporal keeps its id when its order is handed in later. */
export function stopsOf(view: DeploymentView): ReportStop[] {
  const direct = carriedOutDirectly(view);
  const ordered = Object.values(view.commands).flatMap((c): ReportStop[] => {
    const { kind, scope } = c;
    if (c.outcome !== 'applied' || !isStoppingKind(kind) || scope === null) return [];
    return direct.has(c.id) ? [] : [stopOf(view, { ...c, kind, scope })];
  });
  const elsewhere = Object.values(view.holds).flatMap((h): ReportStop[] =>
    h.orderedIn === null || !isStoppingKind(h.kind)
      ? []
      : [stopOf(view, { ...h, id: h.holdId, kind: h.kind, person: h.by, reason: h.why, args: {}, handedInAt: null })],
  );
  return [...ordered, ...direct.values(), ...elsewhere].sort((a, b) => a.auditIndex - b.auditIndex);
}

/** Each may have left several files: what was meant, and what became of it in as many parts as it took. */
function carriedOutDirectly(view: DeploymentView): Map<string, ReportStop> {
  const found = new Map<string, ReportStop>();
  for (const s of Object.values(view.direct)) {
    if (!isStoppingKind(s.kind)) continue;
    const known = found.get(s.commandId);
    const stop = known ?? {
      ...stopOf(view, { ...s, id: s.commandId, kind: s.kind, args: {}, handedInAt: s.startedAt }),
      // When the last was down stands in the files; if the engine has the order too, it came later.
      ...{ how: 'direct' as const, handedInAt: s.startedAt, fencedMs: null, lastMs: null },
      outcomes: { applied: 0, 'not-applied': 0, unknown: 0 },
    };
    const { applied = 0, 'not-applied': refused = 0, unknown = 0 } = stop.outcomes ?? {};
    const outcomes = {
      applied: applied + s.outcomes.applied,
      'not-applied': refused + s.outcomes.notApplied,
      unknown: unknown + s.outcomes.unknown,
    };
    found.set(s.commandId, { ...stop, outcomes });
  }
  return found;
}

/** What stands of it: not lifted for all, and no drill. */
export const standingStops = (view: DeploymentView): ReportStop[] =>
  stopsOf(view).filter((s) => s.lifted === null && !s.drill && view.holds[s.id] !== undefined);

interface Ordered extends Pick<CommandView, 'id' | 'person' | 'reason' | 'args' | 'handedInAt'>, Recorded {
  kind: StoppingKind;
  scope: Scope;
}

function stopOf(view: DeploymentView, c: Ordered): ReportStop {
  const { kind, scope } = c;
  const { flipped, landed, questionable, attested } = view.stops[c.id] ?? {};
  const handedInAt = flipped?.handedInAt ?? c.handedInAt;
  const after = (iso: string | null | undefined): number | null =>
    iso == null || handedInAt === null ? null : Math.max(0, Date.parse(iso) - Date.parse(handedInAt));
  return {
    ...{ id: c.id, kind, scope, person: c.person, reason: c.reason ?? '', how: 'order', handedInAt },
    ...{ row: c.args.trigger ?? null, drill: c.args.drill === true, ceiling: STOPS[kind].ceiling },
    ...{ fencedMs: after(flipped?.fencedAt), lastMs: after(flipped?.lastAt) },
    ...{ outcomes: flipped?.outcomes ?? null, left: flipped?.left ?? [], attested: attested?.length ?? 0 },
    landed: landed ? { verdict: landed.verdict, checks: landed.checks, at: landed.at } : null,
    questionable: questionable
      ? { count: questionable.count, owner: questionable.owner, cleanedBy: questionable.cleaned?.by ?? null }
      : null,
    incident: Object.values(view.incidents).find((i) => i.opened.stop === c.id)?.incident ?? null,
    ...liftOf(view, c.id),
    ...{ at: c.at, auditIndex: c.index },
  };
}

const liftOf = ({ holds }: DeploymentView, stop: string): Pick<ReportStop, 'lifted' | 'liftedFor'> => {
  const hold = holds[stop];
  const released = hold?.released;
  return { lifted: released ? { at: released.at, by: released.by } : null, liftedFor: hold?.releasedFor ?? [] };
};

export const incidentsOf = (view: DeploymentView): ReportIncident[] =>
  Object.values(view.incidents).map((i) => incidentOf(view, i));

export function incidentOf(view: DeploymentView, incident: IncidentView): ReportIncident {
  const { opened, closed, notes } = incident;
  const writes = opened.stop === undefined ? null : (view.stops[opened.stop]?.questionable ?? null);
  return {
    ...{ id: incident.incident, severity: opened.severity, title: opened.title, scope: opened.scope },
    ...{ stop: opened.stop ?? null, row: opened.row ?? null, owner: opened.owner },
    ...{ openedAt: incident.at, openedBy: incident.openedBy, auditIndex: incident.index },
    ...{ ackedBy: incident.ackedBy, ackedAt: notes.findLast((n) => n.act === 'ack')?.at ?? null, eta: etaOf(incident) },
    rootCause: closed?.rootCause ?? rootCauseOf(incident),
    followUps: closed?.followUps ?? followUpsOf(incident),
    questionable: writes && { count: writes.count, owner: writes.owner, open: uncleaned(view.stops, incident) !== null },
    closed: closed && { by: closed.by, at: closed.at, auditIndex: closed.index },
    timeline: timelineOf(view, incident),
  };
}

/** What led to it, what was done, what people said; each line an entry of the log. */
function timelineOf(view: DeploymentView, { opened, notes, closed, ...place }: IncidentView): ReportIncident['timeline'] {
  const { stop } = opened;
  const known = stop === undefined ? undefined : view.stops[stop];
  const order = stop === undefined ? undefined : view.commands[stop];
  const trigger = stop === undefined ? undefined : Object.values(view.triggers).find((t) => t.fired.stop === stop);
  const hold = stop === undefined ? undefined : view.holds[stop];
  const line = <T extends Recorded>(at: T | null | undefined, words: (of: T) => string): ReportIncident['timeline'] =>
    at == null ? [] : [{ at: at.at, auditIndex: at.index, text: words(at) }];
  return [
    ...line(trigger, (t) => firedWords(t.fired)),
    ...line(order, (o) => `${o.person} orders: ${o.kind}${o.reason ? `, ${o.reason}` : ''}`),
    ...line(known?.flipped, flippedWords),
    ...line(place, () => openedWords(opened)),
    ...line(known?.questionable, questionableWords),
    ...line(known?.landed, landedWords),
    ...(known?.attested ?? []).flatMap((a) => line(a, attestedWords)),
    ...notes.flatMap((n) => line(n, notedWords)),
    ...line(hold?.released, (r) => `${r.by} lifts the stop`),
    ...line(closed, closedWords),
  ].sort((a, b) => a.auditIndex - b.auditIndex);
}
