import { ApplicationFailure } from '@temporalio/common';
import type { CohortState } from '../../clients/platform/port.ts';
import { effectiveMode, covers } from '../../domain/hold.ts';
import { sideEffectKey } from '../../domain/ids.ts';
import { modeRank, type Mode } from '../../domain/mode.ts';
import type { CohortView, DeploymentView, HoldView } from '../../domain/view.ts';
import { promotion, type Grant } from '../authority.ts';
import { seen, type Seen } from '../control/lifting.ts';
import { manifestOf, type Deployment } from '../deployment.ts';
import { firstIndex, record } from '../entries.ts';
import { finalRefusal } from '../side-effect.ts';
import { restoreAgents } from './restore-agents.ts';
import { noteFailed } from './target.ts';

/** How many cohorts are flipped at once. */
const FLIPS_AT_ONCE = 64;

/** What a cohort goes back to. */
interface Wanted {
  cohort: string;
  mode: Extract<Mode, 'shadow' | 'live'>;
  livePercent: number;
  etag: string;
}

/**
 * A stop has ended, so whom it held goes back to what was last authorised: after a pause to the share that a promotion had
 * raised, after a halt to shadow. Another stop that stands keeps its ceiling, here and at the platform.
 */
export async function restoreModes(d: Deployment, grant: Grant): Promise<{ again: string[] }> {
  if (!grant.evidence) return { again: [] };
  const [view, saw] = [await d.view(), await seen(d, grant.evidence)];
  await restoreAgents(d, grant, view, saw);
  const cohorts = endedFor(view, saw);
  const wanted: Wanted[] = [];
  for (const cohort of cohorts) {
    const goes = await wantedFor(d, view, grant, cohort, saw);
    if (goes) wanted.push(goes);
  }
  for (let i = 0; i < wanted.length; i += FLIPS_AT_ONCE)
    await Promise.all(wanted.slice(i, i + FLIPS_AT_ONCE).map((w) => restoreCohort(d, grant, w)));
  return { again: cohorts.filter(wasSetAside).map((c) => c.id) };
}

/** Cohorts for which holds end by the order. */
function endedFor(view: DeploymentView, { lifted }: Seen): CohortView[] {
  const ended = lifted.flatMap(({ hold, cohorts }) => {
    const known: HoldView | undefined = view.holds[hold];
    return known ? [{ scope: known.scope, cohorts }] : [];
  });
  return Object.values(view.cohorts).filter((c) =>
    ended.some(({ scope, cohorts }) =>
      cohorts ? cohorts.includes(c.id) : covers(scope, { cohort: c.id, group: c.group, wave: c.shape }),
    ),
  );
}

/** Work that was refused because of the stop; a retry of it needs no order of its own. */
const wasSetAside = ({ phase, code }: CohortView): boolean => phase === 'isolated' && (code === 'fenced' || code === 'stopped');

/** Null: it stands there, or higher, or another stop holds it lower. */
async function wantedFor(
  d: Deployment,
  view: DeploymentView,
  { command }: Grant,
  cohort: CohortView,
  { modes }: Seen,
): Promise<Wanted | null> {
  const now = modes.find((m) => m.cohort === cohort.id);
  if (now === undefined) return null;
  const wave = cohort.wave === null ? undefined : view.waves[cohort.wave];
  const back = command.kind === 'resume' && cohort.raisedTo > 0 && wave !== undefined;
  const holds = cohort.holds.flatMap((id) => view.holds[id] ?? []);
  // A hold by order keeps from rising; what was live under it stays live.
  const ceiling = effectiveMode(
    back ? 'live' : 'shadow',
    holds.filter((h) => h.kind !== 'hold'),
  );
  if (modeRank(ceiling) < modeRank('shadow')) return null;
  const live = ceiling === 'live' && wave !== undefined && (await isAuthorised(d, cohort, wave.authority));
  const mode = live ? 'live' : 'shadow';
  if (modeRank(now.mode as Mode) >= modeRank(mode)) return null;
  return { cohort: cohort.id, mode, livePercent: live ? cohort.raisedTo : 0, etag: now.etag };
}

/** Live rests on the promotion that raised it, and on the signatures: both as they stand now. */
async function isAuthorised(d: Deployment, { id }: CohortView, promoted: number): Promise<boolean> {
  const { group, shape } = await manifestOf(d, id);
  try {
    const { unsigned } = await promotion(d, { grant: promoted }, [{ cohort: id, group, shape }]);
    return unsigned.length === 0;
  } catch (error) {
    if (error instanceof ApplicationFailure && error.nonRetryable) return false;
    throw error;
  }
}

/** 412 and `fenced` are final: somebody stopped it again. */
async function restoreCohort(d: Deployment, grant: Grant, { cohort, mode, livePercent, etag }: Wanted): Promise<void> {
  const { recorder, platform } = d.tenant;
  const { index, fenceGeneration } = grant;
  const key = sideEffectKey(d.name, cohort, '*', 'restore', index);
  const subject = `${cohort}/restore/${index}`;
  const about = { cohort };
  const intent = firstIndex(
    await record(
      recorder,
      [d.entry('intent', `${subject}/intent`, { operation: 'restore', key, agents: [], authority: index }, about)],
      d.signal,
    ),
  );
  const base = { operation: 'restore' as const, key, intent };
  let after: CohortState;
  try {
    after = await platform.setMode(
      { deployment: d.name.deployment, cohort, ifMatch: etag },
      { key, mode, livePercent, generation: fenceGeneration },
      d.signal,
    );
  } catch (error) {
    const refusal = finalRefusal(error);
    if (refusal === undefined) throw error;
    const outcome = { ...base, result: 'not-applied' as const, ...refusal };
    await record(recorder, [d.entry('outcome', `${subject}/outcome`, outcome, about)], d.signal);
    return noteFailed(d, cohort, index, refusal.code, 'It stays where the stop left it.');
  }
  const outcome = { ...base, result: 'applied' as const, mode: after.mode, livePercent: after.livePercent };
  await record(recorder, [d.entry('outcome', `${subject}/outcome`, outcome, about)], d.signal);
}
