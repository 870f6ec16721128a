/** Only `pass` moves forward. `inconclusive`: too few samples yet. `error`: the measurement broke. `no-data`: nothing to measure. */
export const VERDICT_VALUES = ['pass', 'fail', 'inconclusive', 'error', 'no-data'] as const;
export type VerdictValue = (typeof VERDICT_VALUES)[number];
