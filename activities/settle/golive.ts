import type { Shape } from '../../domain/mode.ts';
import { WAVES } from '../../domain/runbook/waves.ts';
import { record } from '../entries.ts';
import { confirmed } from './confirmed.ts';
import { byEvidence, met, type Facts, type Probe, type Probes } from './facts.ts';
import type { Settled } from './milestone.ts';
import { enteredWrites } from './running.ts';

/** W3.07 asks for the first hundred. */
const FIRST_WRITES = 100;

/** Is there, or was there, a cohort of this shape to go live? */
const has = (f: Facts, shape: Shape): boolean => f.view.waves[shape] !== undefined || f.active.some((c) => c.shape === shape);

const notApplicable = (shape: Shape): Settled => ({ status: 'not-applicable', reason: `no ${shape} cohort goes live` });

const promoted =
  (shape: Shape): Probe =>
  (f) => {
    const wave = f.view.waves[shape];
    if (wave)
      return {
        status: 'met',
        doneAtMs: Date.parse(wave.at),
        reason: `${wave.cohorts.length} cohorts, under entry #${wave.authority}`,
      };
    return has(f, shape) ? null : notApplicable(shape);
  };

const stable =
  (shape: Shape): Probe =>
  (f) => {
    const closed = f.view.waves[shape]?.closed;
    if (!closed) return has(f, shape) ? null : notApplicable(shape);
    const left = closed.left.length > 0 ? `; left the wave: ${closed.left.join(', ')}` : '';
    return {
      status: 'met',
      doneAtMs: Date.parse(closed.at),
      reason: `${closed.live} cohorts live and stable${left}`.slice(0, 2000),
    };
  };

const firstEscalation: Probe = async (f) => {
  if (!has(f, 'production')) return notApplicable('production');
  const first = (await f.escalations()).escalations.find((e) => !e.synthetic);
  return first ? { status: 'met', doneAtMs: Date.parse(first.at), reason: `${first.agent} asks ${first.manager}` } : null;
};

/** Committed at the platform, and each of them entered in our log before the row counts. */
const firstWrites: Probe = async (f) => {
  if (!has(f, 'production')) return notApplicable('production');
  if (f.view.writes.count >= FIRST_WRITES) {
    const last = f.view.writes.firstHundred.at(-1);
    return {
      status: 'met',
      doneAtMs: Date.parse(last?.at ?? '') || f.nowMs,
      reason: `${FIRST_WRITES} writes, each found in the log`,
    };
  }
  const { total } = await f.nextWrites();
  if (total >= FIRST_WRITES) await record(f.d.tenant.recorder, await enteredWrites(f), f.d.signal);
  return null;
};

const firstOrchestration: Probe = async (f) => {
  if (!has(f, 'coordination')) return notApplicable('coordination');
  const [first] = (await f.orchestrations()).orchestrations;
  return first
    ? { status: 'met', doneAtMs: Date.parse(first.completedAt), reason: `${first.agent} over ${first.connectors.join(', ')}` }
    : null;
};

const firstDecision: Probe = async (f) => {
  if (!has(f, 'production') && !has(f, 'coordination')) return notApplicable('production');
  const first = (await f.escalations()).escalations
    .filter((e) => !e.synthetic && e.decidedAt !== null)
    .sort((a, b) => ((a.decidedAt ?? '') < (b.decidedAt ?? '') ? -1 : 1))[0];
  return first?.decidedAt
    ? {
        status: 'met',
        doneAtMs: Date.parse(first.decidedAt),
        reason: `${first.decidedBy ?? first.manager}: ${first.decision ?? ''}`,
      }
    : null;
};

/** After the gate's hour, with nothing else open, what has not happened is said to have not happened. */
export const gaveUp = (f: Facts): Settled => ({ ...met(f, 'it did not happen in its window'), status: 'missed' });

export const GOLIVE: Probes = {
  [WAVES.research.promoted]: promoted('research'),
  [WAVES.research.stable]: stable('research'),
  [WAVES.production.promoted]: promoted('production'),
  'W3.06': firstEscalation,
  'W3.07': firstWrites,
  [WAVES.production.stable]: stable('production'),
  [WAVES.coordination.promoted]: promoted('coordination'),
  'W3.11': firstOrchestration,
  [WAVES.coordination.stable]: stable('coordination'),
  'W3.13': confirmed('W3.13'),
  'W3.14': firstDecision,
  'W3.15': confirmed('W3.15'),
  'W3.16': byEvidence('ceo-brief'),
};
