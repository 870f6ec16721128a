import type { DeploymentLimits } from '../../deployment-file.ts';
import { SHAPES } from '../../mode.ts';
import { STOPPING_TABLE, type StoppingAction } from '../../runbook/stopping.ts';
import type { StoppingKind } from '../stop.ts';
import { criticalLevel, manifestDrift, volumeOff, warningLevel, writeRate, wrongIdentity, type Ruling } from './cohort-rules.ts';
import type { CohortLook, ConnectorLook, Look } from './look.ts';
import type { Standing, StandingTrigger } from './standing.ts';
import { CONNECTOR_FAILS, WATCHED_ROWS, type Measure, type WatchedRow } from './thresholds.ts';

/** What is to be done after one look. `after` is the place in the log of the same trigger's last firing: with it each firing has one name. */
export type Act =
  | {
      act: 'fire';
      row: WatchedRow;
      subject: string;
      cohorts: string[];
      /** Null: nobody is stopped by it, the ramp waits and a person decides. */
      kind: StoppingKind | null;
      measures: readonly Measure[];
      because: string;
      planMinutes: number;
      after: number;
    }
  | { act: 'clear'; row: WatchedRow; subject: string; because: string }
  | { act: 'resume'; connector: string; stop: string; cohorts: string[] };

type Fires = Pick<Extract<Act, { act: 'fire' }>, 'measures' | 'because' | 'planMinutes'>;

type CohortRow = Exclude<WatchedRow, 'audit-integrity' | 'connector-outage'>;

interface CohortRule {
  /** To whom it applies: a stop of who is stopped already says nothing. */
  concerns: (look: CohortLook) => boolean;
  ruling: (look: CohortLook, limits: DeploymentLimits) => Ruling;
}

const RULES: Record<CohortRow, CohortRule> = {
  'wrong-identity': { concerns: ({ running }) => running, ruling: wrongIdentity },
  'manifest-drift': { concerns: ({ live }) => live, ruling: manifestDrift },
  'critical-level': { concerns: ({ live }) => live, ruling: criticalLevel },
  'write-rate': { concerns: ({ live }) => live, ruling: writeRate },
  'warning-level': { concerns: ({ live }) => live, ruling: warningLevel },
  'volume-off': { concerns: ({ live }) => live, ruling: volumeOff },
};

const KINDS: Record<Exclude<StoppingAction, 'ordered'>, StoppingKind | null> = {
  'pause-ramp': null,
  pause: 'pause',
  shadow: 'rollback',
  halt: 'halt',
};

/** The order that a row of the stopping table asks for. */
export function kindOf(row: WatchedRow): StoppingKind | null {
  const action = STOPPING_TABLE.find(({ id }) => id === row)?.action;
  return action === undefined || action === 'ordered' ? null : KINDS[action];
}

export interface Deciding {
  standing: Standing;
  limits: DeploymentLimits;
  /** Connectors that were seen up, without an interruption, for as long as it takes to believe it. */
  steady: readonly string[];
  planMinutesSince: (wallMs: number) => number;
}

/**
 * What follows from one look, by the stopping table. A trigger that is open does not fire again; it ends when what it was
 * about is well below its threshold, or, where it stopped somebody, when that stop was lifted. Per cohort the worst row
 * counts and milder ones stay silent, because what it did is about to change what they see.
 */
export function decide(look: Look, deciding: Deciding): Act[] {
  const whole = auditIntegrity(look, deciding);
  if (whole.some(({ act }) => act === 'fire')) return whole;
  const connectors = (look.connectors ?? []).flatMap((connector) => connectorOutage(connector, look, deciding));
  const out = new Set(connectors.flatMap((a) => (a.act === 'fire' ? a.cohorts : [])));
  const waiting = pausedByOutage(deciding.standing);
  const cohorts = look.cohorts.flatMap((cohort) => ofCohort(cohort, deciding, out.has(cohort.cohort) || waiting(cohort.cohort)));
  return [...whole, ...connectors, ...cohorts];
}

/** `spared`: its connector is out, which explains its figures. */
function ofCohort(look: CohortLook, { standing, limits, planMinutesSince }: Deciding, spared: boolean): Act[] {
  const { cohort } = look;
  const acts: Act[] = [];
  let stopped = false;
  for (const row of WATCHED_ROWS) {
    if (row === 'audit-integrity' || row === 'connector-outage') continue;
    const rule = RULES[row];
    const open = standing.open(row, cohort);
    const concerned = rule.concerns(look);
    const ruling: Ruling = concerned ? rule.ruling(look, limits) : { state: 'unknown' };
    if (open) {
      const ended = endOf(open, cohort, concerned, ruling, standing);
      if (ended !== null) acts.push({ act: 'clear', row, subject: cohort, because: ended });
      // Also when its stop was lifted just now: what this look saw lies before that.
      if (open.stop !== null) stopped = true;
      else if (ended !== null) continue;
      else if (row === 'warning-level' && !stopped) {
        const lasts = rule.ruling(since(look, planMinutesSince(open.firedAtMs)), limits);
        if (lasts.state !== 'fires') continue;
        acts.push(firing(row, cohort, [cohort], { ...lasts, because: `${lasts.because}; it lasts` }, open, 'rollback'));
        stopped = true;
      }
      continue;
    }
    const explained = spared && row !== 'wrong-identity' && row !== 'manifest-drift';
    if (stopped || explained || ruling.state !== 'fires') continue;
    const kind = kindOf(row);
    acts.push(firing(row, cohort, [cohort], ruling, standing.last(row, cohort), kind));
    stopped = kind !== null;
  }
  return acts;
}

/** Only what was measured since then: what was told once is not held against it a second time. */
const since = (look: CohortLook, planMinutes: number): CohortLook => ({
  ...look,
  windows: look.windows.filter((window) => window.planMinutes <= planMinutes),
});

/** Why an open trigger is over, or null while it is not. */
function endOf({ stop }: StandingTrigger, cohort: string, concerned: boolean, ruling: Ruling, standing: Standing): string | null {
  if (stop !== null) return standing.letGo(stop, cohort) ? 'its stop was lifted' : null;
  if (!concerned) return 'it is not live any more';
  return ruling.state === 'calm' ? 'back below its threshold' : null;
}

function auditIntegrity({ log, cohorts }: Look, { standing }: Deciding): Act[] {
  const row = 'audit-integrity';
  const subject = 'deployment';
  const open = standing.open(row, subject);
  if (open) {
    if (open.stop !== null && !standing.letGoWhole(open.stop)) return [];
    if (open.stop === null && log !== 'whole') return [];
    return [{ act: 'clear', row, subject, because: open.stop === null ? 'the log is whole' : 'its stop was lifted' }];
  }
  if (log === null || log === 'whole') return [];
  const names = cohorts.filter(({ running }) => running).map(({ cohort }) => cohort);
  const ruling: Fires = { measures: ['log'], because: log.broken, planMinutes: 0 };
  return [firing(row, subject, names, ruling, standing.last(row, subject), kindOf(row))];
}

function connectorOutage({ connector, up, calls, errors }: ConnectorLook, look: Look, deciding: Deciding): Act[] {
  const { standing, limits, steady } = deciding;
  const row = 'connector-outage';
  const open = standing.open(row, connector);
  const failing = calls >= limits.minimumSamples && errors / calls >= CONNECTOR_FAILS;
  if (open) {
    const held = open.stop === null ? [] : open.cohorts.filter((cohort) => !standing.letGo(open.stop ?? '', cohort));
    if (open.stop !== null && held.length === 0)
      return [{ act: 'clear', row, subject: connector, because: 'all that depend on it go on' }];
    if (!up || failing || !steady.includes(connector)) return [];
    if (open.stop === null) return [{ act: 'clear', row, subject: connector, because: 'it answers again' }];
    return [{ act: 'resume', connector, stop: open.stop, cohorts: nextInOrder(held, look.cohorts) }];
  }
  if (up && !failing) return [];
  const dependents = look.cohorts.filter((c) => c.running && c.connectors.includes(connector)).map(({ cohort }) => cohort);
  if (dependents.length === 0) return [];
  const because = up ? `${connector} fails ${errors} of ${calls} calls` : `${connector} does not answer`;
  const ruling: Fires = { measures: ['connector'], because, planMinutes: 0 };
  return [firing(row, connector, dependents, ruling, standing.last(row, connector), kindOf(row))];
}

/** Least harm first: those that only read, then those that managers approve, then those that move work between systems. */
function nextInOrder(held: readonly string[], cohorts: readonly CohortLook[]): string[] {
  const shapeOf = new Map(cohorts.map(({ cohort, shape }) => [cohort, shape]));
  const next = SHAPES.find((shape) => held.some((cohort) => shapeOf.get(cohort) === shape));
  return held.filter((cohort) => next === undefined || shapeOf.get(cohort) === next);
}

/** Is it paused because a connector is out? */
const pausedByOutage =
  (standing: Standing) =>
  (cohort: string): boolean =>
    standing.opened('connector-outage').some((t) => t.cohorts.includes(cohort) && !(t.stop && standing.letGo(t.stop, cohort)));

const firing = (
  row: WatchedRow,
  subject: string,
  cohorts: string[],
  { measures, because, planMinutes }: Fires,
  last: StandingTrigger | undefined,
  kind: StoppingKind | null,
): Act => ({ act: 'fire', row, subject, cohorts, kind, measures, because, planMinutes, after: last?.index ?? -1 });

/** Open triggers that halted somebody and whose cause the look shows to be gone: from here on people may lift the halt. */
export function causesGone({ cohorts, log }: Look, standing: Standing): StandingTrigger[] {
  return standing.opened().filter(({ row, subject, stop }) => {
    if (stop === null) return false;
    if (row === 'audit-integrity') return log === 'whole';
    const look = cohorts.find(({ cohort }) => cohort === subject);
    if (row === 'wrong-identity') return look?.loggedIn === true && look.wrongIdentities?.length === 0;
    return row === 'manifest-drift' && look?.drift === 'none';
  });
}
