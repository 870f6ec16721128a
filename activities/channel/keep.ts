import { setTimeout as sleep } from 'node:timers/promises';
import { isClientError } from '../../clients/error.ts';
import type { DeploymentView } from '../../domain/view.ts';
import type { Deployment } from '../deployment.ts';
import { Gatherer } from './gather.ts';
import { hasListeners, make } from './make.ts';
import { pageNext, sendNext } from './one-way.ts';
import { SlackSide } from './slack.ts';

const PLAN_MS_BETWEEN_ROUNDS = 60_000;
const ROUND_MS = { shortest: 500, longest: 5_000 } as const;
/** After what failed, first and at most. */
const AGAIN_MS = { first: 500, longest: 5_000 } as const;
/** Whoever cannot be reached for this long after the end is not told any more; the log has it. */
const GIVE_UP_AFTER_MS = 24 * 3_600_000;

interface ChannelWorld {
  /** The deployment as its signed file has it now. */
  open(): Promise<Deployment>;
  signal: AbortSignal;
  warn(what: string, error: unknown): void;
}

/** What one side did: something (and there may be more), nothing, or all that it will ever have to do. */
type Did = 'something' | 'nothing' | 'all';

/**
 * Keeps a deployment's channel until all is told. What is to be said goes into the log first, and each way to reach people
 * works off the log at its own pace: one that is down holds up none of the others, nor the log.
 */
export async function keep(world: ChannelWorld): Promise<void> {
  const gatherer = new Gatherer();
  const slack = new SlackSide(gatherer);
  const sides: Record<string, (d: Deployment) => Promise<Did>> = {
    'what is to be said': async (d) => {
      const told = await gatherer.told(d);
      const keys = await make(d, told);
      slack.madeByUs(keys);
      if (keys.length > 0) gatherer.changed();
      return keys.length === 0 && told.view.header.closedAt !== null ? 'all' : 'nothing';
    },
    'posting to Slack': async (d) => {
      const port = d.tenant.notify.slack;
      const told = await gatherer.told(d);
      if (d.file.slack === undefined) return atRest(d, told.view);
      if (port === undefined) throw new Error('the tenants file has no slack for this customer');
      return (await slack.postNext(d, port, d.file.slack, told)) ? 'something' : atRest(d, told.view);
    },
    'editing in Slack': async (d) => {
      const port = d.tenant.notify.slack;
      const told = await gatherer.told(d);
      if (d.file.slack === undefined || port === undefined) return atRest(d, told.view);
      if (await slack.editNext(d, port, told)) return 'something';
      return slack.allSaid(told) ? atRest(d, told.view) : 'nothing';
    },
    'sending to Teams': async (d) => {
      const port = d.tenant.notify.teams;
      const view = await d.view();
      if (d.file.alsoTo?.includes('teams') !== true) return atRest(d, view);
      if (port === undefined) throw new Error('the tenants file has no teams for this customer');
      return (await sendNext(d, port, gatherer, view)) ? 'something' : atRest(d, view);
    },
    paging: async (d) => {
      const port = d.tenant.notify.pager;
      const view = await d.view();
      return port !== undefined && (await pageNext(d, port, view)) ? 'something' : atRest(d, view);
    },
  };
  await Promise.all(Object.entries(sides).map(([what, side]) => untilAll(world, what, side)));
}

/** For who has nothing to do by this view: it is all when the deployment is closed and the end of it was said, or nobody listens. */
function atRest(d: Deployment, { header, notices }: DeploymentView): Did {
  if (header.closedAt === null) return 'nothing';
  return notices['end'] !== undefined || !hasListeners(d) ? 'all' : 'nothing';
}

async function untilAll(world: ChannelWorld, what: string, side: (d: Deployment) => Promise<Did>): Promise<void> {
  let known: Deployment | undefined;
  let failures = 0;
  for (;;) {
    let waitMs = ROUND_MS.longest as number;
    try {
      // A bucket that is away must not silence the channel: it goes on by the file that was read and verified last.
      const d: Deployment = await world.open().catch((error: unknown) => known ?? Promise.reject(error as Error));
      known = d;
      waitMs = Math.min(ROUND_MS.longest, Math.max(ROUND_MS.shortest, PLAN_MS_BETWEEN_ROUNDS / d.file.speed));
      const did = await side(d);
      failures = 0;
      if (did === 'all') return;
      if (did === 'something') continue;
    } catch (error) {
      world.signal.throwIfAborted();
      if (failures++ === 0) world.warn(what, error);
      waitMs = Math.min(AGAIN_MS.longest, AGAIN_MS.first * 2 ** failures);
      if (isClientError(error)) waitMs = Math.max(waitMs, error.retryAfterMs ?? 0);
      if (known !== undefined && (await isGivenUp(known))) return;
    }
    await sleep(waitMs, undefined, { signal: world.signal }).catch(() => world.signal.throwIfAborted());
  }
}

async function isGivenUp(d: Deployment): Promise<boolean> {
  const closedAt = (await d.view().catch(() => undefined))?.header.closedAt;
  return closedAt != null && d.now() - Date.parse(closedAt) > GIVE_UP_AFTER_MS;
}
