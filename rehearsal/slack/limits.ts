import { RateLimited } from './error.ts';

/** At most `calls` within any `windowMs`. */
export interface Limit {
  calls: number;
  windowMs: number;
}

/** https://docs.slack.dev/apis/web-api/rate-limits: per method and workspace. Slack may allow more than it says; here nothing more is. */
const perMinute = (calls: number): Limit => ({ calls, windowMs: 60_000 });
export const TIERS = { 1: perMinute(1), 2: perMinute(20), 3: perMinute(50), 4: perMinute(100), auth: perMinute(600) } as const;
export type Tier = keyof typeof TIERS;
/** One message a second and channel; a short burst of more is let through. */
export const POSTING: Limit = { calls: 4, windowMs: 4_000 };

/** Remembers calls for as long as they count. Not on disk: a Slack that was restarted has forgotten them too. */
export class Meter {
  readonly #calls = new Map<string, number[]>();

  take(key: string, { calls, windowMs }: Limit, now: number): void {
    const recent = (this.#calls.get(key) ?? []).filter((at) => at > now - windowMs);
    this.#calls.set(key, recent);
    const [oldest] = recent;
    if (recent.length >= calls && oldest !== undefined) throw new RateLimited(oldest + windowMs - now);
    recent.push(now);
  }
}
