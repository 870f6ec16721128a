import type { Scope } from './command.ts';
import { lowestMode, type Mode } from './mode.ts';
import type { Role } from './roles.ts';
import { canonicalJson } from './runbook/canonical-json.ts';
import { STOPS, type Lift, type StoppingKind } from './stop/stop.ts';

/** Why something may not rise. */
export interface Hold {
  /** The id of the command that made it, so no two holds ever share one. */
  id: string;
  scope: Scope;
  /** The highest mode while it stands. */
  ceiling: Mode;
  /** Person, or `golive`. */
  by: string;
  why: string;
  /** ISO 8601. */
  since: string;
  releasedBy: Role;
  /** The stop that made it; missing: a hold by order. */
  kind?: StoppingKind;
}

/** What takes a hold away. */
export const liftOf = ({ kind }: Pick<Hold, 'kind'>): Lift => STOPS[kind ?? 'hold'].liftedBy;

export interface Tombstone {
  by: string;
  /** ISO 8601. */
  at: string;
}

/**
 * All holds that were ever made, and which were released. An add-wins set: a release names one hold by id and leaves a
 * tombstone, so it can never take away a hold that somebody else made in the meantime. Adding, releasing (also for some
 * cohorts only) and merging commute, whatever order commands, retries and carried-over states arrive in.
 */
export interface HoldSet {
  added: Record<string, Hold>;
  tombstones: Record<string, Tombstone>;
  /** Cohorts (agents, where it is on agents) that a hold has let go, in order of their names, while it stands for the others. */
  exempt: Record<string, string[]>;
}

export const noHolds = (): HoldSet => ({ added: {}, tombstones: {}, exempt: {} });

export const addHold = (set: HoldSet, hold: Hold): HoldSet => mergeHolds(set, { ...noHolds(), added: { [hold.id]: hold } });

/** Releases one hold by its id; also before the hold itself has arrived. */
export const releaseHold = (set: HoldSet, id: string, stone: Tombstone): HoldSet =>
  mergeHolds(set, { ...noHolds(), tombstones: { [id]: stone } });

/** Releases one hold for some cohorts; it stands for all others that it covers. */
export const exemptFrom = (set: HoldSet, id: string, cohorts: readonly string[]): HoldSet =>
  mergeHolds(set, { ...noHolds(), exempt: { [id]: [...cohorts] } });

/** The union of both. Commutative, associative, idempotent. */
export const mergeHolds = (a: HoldSet, b: HoldSet): HoldSet => ({
  added: union(a.added, b.added),
  tombstones: union(a.tombstones, b.tombstones),
  exempt: Object.fromEntries(
    [...new Set([...Object.keys(a.exempt), ...Object.keys(b.exempt)])].map((id) => [
      id,
      [...new Set([...exemptOf(a, id), ...exemptOf(b, id)])].sort(),
    ]),
  ),
});

const exemptOf = ({ exempt }: HoldSet, id: string): string[] => (Object.hasOwn(exempt, id) ? (exempt[id] ?? []) : []);

/** The holds that stand, oldest first. */
export const activeHolds = (set: HoldSet): Hold[] =>
  Object.values(set.added)
    .filter((hold) => !Object.hasOwn(set.tombstones, hold.id))
    .sort((x, y) => compare(x.since, y.since) || compare(x.id, y.id));

export interface HoldTarget {
  cohort: string;
  group: string;
  /** By its shape. */
  wave?: string;
}

/** The holds that stand on one cohort: its own, its group's, its wave's, the deployment's, the customer's. */
export const holdsOn = (set: HoldSet, target: HoldTarget): Hold[] =>
  activeHolds(set).filter((hold) => covers(hold.scope, target) && !exemptOf(set, hold.id).includes(target.cohort));

/**
 * Effective mode = the lowest of what progress allows and every hold's ceiling.
 * @example effectiveMode('live', [{ ceiling: 'shadow', … }]) // 'shadow'
 */
export const effectiveMode = (progressMode: Mode, holds: readonly Pick<Hold, 'ceiling'>[]): Mode =>
  lowestMode(progressMode, ...holds.map((hold) => hold.ceiling));

/** Levels that no cohort belongs to (an agent, a row, a gate, a set) hold nothing here. */
export const covers = ({ level, names }: Scope, { cohort, group, wave }: HoldTarget): boolean => {
  if (level === 'customer' || level === 'deployment') return true;
  if (level === 'group') return names.includes(group);
  if (level === 'cohort') return names.includes(cohort);
  return level === 'wave' && wave !== undefined && names.includes(wave);
};

/**
 * Two values under one id should be the same. Should they differ all the same, the smaller canonical text stays on
 * every side, so that merging still gives one answer whatever the order.
 */
const union = <V>(a: Record<string, V>, b: Record<string, V>): Record<string, V> => {
  const entries = Object.entries(a).map(([id, mine]): [string, V] => {
    const theirs = Object.hasOwn(b, id) ? b[id] : undefined;
    return [id, theirs !== undefined && canonicalJson(theirs) < canonicalJson(mine) ? theirs : mine];
  });
  const added = Object.entries(b).filter(([id]) => !Object.hasOwn(a, id));
  return Object.fromEntries([...entries, ...added]);
};

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
