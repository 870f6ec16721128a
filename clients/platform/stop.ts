import { isClientError } from '../error.ts';
import type { Scope } from '../../domain/command.ts';
import type { Outcome } from '../../domain/evidence.ts';
import type { FailureCode } from '../../domain/failure.ts';
import { FAILURES } from '../../domain/failure.ts';
import { modeRank, type Mode } from '../../domain/mode.ts';
import { inParallel } from '../../domain/in-parallel.ts';
import { STOPS, type StoppingKind } from '../../domain/stop/stop.ts';
import type { AgentState, CohortState, Fence, Platform } from './port.ts';

/** A stopping order, as far as the platform has to do with it. It was judged before. */
export interface StopAtPlatform {
  deployment: string;
  /** The order's id, under which the fence stands. */
  commandId: string;
  kind: StoppingKind;
  scope: Scope;
}

/** What became of one cohort, or of one agent where the order is about agents. */
export interface Flip {
  deployment: string;
  subject: string;
  outcome: Outcome;
  /** Wall time, ISO 8601. */
  at: string;
  code?: FailureCode;
}

/** What it takes to look, and to lower: nothing here can raise. */
export type Looking = Pick<Platform, 'cohorts' | 'agents' | 'fences' | 'deployments'>;
export type Lowering = Looking & Pick<Platform, 'fence' | 'setMode' | 'setAgentMode'>;

export interface BroughtDown {
  generation: number;
  fencedAt: string;
  flips: Flip[];
}

export interface StopOptions {
  signal?: AbortSignal;
  now?: () => number;
  /** Longest wait for one flip: who takes longer is a laggard, and holds nobody up. */
  callMs?: number;
  /** Longest wait for the fence, and then for the list of what stands higher. */
  lookMs?: number;
  onFence?: (generation: number) => void;
  onFlip?: (flip: Flip) => void;
}

const FLIPS_AT_ONCE = 64;
const CALL_MS = 1000;
const LOOK_MS = 5000;

/**
 * Stops, with the platform alone: one call raises the fence, which covers also what does not exist yet; then whatever stands
 * higher than the fence allows is flipped down. With a credential that can only lower this is all that anybody can do.
 * Doing it again finds the fence by the order's id, and flips only what still stands higher.
 */
export async function bringDown(platform: Lowering, stop: StopAtPlatform, options: StopOptions = {}): Promise<BroughtDown> {
  const { now = Date.now, signal, lookMs = LOOK_MS } = options;
  const fence = { scopes: scopesOf(stop), ceiling: STOPS[stop.kind].ceiling, commandId: stop.commandId };
  const generation = await platform.fence(fence, within(lookMs, signal));
  const fencedAt = new Date(now()).toISOString();
  options.onFence?.(generation);
  const touched = await touchedBy(platform, stop, { signal: within(lookMs, signal), fenced: true });
  return { generation, fencedAt, flips: await flipAll(platform, stop, touched, options) };
}

const within = (ms: number, signal: AbortSignal | undefined): AbortSignal =>
  signal === undefined ? AbortSignal.timeout(ms) : AbortSignal.any([signal, AbortSignal.timeout(ms)]);

/** One thing that stands higher than a stop allows. */
export interface Touched {
  deployment: string;
  subject: string;
  /** `agent`: flipped alone; its cohort is left as it is. */
  as: 'cohort' | 'agent';
  mode: Mode;
  livePercent?: number;
  agents: number;
}

/**
 * What a stop brings down, as the platform has it now; for a dry run before the fence, else after it. What was given back
 * from this very stop stays up, also when the order is handed in again.
 */
export async function touchedBy(
  platform: Looking,
  stop: StopAtPlatform,
  { signal, fenced = false }: { signal?: AbortSignal; fenced?: boolean } = {},
): Promise<Touched[]> {
  const { ceiling } = STOPS[stop.kind];
  const above = (mode: Mode): boolean => modeRank(mode) > modeRank(ceiling);
  if (stop.scope.level === 'agent') return agentsAbove(platform, stop, above, { signal, fenced });
  const touched: Touched[] = [];
  for (const deployment of await deploymentsIn(platform, stop, signal)) {
    for (const c of await cohortsAt(platform, deployment, signal)) {
      const lifted = fenced && above(c.ceiling);
      const { cohort: subject, mode, livePercent, agents } = c;
      if (isIn(stop.scope, c) && above(mode) && !lifted)
        touched.push({ deployment, subject, as: 'cohort', mode, livePercent, agents });
    }
  }
  return touched;
}

/** A deployment that the platform does not know yet has nothing to flip; the fence stands for it all the same. */
export const cohortsAt = (
  platform: Pick<Platform, 'cohorts'>,
  deployment: string,
  signal?: AbortSignal,
): Promise<CohortState[]> => platform.cohorts(deployment, signal).catch(unknownIsEmpty<CohortState>);

const deploymentsIn = async (
  platform: Looking,
  { deployment, scope }: StopAtPlatform,
  signal?: AbortSignal,
): Promise<string[]> => (scope.level === 'customer' ? await platform.deployments(signal) : [deployment]);

/** Agents by name; who does not exist yet is under the fence. */
async function agentsAbove(
  platform: Looking,
  { deployment, commandId, scope }: StopAtPlatform,
  above: (mode: Mode) => boolean,
  { signal, fenced }: { signal?: AbortSignal | undefined; fenced: boolean },
): Promise<Touched[]> {
  if (fenced && !(await stands(platform, deployment, commandId, signal))) return [];
  const known = await inParallel(scope.names, FLIPS_AT_ONCE, (agent) =>
    platform.agents(deployment, { agent }, signal).then(({ agents }) => agents, unknownIsEmpty<AgentState>),
  );
  return known
    .flat()
    .filter((a) => above(a.own))
    .map(({ agent, mode }): Touched => ({ deployment, subject: agent, as: 'agent', mode, agents: 1 }));
}

async function stands(platform: Looking, deployment: string, commandId: string, signal?: AbortSignal): Promise<boolean> {
  const { fences } = await platform.fences(deployment, signal);
  return fences.some((fence: Fence) => fence.commandId === commandId);
}

function unknownIsEmpty<T>(error: unknown): T[] {
  if (isClientError(error, 'platform_refused')) return [];
  throw error;
}

/** All at once, 64 at a time. What failed is told and left; nobody waits for it here. */
export function flipAll(
  platform: Lowering,
  stop: StopAtPlatform,
  touched: readonly Touched[],
  { signal, now = Date.now, callMs = CALL_MS, onFlip }: StopOptions = {},
): Promise<Flip[]> {
  return inParallel(touched, FLIPS_AT_ONCE, async ({ deployment, subject, as }) => {
    const flip = await flipOne(platform, stop, { deployment, subject, as }, within(callMs, signal)).then(
      (): Omit<Flip, 'at'> => ({ deployment, subject, outcome: 'applied' }),
      (error: unknown): Omit<Flip, 'at'> => ({ deployment, subject, ...failed(error) }),
    );
    signal?.throwIfAborted();
    const told = { ...flip, at: new Date(now()).toISOString() };
    onFlip?.(told);
    return told;
  });
}

async function flipOne(
  platform: Lowering,
  { kind, commandId }: StopAtPlatform,
  { deployment, subject, as }: Pick<Touched, 'deployment' | 'subject' | 'as'>,
  signal: AbortSignal,
): Promise<void> {
  const mode = STOPS[kind].ceiling;
  const key = `${commandId}/${deployment}/${subject}`;
  if (as === 'agent') await platform.setAgentMode({ deployment, agent: subject }, { key, mode }, signal);
  // Whatever it is now: a flip downwards needs to have seen nothing.
  else
    await platform.setMode({ deployment, cohort: subject, ifMatch: '*' }, { key, mode, livePercent: 0, generation: 0 }, signal);
}

/** No answer is not a no: it may have been carried out. */
function failed(error: unknown): Pick<Flip, 'outcome' | 'code'> {
  const code = isClientError(error) ? error.code : 'platform_unreachable';
  return { outcome: FAILURES[code].retryable ? 'unknown' : 'not-applied', code };
}

const scopesOf = ({ deployment, scope: { level, names } }: StopAtPlatform) => {
  if (level === 'customer') return [{ level } as const];
  if (level === 'deployment') return [{ level, deployment } as const];
  if (level === 'wave' || level === 'group' || level === 'cohort' || level === 'agent')
    return names.map((name) => ({ level, deployment, name }) as const);
  throw new Error(`nothing stops at the level ${level}`);
};

const isIn = ({ level, names }: Scope, { cohort, group, shape }: CohortState): boolean => {
  if (level === 'customer' || level === 'deployment') return true;
  return names.includes(level === 'wave' ? shape : level === 'group' ? group : cohort);
};

/** The order under which everything of a customer is shut down, by the platform itself; undefined when nothing is. */
export async function shutDownBy(
  platform: Pick<Platform, 'fences'>,
  deployment: string,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const { fences } = await platform.fences(deployment, signal);
  return fences.find(({ scope, ceiling }) => scope.level === 'customer' && modeRank(ceiling) < modeRank('shadow'))?.commandId;
}
