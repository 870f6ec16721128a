/** Plan hours by which every credential is in the vault (W1.12), and at which the runbook has minting begin. */
export const MINT_DUE_HOUR = 12;
export const MINT_STARTS_AT_HOUR = 4;

export interface MintForecast {
  agents: number;
  limitPerHour: number | null;
  /** How long minting takes at the platform's limit; 0 without one. */
  hours: number;
  /** T-hour at which it is done when it begins at the runbook's hour; it may begin earlier. */
  doneAtHour: number;
  /** For whoever reads the plan before the start, when the limit alone makes W1.12 late. */
  warning?: string;
}

/**
 * Minting cannot be faster than the platform allows: 10,000 agents at 1,500 an hour take 6.7 h, from T+4 to T+10.7.
 * `limitPerHour` is read from the platform; null means that it has none.
 */
export function forecastMinting(
  agents: number,
  limitPerHour: number | null,
  startsAtHour: number = MINT_STARTS_AT_HOUR,
): MintForecast {
  const hours = limitPerHour === null ? 0 : agents / limitPerHour;
  const doneAtHour = startsAtHour + hours;
  const forecast = { agents, limitPerHour, hours, doneAtHour };
  if (doneAtHour <= MINT_DUE_HOUR) return forecast;
  const needed = Math.ceil(agents / (MINT_DUE_HOUR - startsAtHour));
  return {
    ...forecast,
    warning: `${agents} credentials at ${limitPerHour ?? 0}/h take ${hours.toFixed(1)} h and miss T+${MINT_DUE_HOUR} (done about T+${doneAtHour.toFixed(1)}); the platform would have to allow ${needed}/h.`,
  };
}
