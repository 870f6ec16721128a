import type { Shape } from '../mode.ts';
import { TIME_RULES } from './time-rules.ts';

/**
 * The runbook's three waves, least blast radius first; a wave is called by its shape. Plan hour at which each may open,
 * the rows that it meets, and the row that must be settled before it: the next wave waits until the one before is stable.
 */
export const WAVES: Record<Shape, { opensAt: number; promoted: string; stable: string; after: string | null }> = {
  research: { opensAt: 48, promoted: 'W3.01', stable: 'W3.04', after: null },
  production: { opensAt: 54, promoted: 'W3.05', stable: 'W3.08', after: 'W3.04' },
  coordination: { opensAt: 60, promoted: 'W3.09', stable: 'W3.12', after: 'W3.08' },
};

/** Plan hours that a wave holds at full exposure before it counts as stable; leaves two of its six hours for the unplanned. */
export const WAVE_HOLD_HOURS = TIME_RULES['stable-hold'].planMs / 3_600_000;
