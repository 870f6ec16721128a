import { fraction, quickId } from '../hash.ts';
import type { Agent } from '../state/agent.ts';
import type { CohortWork } from './cohort-work.ts';
import { at, ROGUE, WRITES } from './counts.ts';
import type { WriteKind } from './counts.ts';
import type { DeploymentWork } from './deployment-work.ts';

interface Commit {
  id: string;
  agent: Agent;
  connector: string;
  at: number;
  approvedBy: string | null;
}

/**
 * Every write of a cohort that committed after `from` and not later than `to`: as many as the telemetry counts. First those that a
 * manager approved, then those of coordination agents, then those that nobody expected; each in order of time.
 */
export function* commitsOf(
  deployment: DeploymentWork,
  work: CohortWork,
  window: { from: number; to: number },
): Generator<Commit> {
  const { from, to } = window;
  for (const { id, escalation, connector } of deployment.writes) {
    const { agent, decidedAt, assignedTo } = escalation;
    if (agent.home.cohort !== work.cohort.name || decidedAt === null || decidedAt <= from || decidedAt > to) continue;
    yield { id, agent, connector, at: decidedAt, approvedBy: assignedTo };
  }
  if (work.cohort.spec.shape === 'coordination') yield* unasked(work, WRITES, window);
  yield* unasked(work, ROGUE, window);
}

function* unasked({ cohort, live }: CohortWork, kind: WriteKind, { from, to }: { from: number; to: number }): Generator<Commit> {
  const { connectors } = cohort.spec;
  const last = at(live.upTo(to).counts, kind);
  for (let number = at(live.upTo(from).counts, kind); number < last; number++) {
    const call = live.writing(number, to, kind);
    if (!call) continue;
    const id = `wr_${quickId(`${cohort.home.path}/${kind}/${number}`)}`;
    const connector = connectors[Math.floor(fraction(id) * connectors.length)] ?? 'none';
    yield { id, agent: call.agent, connector, at: call.at, approvedBy: null };
  }
}
