/** One round: what was asked, how long until the last flip, and how many there were. */
export interface Round {
  ms: number;
  flips: number;
}

export interface Figures extends Record<'stops' | 'bare' | 'signalled', Round[]> {
  /** From one order to the next. */
  everyMs: number;
}

/**
 * An order that comes while a stop goes on waits for what is left of it. The bench cannot give it (the cohorts are down
 * already), so it is counted: a stop of 5 s with an order a second stands for ones of 4, 3, 2 and 1 s as well.
 * @example asIfOpen([900, 2500], 1000) // [900, 2500, 1500, 500]
 */
export const asIfOpen = (values: readonly number[], everyMs: number): number[] =>
  values.flatMap((ms) => Array.from({ length: Math.max(1, Math.ceil(ms / everyMs)) }, (_, i) => ms - i * everyMs));

/** @example percentile([1, 2, 3, 4], 0.5) // 2 */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

const NAMES = { stops: 'golive', bare: 'a bare loop of the same flips', signalled: 'a signal to each cohort workflow' } as const;

/** A line per way to stop, and the two comparisons. `allowedMs`: how much slower than the bare loop it may be. */
export function linesOf(
  what: string,
  figures: Figures,
  limits: { p99Ms: number; overBareMs?: number; times?: number },
): string[] {
  const msOf = (rounds: Round[]): number[] => rounds.map(({ ms }) => ms);
  const p = (of: Round[], share: number): number => percentile(msOf(of), share);
  const lines = (['stops', 'bare', 'signalled'] as const).flatMap((name) => {
    const rounds = figures[name];
    if (rounds.length === 0) return [];
    const [few, many] = [Math.min(...rounds.map((r) => r.flips)), Math.max(...rounds.map((r) => r.flips))];
    const figure = [0.5, 0.99, 1].map((share) => `${p(rounds, share).toFixed(0)} ms`);
    return [
      `  ${NAMES[name]}: ${rounds.length} times, ${few}–${many} cohorts, p50 ${figure[0]}, p99 ${figure[1]}, worst ${figure[2]}`,
    ];
  });
  const open = asIfOpen(msOf(figures.stops), figures.everyMs);
  const p99 = Math.max(p(figures.stops, 0.99), percentile(open, 0.99));
  const over = p(figures.stops, 0.5) - p(figures.bare, 0.5);
  const times = p(figures.signalled, 0.5) / p(figures.stops, 0.5);
  const said = (text: string, ok: boolean): string => `  ${text}${ok ? '' : '   NOT MET'}`;
  return [
    `${what}, from the order to the last cohort by the platform's journal:`,
    ...lines,
    said(`p99 with the orders that had to wait ${p99.toFixed(0)} ms, at most ${limits.p99Ms} ms`, p99 <= limits.p99Ms),
    ...(limits.overBareMs === undefined || figures.bare.length === 0
      ? []
      : [said(`${over.toFixed(0)} ms over the bare loop (medians), at most ${limits.overBareMs} ms`, over <= limits.overBareMs)]),
    ...(limits.times === undefined || figures.signalled.length === 0
      ? []
      : [said(`${times.toFixed(1)} times as fast as signalling (medians), at least ${limits.times}`, times >= limits.times)]),
  ];
}
