import { putEvidence, putJsonEvidence } from '../../clients/store/evidence.ts';
import { missingConfirmations } from '../../domain/authority/quorum.ts';
import { plural } from '../../domain/describe/words.ts';
import { FAILURES } from '../../domain/failure.ts';
import type { NewEntry } from '../../domain/entry.ts';
import { isSettled } from '../../domain/gate.ts';
import { row } from '../../domain/runbook/rows.ts';
import { explainSubject } from '../../domain/state-view.ts';
import { gapRule, witnessGapMs, witnessGaps, type WitnessGap } from '../../domain/witness.ts';
import { cosignedCopies, publishedCheckpoint, splitHistory, witnessOf } from '../checkpoints.ts';
import type { Deployment } from '../deployment.ts';
import { record } from '../entries.ts';
import { met, wallOf, type Facts, type Probe, type Probes } from './facts.ts';
import type { Settled } from './milestone.ts';

/** The witness cosigned a tree that has every outcome of window 1 in it. */
const provisioningSigned: Probe = async (f) => {
  const { view, d } = f;
  const status = view.milestones['W1.12']?.status ?? 'pending';
  const last = view.lastProvisioned;
  if (!isSettled(status) || last === null) return null;
  // The platform's counts may be ahead of the outcomes in the log.
  const entered = f.active.every((c) => c.counts.minted >= c.agents && c.counts.smoked >= c.agents);
  if (status !== 'waived' && !entered) return null;
  const { checkpoint } = await publishedCheckpoint(d);
  if (checkpoint?.signedAtMs === undefined || checkpoint.size <= last.index) return null;
  const evidence = await putEvidence(d.tenant.audit, d.tenant.auditPrefix, checkpoint.bytes, { signal: d.signal });
  const reason = `${checkpoint.size} entries signed at ${iso(checkpoint.signedAtMs)}; the last outcome is entry #${last.index}`;
  return { ...met(f, reason), evidence };
};

/**
 * From T-0 to T+24, by the copies in the bucket. What is no gap is met; a gap is, once the Security Lead has explained it.
 * It is laid before them as soon as the witness is back, so that nobody has to remember on the next day.
 */
const steadyWitness: Probe = async (f) => {
  const { d, view } = f;
  const fromMs = view.clock.startedAtMs;
  const witness = witnessOf(d.tenant.policy);
  if (fromMs === null || !witness) return null;
  const endMs = wallOf(f, row('W1.15').duePlanHours);
  const over = endMs !== undefined && f.nowMs >= endMs;
  if (!over && !timeToLook(f)) return null;
  const audit = await f.audit();
  if (audit.halted !== null || audit.witness?.refused === true || view.tasks[integrityTask(INFORMED[0])] !== undefined)
    return null;
  const copies = await cosignedCopies(d, fromMs, over ? endMs : f.nowMs);
  const split = splitHistory(copies);
  if (split !== null) {
    await record(d.tenant.recorder, incident(f, split), d.signal);
    return null;
  }
  const signedAtMs = copies.map((c) => c.signedAtMs);
  const toMs = over ? endMs : (signedAtMs.at(-1) ?? fromMs);
  const gaps = witnessGaps({ signedAtMs, fromMs, toMs, speed: view.clock.speed });
  const found = `${plural(copies.length, 'signature')} by ${witness.name}`;
  if (gaps.length > 0) {
    const settled = await explained(f, gaps, found);
    return over ? settled : null;
  }
  return over ? seen(f, `${found}, no gap (${gapRule()})`) : null;
};

const looked = new WeakMap<Deployment, number>();

/** Looked for without being told: while S3 is away the log has nothing signed, and can enter nothing about it either. */
function timeToLook({ d, nowMs }: Facts): boolean {
  const before = looked.get(d) ?? Number.NEGATIVE_INFINITY;
  if (nowMs - before < witnessGapMs(d.file.speed) / 4) return false;
  looked.set(d, nowMs);
  return true;
}

/** It is about the log, so no cohort is left out of it. */
const seen = (f: Facts, reason: string): Settled => ({ status: 'met', doneAtMs: f.nowMs, reason });

async function explained(f: Facts, gaps: readonly WitnessGap[], found: string): Promise<Settled | null> {
  const { d, view, state } = f;
  const { recorder, audit, auditPrefix } = d.tenant;
  const subject = explainSubject('W1.15');
  const evidence = await putJsonEvidence(audit, auditPrefix, { row: 'W1.15', rule: gapRule(), gaps }, d.signal);
  if (view.evidence[subject]?.evidence.digest !== evidence.digest) {
    await record(recorder, gapsFound(f, gaps, { subject, summary: summaryOf(gaps), evidence }), d.signal);
    return null;
  }
  if (missingConfirmations(state, 'W1.15').length > 0) return null;
  const order = Object.values(view.commands).findLast(
    (c) => c.outcome === 'applied' && c.kind === 'confirm' && c.scope?.names[0] === 'W1.15',
  );
  if (!order) return null;
  const why = `${order.person}, entry #${order.index}: ${order.reason ?? ''}`;
  const closed = { taskId: GAP_TASK, how: `explained by ${why}` };
  if (view.tasks[GAP_TASK]?.closed === null)
    await record(recorder, [d.entry('task.closed', `task/${GAP_TASK}/${evidence.digest}/closed`, closed)], d.signal);
  const listed = gaps.map((g) => `${g.from} to ${g.to} (${g.planMinutes} min of plan)`).join(', ');
  return { ...seen(f, `${found}; explained by ${why}; without a signature ${listed} (${gapRule()})`.slice(0, 2000)), evidence };
}

const GAP_TASK = 'witness-gap';
const LAG = 'witness-lag/';

const summaryOf = (gaps: readonly WitnessGap[]): string =>
  `${plural(gaps.length, 'gap')} in the signatures of the witness, the longest ${Math.max(...gaps.map((g) => g.planMinutes))} min of plan`;

function gapsFound(
  f: Facts,
  gaps: readonly WitnessGap[],
  shown: { subject: string; summary: string; evidence: { ref: string; digest: string } },
): NewEntry[] {
  const { sentence, next } = FAILURES.witness_gap;
  const { digest } = shown.evidence;
  const first = gaps
    .slice(0, 3)
    .map((g) => `${g.from} to ${g.to}`)
    .join(', ');
  return [
    f.d.entry('evidence', `${shown.subject}/${digest}`, shown),
    f.d.entry('task.opened', `task/${GAP_TASK}/${digest}`, {
      taskId: GAP_TASK,
      owner: 'security-lead',
      code: 'witness_gap',
      sentence: `${sentence} ${summaryOf(gaps)}: ${first}.`,
      next,
    }),
  ];
}

/** Who is told of a log that is not what it was. */
const INFORMED = ['security-lead', 'arx-standby'] as const;
const integrityTask = (role: (typeof INFORMED)[number]): string => `log-integrity/${role}`;

/** Never taken back by us: whoever finds out what happened says how it goes on. */
function incident({ d, view }: Facts, what: string): NewEntry[] {
  if (view.tasks[integrityTask(INFORMED[0])] !== undefined) return [];
  const { sentence, next } = FAILURES.log_integrity;
  const told = `For all: ${sentence} ${what}.`.slice(0, 1000);
  return [
    d.entry('watch-item', 'watch/log-integrity', { id: 'log-integrity', text: told, owner: 'security-lead' }),
    ...INFORMED.map((owner) =>
      d.entry('task.opened', `task/${integrityTask(owner)}`, {
        taskId: integrityTask(owner),
        owner,
        code: 'log_integrity',
        sentence: told,
        next,
      }),
    ),
  ];
}

/** Asked every round: a witness that is away longer than it may is a watch item until it is back; one that refuses is an incident. */
export async function watchWitness(f: Facts): Promise<NewEntry[]> {
  const { witness, halted } = await f.audit();
  // A log that has halted takes no entry; status and golive verify say so.
  if (halted !== null || witness === null) return [];
  const about = witness.refused ? incident(f, `${witness.name} refuses it: ${witness.reason ?? 'without a reason'}`) : [];
  const open = Object.values(f.view.watchItems).find((w) => w.id.startsWith(LAG) && w.closed === null);
  const owner = 'security-lead';
  if (witness.lagMs > witnessGapMs(f.d.file.speed)) {
    if (open) return about;
    const why = witness.reason === undefined ? '' : `: ${witness.reason}`;
    const text = `The witness ${witness.name} signed last ${witness.at === null ? 'never' : `at ${witness.at}`}${why}`;
    const id = `${LAG}${witness.at ?? 'first'}`;
    return [...about, f.d.entry('watch-item', `watch/${id}`, { id, text: text.slice(0, 500), owner })];
  }
  if (!open) return about;
  const text = `${open.text}; it signs again since ${witness.at ?? 'now'}`;
  return [...about, f.d.entry('watch-item', `watch/${open.id}/closed`, { id: open.id, text, owner, closed: true })];
}

const iso = (ms: number): string => new Date(ms).toISOString();

export const WITNESS: Probes = { 'W1.13': provisioningSigned, 'W1.15': steadyWitness };
