import { planHours, remainingMs, scaled } from '../../domain/clock.ts';
import { plural } from '../../domain/describe/words.ts';
import { dueMs, isSilent, nextDueMs, overdue, slaMs } from '../../domain/drill/queue.ts';
import type { NewEntry } from '../../domain/entry.ts';
import { WAVES } from '../../domain/runbook/waves.ts';
import type { DeploymentView } from '../../domain/view.ts';
import type { Grant } from '../authority.ts';
import { pause } from '../boundary.ts';
import type { Deployment } from '../deployment.ts';
import { record } from '../entries.ts';
import { SnapshotLines } from './bosses.ts';
import { readWaiting } from './items.ts';
import { Passing } from './pass-on.ts';
import { finishBegun } from './queue-write.ts';
import { taskClosed } from './task.ts';

const LONGEST_ROUND_MS = 60_000;
/** Overdue questions come one by one; those of so much plan time are passed on together, at least a second of wall time. */
const PLAN_MS_OF_A_ROUND = 5 * 60_000;
/** More managers than this, whose questions had to be passed on, are told as a watch item. */
const MANY = 0.2;

/** From the hour of the first wave whose writes managers approve until the last gate: what lies too long goes one level up. */
export async function watchQueues(d: Deployment, grant: Grant, snapshotId: string): Promise<void> {
  const { speed } = d.file;
  const lines = new SnapshotLines(d, snapshotId);
  const passing = new Passing(d, grant);
  const roundMs = Math.min(LONGEST_ROUND_MS, scaled(PLAN_MS_OF_A_ROUND, speed, 1000));
  /** Since this worker took it up. */
  const slow = new Set<string>();
  await finishBegun(d, grant);
  for (;;) {
    d.signal.throwIfAborted();
    const view = await d.view();
    if (view.gates['gate-3'] !== undefined || view.header.closedAt !== null) return;
    const from = WAVES.production.opensAt;
    if ((planHours(view.clock, d.now()) ?? 0) < from) {
      await pause(Math.min(LONGEST_ROUND_MS / 12, remainingMs(view.clock, from, d.now()) ?? LONGEST_ROUND_MS));
      continue;
    }
    const { items, aheadMs } = await readWaiting(d, (last, atMs) => dueMs(last, speed) <= atMs);
    const atMs = d.now() + aheadMs;
    const bosses = await lines.above(items.map(({ manager }) => manager));
    const open = passing.open(items);
    const due = overdue(open, bosses, atMs, speed);
    if (due.length > 0) await passing.pass(due);
    const passed = new Set(due.map(({ escalation }) => escalation));
    for (const { id, manager } of open) if (passed.has(id)) slow.add(manager);
    const silent = items.filter((item) => isSilent(item, bosses, atMs, speed)).length;
    const entries = [...watchItems(d, view, { slow: slow.size, silent }), ...taskClosed(d, view, 'the queues are watched')];
    if (entries.length > 0) await record(d.tenant.recorder, entries, d.signal);
    const nextMs = nextDueMs(
      open.filter(({ id }) => !passed.has(id)),
      bosses,
      speed,
    );
    // What is asked from now on is due no sooner than after its SLA.
    const idleMs = Math.min(LONGEST_ROUND_MS, slaMs(speed));
    await pause(Math.max(roundMs, nextMs === null ? idleMs : Math.min(idleMs, nextMs - atMs)));
  }
}

function watchItems(d: Deployment, view: DeploymentView, seen: { slow: number; silent: number }): NewEntry[] {
  const managers = view.plan?.managers ?? 0;
  const many = seen.slow > MANY * managers && managers > 0;
  const top = view.watchItems['queues/silent'];
  const item = (id: string, text: string, closed = false): NewEntry =>
    d.entry('watch-item', `watch/${id}/${view.figures.entries}`, {
      ...{ id, text, owner: 'customer-lead' as const },
      ...(closed ? { closed } : {}),
    });
  return [
    ...(many && view.watchItems['queues/slow'] === undefined
      ? [
          item(
            'queues/slow',
            `Questions of ${seen.slow} of ${managers} managers had to be passed on: nobody answered them in time.`,
          ),
        ]
      : []),
    ...(seen.silent > 0 && (top === undefined || top.closed !== null)
      ? [
          item(
            'queues/silent',
            `${plural(seen.silent, 'question')} of live agents: nobody up the line answers. The Customer Lead sees to it.`,
          ),
        ]
      : []),
    ...(seen.silent === 0 && top?.closed === null ? [item('queues/silent', `${top.text} Answered by now.`, true)] : []),
  ];
}
