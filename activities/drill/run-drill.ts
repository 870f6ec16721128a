import { missingConfirmations } from '../../domain/authority/quorum.ts';
import { scaled } from '../../domain/clock.ts';
import { drillFigures, type DrillFigures } from '../../domain/drill/figures.ts';
import { nextDueMs, overdue, type QueueItem } from '../../domain/drill/queue.ts';
import { isSettled, statusOf } from '../../domain/gate.ts';
import { stateViewOf } from '../../domain/state-view.ts';
import type { DeploymentView } from '../../domain/view.ts';
import type { Grant } from '../authority.ts';
import { pause } from '../boundary.ts';
import type { Deployment } from '../deployment.ts';
import { askManagers } from './ask.ts';
import { SnapshotLines } from './bosses.ts';
import { readTrials } from './items.ts';
import { tell } from './measured.ts';
import { Passing } from './pass-on.ts';
import { finishBegun } from './queue-write.ts';

const MINUTE_MS = 60_000;
/** Looked at so often while nothing is due, between a second and a minute of wall time. */
const PLAN_MS_BETWEEN_LOOKS = 15 * MINUTE_MS;
/** Queues that took no item are tried again after so much plan time. */
const PLAN_MS_TO_ASK_AGAIN = 60 * MINUTE_MS;
/** So long before an item is due its passing on is written down; what falls due within a moment goes together. Wall time. */
const LEAD_MS = 1000;
const TOGETHER_MS = 250;

/**
 * Asks every manager and stays until every queue has a decision: wakes when the next item is due and passes on what lies there.
 * All that it knows it reads from platform and log, so that another worker goes on where one has died.
 */
export async function runDrill(d: Deployment, grant: Grant, snapshotId: string): Promise<{ asked: number }> {
  const { speed } = d.file;
  const lines = new SnapshotLines(d, snapshotId);
  const passing = new Passing(d, grant);
  const looksMs = Math.min(MINUTE_MS, scaled(PLAN_MS_BETWEEN_LOOKS, speed, 1000));
  await finishBegun(d, grant);
  let asked = await askManagers(d, grant, lines);
  let askedAtMs = d.now();
  for (;;) {
    const view = await d.view();
    const { items, aheadMs } = await readTrials(d);
    const bosses = await lines.above(items.map(({ manager }) => manager));
    const seen = { ...asked, notAsked: asked.notAsked.length, bosses, atMs: d.now() + aheadMs, speed };
    const figures = drillFigures(items, seen);
    await tell(d, view, { figures, items, notAsked: asked.notAsked });
    if (view.header.closedAt !== null || isOver(d, view, figures)) return { asked: items.length };
    if (asked.notAsked.length > 0 && d.now() - askedAtMs >= scaled(PLAN_MS_TO_ASK_AGAIN, speed, 5000)) {
      asked = await askManagers(d, grant, lines);
      askedAtMs = d.now();
      continue;
    }
    const open = passing.open<QueueItem & { id: string }>(items);
    const dueMs = nextDueMs(open, bosses, speed);
    const inMs = dueMs === null ? Number.POSITIVE_INFINITY : dueMs - (d.now() + aheadMs);
    if (dueMs === null || inMs > LEAD_MS) await pause(Math.min(looksMs, inMs - LEAD_MS));
    else {
      const byMs = Math.max(dueMs, d.now() + aheadMs) + TOGETHER_MS;
      await passing.pass(overdue(open, bosses, byMs, speed), byMs - aheadMs);
    }
    d.signal.throwIfAborted();
  }
}

/** Every queue has a decision, or the Customer Lead has decided about those that nobody answers. */
function isOver(d: Deployment, view: DeploymentView, { stage }: DrillFigures): boolean {
  if (stage !== 'silent') return stage === 'decided';
  const state = stateViewOf(view, d.file, d.setDigest);
  return isSettled(statusOf('W2.07', state.milestones)) || missingConfirmations(state, 'W2.07').length === 0;
}
