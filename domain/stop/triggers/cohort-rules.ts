import { number, percent } from '../../describe/words.ts';
import type { DeploymentLimits } from '../../deployment-file.ts';
import type { CohortLook, LiveCounts, LiveWindow } from './look.ts';
import {
  APPROVED_AT_ONCE,
  byChance,
  CALM,
  criticalLevels,
  LEAST_EVENTS,
  SPIKE,
  warningLevels,
  type Level,
  type Measure,
} from './thresholds.ts';

/**
 * What a rule says of one cohort: it fires, it is well below what fires, it is neither (what fired goes on, what did not
 * does not begin), or too little was measured to say anything.
 */
export type Ruling =
  | { state: 'fires'; measures: readonly Measure[]; because: string; planMinutes: number }
  | { state: 'calm' | 'between' | 'unknown' };

const UNKNOWN: Ruling = { state: 'unknown' };
const CALM_RULING: Ruling = { state: 'calm' };
const BETWEEN: Ruling = { state: 'between' };

/** Plan minutes that a critical and a warning level last; a cohort with fewer calls is judged over longer windows. */
const CRITICAL_MINUTES = 5;
const WARNING_MINUTES = 15;

/** The first window, from the shortest allowed, that holds enough. */
const enough = (look: CohortLook, from: number, holds: (counts: LiveCounts) => boolean): LiveWindow | undefined =>
  look.windows.find(({ planMinutes, counts }) => planMinutes >= from && holds(counts));

const badOf = (level: Level, counts: LiveCounts): number =>
  level.slowerThan === null ? counts.errors : (counts.slower.find(({ than }) => than === level.slowerThan)?.calls ?? 0);

function overWords({ level, window: { planMinutes, counts } }: Extract<LevelRuling, { state: 'fires' }>): string {
  const bad = badOf(level, counts);
  const of = `${number(bad)} of ${number(counts.calls)} calls`;
  return level.slowerThan === null
    ? `${level.name} ${percent(bad / counts.calls)} over ${planMinutes} min (${of} failed)`
    : `${level.name} above ${number(level.slowerThan)} ms over ${planMinutes} min (${of})`;
}

function atLevel(look: CohortLook, levels: readonly Level[], minutes: number, minimumSamples: number): Ruling {
  const windows = look.windows.filter(({ planMinutes, counts }) => planMinutes >= minutes && counts.calls >= minimumSamples);
  if (windows.length === 0) return UNKNOWN;
  const judged = levels.map((level) => overLevel(level, windows));
  const over = judged.flatMap((j) => (j.state === 'fires' ? [j] : []));
  if (over.length > 0)
    return {
      state: 'fires',
      measures: over.map(({ level }) => level.name),
      because: over.map(overWords).join('; '),
      planMinutes: Math.max(...over.map(({ window }) => window.planMinutes)),
    };
  return judged.every(({ state }) => state === 'calm') ? CALM_RULING : BETWEEN;
}

type LevelRuling = { state: 'fires'; level: Level; window: LiveWindow } | { state: 'calm' | 'between' };

/**
 * The shortest window decides, unless what is over the level in it is too little to be more than chance: then the next longer
 * one does. In a cohort of few calls a rare fault shows only there.
 */
function overLevel(level: Level, windows: readonly LiveWindow[]): LevelRuling {
  for (const window of windows) {
    const bad = badOf(level, window.counts);
    const share = bad / window.counts.calls;
    if (share < level.share) return { state: share < level.share * CALM ? 'calm' : 'between' };
    if (bad >= LEAST_EVENTS) return { state: 'fires', level, window };
  }
  return { state: 'between' };
}

/** Error rate, p95 or p99 at its critical level for 5 minutes, or health checks that fail one after the other. */
export function criticalLevel(look: CohortLook, limits: DeploymentLimits): Ruling {
  const failed = look.failedChecksInARow ?? 0;
  if (failed >= limits.failedChecks)
    return {
      state: 'fires',
      measures: ['health checks'],
      because: `${failed} health checks in a row failed`,
      planMinutes: failed,
    };
  return atLevel(look, criticalLevels(limits), CRITICAL_MINUTES, limits.minimumSamples);
}

export const warningLevel = (look: CohortLook, limits: DeploymentLimits): Ruling =>
  atLevel(look, warningLevels(limits), WARNING_MINUTES, limits.minimumSamples);

/** Committed writes against those that the manifest plans for as many agents as were live, for as long as they were. */
export const writeRate = (look: CohortLook, limits: DeploymentLimits): Ruling =>
  worstOf(
    wideEnough(look, ({ calls, writesCommitted }) => writesCommitted >= LEAST_EVENTS || calls >= limits.minimumSamples),
    ({ planMinutes, counts: { writesCommitted: writes, agentHours } }) => {
      const expected = look.writesPerAgentHour * agentHours;
      const limit = limits.writeRateTimes * expected;
      const atOnce = look.shape === 'production' && expected > 0 ? APPROVED_AT_ONCE : 1;
      if (writes < LEAST_EVENTS || writes <= limit || byChance(writes, expected, atOnce))
        return writes <= limit * CALM || writes < LEAST_EVENTS ? CALM_RULING : BETWEEN;
      const times = expected > 0 ? `${number(round(writes / expected))} × expected` : 'none expected';
      const because = `write rate ${times} over ${planMinutes} min (${number(writes)} writes, ${number(round(expected))} expected)`;
      return { state: 'fires', measures: ['write rate'], because, planMinutes };
    },
  );

const round = (n: number): number => Math.round(n * 10) / 10;

/** All windows with enough in them: what is little in a short one, and might be chance, shows in a longer one. */
const wideEnough = (look: CohortLook, holds: (counts: LiveCounts) => boolean): LiveWindow[] =>
  look.windows.filter(({ planMinutes, counts }) => planMinutes >= CRITICAL_MINUTES && holds(counts));

function worstOf(windows: readonly LiveWindow[], ruling: (window: LiveWindow) => Ruling): Ruling {
  const rulings = windows.map(ruling);
  return (
    rulings.find(({ state }) => state === 'fires') ?? rulings.find(({ state }) => state === 'between') ?? rulings[0] ?? UNKNOWN
  );
}

/** Calls of the live agents against what the same agents did in shadow, and verdicts that are not a plain yes. */
export function volumeOff(look: CohortLook, limits: DeploymentLimits): Ruling {
  const rulings = [volume(look, limits), verdictSpike(look, limits)];
  return (
    rulings.find(({ state }) => state === 'fires') ??
    rulings.find(({ state }) => state === 'between') ??
    rulings.find(({ state }) => state === 'unknown') ??
    CALM_RULING
  );
}

function volume(look: CohortLook, limits: DeploymentLimits): Ruling {
  const { baseline } = look;
  if (baseline === null) return UNKNOWN;
  const expectedIn = ({ agentHours }: LiveCounts) => baseline.callsPerAgentHour * agentHours;
  // By what was to be expected, not by what came: silence is a deviation too.
  const windows = wideEnough(look, (counts) => expectedIn(counts) >= limits.minimumSamples);
  return worstOf(windows, ({ planMinutes, counts }) => {
    const expected = expectedIn(counts);
    const share = Math.abs(counts.calls - expected) / expected;
    if (share <= limits.volumeVariance || byChance(counts.calls, expected))
      return share <= limits.volumeVariance * CALM ? CALM_RULING : BETWEEN;
    const way = counts.calls > expected ? 'above' : 'below';
    const figures = `${number(counts.calls)} calls, ${number(Math.round(expected))} expected`;
    return {
      state: 'fires',
      measures: ['call volume'],
      because: `call volume ${percent(share)} ${way} its baseline over ${planMinutes} min (${figures})`,
      planMinutes,
    };
  });
}

function verdictSpike(look: CohortLook, limits: DeploymentLimits): Ruling {
  const window = enough(look, CRITICAL_MINUTES, ({ calls }) => calls >= limits.minimumSamples);
  if (!window) return UNKNOWN;
  const { notAllowed, calls } = window.counts;
  const usual = look.baseline?.notAllowedShare ?? 0;
  const limit = Math.max(SPIKE.share, SPIKE.times * usual);
  const share = notAllowed / calls;
  if (notAllowed < LEAST_EVENTS || share < limit) return share < limit * CALM ? CALM_RULING : BETWEEN;
  return {
    state: 'fires',
    measures: ['verdicts'],
    because: `${percent(share)} of verdicts warned, denied or failed over ${window.planMinutes} min (${number(notAllowed)} of ${number(calls)}; usual ${percent(usual)})`,
    planMinutes: window.planMinutes,
  };
}

export function wrongIdentity({ wrongIdentities }: CohortLook): Ruling {
  if (wrongIdentities === null) return UNKNOWN;
  const [first] = wrongIdentities;
  if (first === undefined) return CALM_RULING;
  const more = wrongIdentities.length > 1 ? ` and ${wrongIdentities.length - 1} more` : '';
  return {
    state: 'fires',
    measures: ['identity'],
    because: `${first.connector} sees ${first.actual} instead of ${first.expected}${more}`,
    planMinutes: 0,
  };
}

export function manifestDrift({ drift }: CohortLook): Ruling {
  if (drift === null) return UNKNOWN;
  return drift === 'none'
    ? CALM_RULING
    : {
        state: 'fires',
        measures: ['manifest'],
        because: `Atlas runs manifest ${drift.running.slice(0, 19)}… instead of ${drift.registered.slice(0, 19)}…`,
        planMinutes: 0,
      };
}

/** Live, and should have been heard of by now: silence is told to a person. */
export function silent(look: CohortLook, limits: DeploymentLimits): boolean {
  if (!look.live) return false;
  const rate = look.baseline?.callsPerAgentHour ?? 0;
  const window = look.windows.find(({ planMinutes }) => planMinutes >= limits.noDataMinutes);
  return window?.counts.calls === 0 && rate * window.counts.agentHours >= limits.minimumSamples;
}
