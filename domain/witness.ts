import { ruleMs } from './clock.ts';
import { TIME_RULES } from './runbook/time-rules.ts';

/** A stretch without a witness signature that is longer than it may be. */
export interface WitnessGap {
  from: string;
  to: string;
  planMinutes: number;
}

/** Longest time without a witness signature, wall milliseconds: rule `witness-gap`. */
export const witnessGapMs = (speed: number): number => ruleMs('witness-gap', speed);

/** Gaps between signatures from one moment to another; both ends count, so a witness that never signed is one gap. */
export function witnessGaps(o: { signedAtMs: readonly number[]; fromMs: number; toMs: number; speed: number }): WitnessGap[] {
  const signed = o.signedAtMs.filter((at) => at > o.fromMs && at < o.toMs).sort((a, b) => a - b);
  const points = [...signed, o.toMs];
  const allowed = witnessGapMs(o.speed);
  return points.flatMap((to, i) => {
    const from = i === 0 ? o.fromMs : (points[i - 1] ?? o.fromMs);
    if (to - from <= allowed) return [];
    const planMinutes = Math.round(((to - from) * o.speed) / 60_000);
    return [{ from: new Date(from).toISOString(), to: new Date(to).toISOString(), planMinutes }];
  });
}

/** What is allowed, in words. @example gapRule(1440) // 'a gap is more than 12 min of plan, and at least 12 s of wall time' */
export function gapRule(): string {
  const { planMs, floorMs } = TIME_RULES['witness-gap'];
  return `a gap is more than ${planMs / 60_000} min of plan, at least ${floorMs / 1000} s of wall time`;
}
