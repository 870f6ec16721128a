import { CommandsUnreachable } from '../commands/port.ts';
import { ClientError } from '../error.ts';
import type { Dependency } from '../../domain/dependency.ts';
import type { FailureCode } from '../../domain/failure.ts';
import { Breaker, type BreakerSettings } from './breaker.ts';

type Rest = Pick<BreakerSettings, 'onChange' | 'failures' | 'openMs' | 'now'>;

const AWAY: Readonly<Record<Exclude<Dependency, 'Temporal'>, FailureCode>> = {
  platform: 'platform_unreachable',
  S3: 'store_unreachable',
  log: 'recorder_unreachable',
  Slack: 'notify_unreachable',
  Teams: 'notify_unreachable',
  pager: 'notify_unreachable',
};

export function breakerFor(dependency: Dependency, rest: Rest = {}): Breaker {
  const words = `${dependency} does not answer, and is not asked for a moment`;
  if (dependency === 'Temporal') {
    const saysOf = (error: unknown) => (error instanceof CommandsUnreachable ? 'away' : 'there');
    return new Breaker({ dependency, saysOf, refusal: () => new CommandsUnreachable('Temporal', `${words}.`), ...rest });
  }
  const code = AWAY[dependency];
  return new Breaker({
    dependency,
    saysOf: (error) => saysOf(error, code),
    refusal: (retryAfterMs) => new ClientError(code, `${words}.`, { retryAfterMs }),
    ...rest,
  });
}

/** Who refuses is there, and so is who asks us to come later; an error that is not a client's is our own. */
function saysOf(error: unknown, away: FailureCode): 'away' | 'there' | 'nothing' {
  if (!(error instanceof ClientError)) return 'nothing';
  if (error.code !== away || refusedByStatus(error.cause)) return 'there';
  return away === 'recorder_unreachable' && error.retryAfterMs !== undefined ? 'there' : 'away';
}

/** S3's own refusals (no right, no such bucket) come under the code of its absence, with the status that they were given with. */
function refusedByStatus(cause: unknown): boolean {
  const status = cause instanceof Error && 'status' in cause ? Number(cause.status) : 0;
  return status >= 400 && status < 500 && status !== 429;
}

/** The port with its breaker in front. `always`: methods that pass whatever it says. */
export function guarded<T extends object>(port: T, breaker: Breaker, always: readonly (keyof T)[] = []): T {
  return new Proxy(port, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== 'function' || always.includes(name as keyof T)) return method;
      const call = method as (...args: unknown[]) => Promise<unknown>;
      return (...args: unknown[]) => breaker.run(() => call.apply(target, args));
    },
  });
}
