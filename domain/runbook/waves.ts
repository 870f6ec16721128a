import type { Shape } from '../mode.ts';

/** The runbook's three waves, least blast radius first: plan hour at which each may open, and the rows that it meets. */
export const WAVES: Record<Shape, { opensAt: number; promoted: string; stable: string }> = {
  research: { opensAt: 48, promoted: 'W3.01', stable: 'W3.04' },
  production: { opensAt: 54, promoted: 'W3.05', stable: 'W3.08' },
  coordination: { opensAt: 60, promoted: 'W3.09', stable: 'W3.12' },
};

/** Plan hours that a wave holds at full exposure before it counts as stable; leaves two of its six hours for the unplanned. */
export const WAVE_HOLD_HOURS = 4;
