import { log } from '@temporalio/activity';
import { missingWaivers } from '../../domain/authority/quorum.ts';
import type { NewEntry } from '../../domain/entry.ts';
import { GATES, HARD_STOPS } from '../../domain/runbook/gates.ts';
import type { MilestoneRow } from '../../domain/runbook/milestone.ts';
import { rowsOf } from '../../domain/runbook/rows.ts';
import { pause } from '../boundary.ts';
import type { WindowName } from '../contract.ts';
import type { Deployment } from '../deployment.ts';
import { record } from '../entries.ts';
import { COUNTDOWN } from './countdown.ts';
import { factsOf, type Facts, type Probes } from './facts.ts';
import { handOver } from './handover.ts';
import { gaveUp, GOLIVE } from './golive.ts';
import { approvedWrites, interceptVerdicts } from './running.ts';
import { watchWitness } from './witness.ts';
import { milestoneEntry, type Settled } from './milestone.ts';
import { PROVISION } from './provision.ts';
import { VALIDATE } from './validate.ts';

const PROBES: Record<WindowName, Probes> = { countdown: COUNTDOWN, provision: PROVISION, validate: VALIDATE, golive: GOLIVE };

const PLAN_MS_BETWEEN_ROUNDS = 60_000;
const SHORTEST_ROUND_MS = 500;
const LONGEST_ROUND_MS = 5_000;

/**
 * Settles every row of a window, round after round, until none is pending. All that it knows it reads anew each round,
 * so a worker that dies here is replaced by any other; a row is one entry whoever writes it.
 */
export async function settle(d: Deployment, window: WindowName): Promise<{ late: number; missed: number }> {
  const rows = rowsOf(window);
  for (;;) {
    const facts = factsOf(d, await d.view());
    const open = rows.filter((r) => facts.view.milestones[r.id] === undefined);
    const entries = await beside(facts, window, open.length === 0);
    if (open.length === 0) {
      await record(d.tenant.recorder, entries, d.signal);
      return tally(rows, facts);
    }
    for (const r of open) {
      const settled = await orNotYet(`row ${r.id}`, d.signal, () => settledBy(r, facts, PROBES[window], open));
      if (settled) entries.push(milestoneEntry(d, facts.view.clock, r.id, settled), ...watchItem(d, r, settled));
    }
    if (entries.length > 0) await record(d.tenant.recorder, entries, d.signal);
    else await pause(Math.min(LONGEST_ROUND_MS, Math.max(SHORTEST_ROUND_MS, PLAN_MS_BETWEEN_ROUNDS / d.file.speed)));
  }
}

/** A probe that cannot be answered now is asked again next round, and the others go on: the row stays open and shows as open. */
async function orNotYet<T>(what: string, signal: AbortSignal, probe: () => Promise<T | null>): Promise<T | null> {
  try {
    return await probe();
  } catch (error) {
    signal.throwIfAborted();
    log.warn('could not be looked at', { what, error: error instanceof Error ? error.message : String(error) });
    return null;
  }
}

/** What is entered beside the rows, from what is read for them anyway. */
async function beside(f: Facts, window: WindowName, settled: boolean): Promise<NewEntry[]> {
  const entries = [await orNotYet('the witness', f.d.signal, () => watchWitness(f))];
  const atEnd = settled && window === 'golive';
  if (window === 'validate' || window === 'golive')
    entries.push(await orNotYet('what the intercept said', f.d.signal, () => interceptVerdicts(f, atEnd)));
  if (window === 'golive') {
    entries.push(await orNotYet('approved writes', f.d.signal, () => approvedWrites(f, atEnd)));
    entries.push(await orNotYet('the hand-over pack', f.d.signal, () => handOver(f)));
  }
  return entries.flatMap((list) => list ?? []);
}

async function settledBy(r: MilestoneRow, facts: Facts, probes: Probes, open: readonly MilestoneRow[]): Promise<Settled | null> {
  if (r.waivedBecause !== undefined) return { status: 'waived', reason: r.waivedBecause };
  if (!HARD_STOPS.includes(r.id) && missingWaivers(facts.state, r.id).length === 0) {
    return { status: 'waived', reason: waivedBy(r, facts), doneAtMs: facts.nowMs };
  }
  const found = await probes[r.id]?.(facts);
  if (found) return found;
  return r.kind !== 'exit' && isOver(r, facts, open) ? gaveUp(facts) : null;
}

const waivedBy = (r: MilestoneRow, { view }: Facts): string =>
  Object.values(view.commands)
    .filter((c) => c.outcome === 'applied' && c.kind === 'waive' && c.scope?.names[0] === r.id)
    .map((c) => `${c.person}: ${c.reason ?? ''}`)
    .join('; ');

/** Targets and facts are given up when the window's hour has come and only they are open: they never hold a gate. */
function isOver(r: MilestoneRow, facts: Facts, open: readonly MilestoneRow[]): boolean {
  const gate = GATES.find((g) => g.window === r.window);
  return gate !== undefined && facts.planNow !== null && facts.planNow >= gate.planHours && open.every((o) => o.kind !== 'exit');
}

function watchItem(d: Deployment, r: MilestoneRow, { status, reason }: Settled): NewEntry[] {
  if (status !== 'missed') return [];
  const owner = r.owner === 'auto' ? (r.toldTo ?? 'deployment-lead') : r.owner;
  return [
    d.entry('watch-item', `watch/${r.id}`, { id: r.id, text: `${r.id} was missed: ${r.title} ${reason ?? ''}`.trim(), owner }),
  ];
}

function tally(rows: readonly MilestoneRow[], { view }: Facts): { late: number; missed: number } {
  const count = (status: string) => rows.filter((r) => view.milestones[r.id]?.status === status).length;
  return { late: count('late'), missed: count('missed') };
}
