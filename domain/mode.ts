/** What the platform does with an agent's calls, lowest first. Only a running agent makes calls, whatever its mode. */
export const MODES = ['terminated', 'halted', 'paused', 'shadow', 'live'] as const;
export type Mode = (typeof MODES)[number];

export const LIFECYCLES = ['provisioning', 'provisioned', 'running', 'terminated'] as const;
export type Lifecycle = (typeof LIFECYCLES)[number];

export const SHAPES = ['research', 'production', 'coordination'] as const;
export type Shape = (typeof SHAPES)[number];

export const modeRank = (mode: Mode): number => MODES.indexOf(mode);
export const lowestMode = (first: Mode, ...rest: Mode[]): Mode =>
  rest.reduce((low, mode) => (modeRank(mode) < modeRank(low) ? mode : low), first);
