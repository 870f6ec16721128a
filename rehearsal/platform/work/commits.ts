import { fraction, quickId } from '../hash.ts';
import type { Agent } from '../state/agent.ts';
import type { CohortWork } from './cohort-work.ts';
import { at, ROGUE, WRITES } from './counts.ts';
import type { WriteKind } from './counts.ts';
import type { DeploymentWork } from './deployment-work.ts';

interface Window {
  from: number;
  to: number;
}
interface Commit {
  id: string;
  agent: Agent;
  connector: string;
  at: number;
  approvedBy: string | null;
}

/**
 * Every write of a cohort that committed after `from` and not later than `to`: as many as the telemetry counts. First those that
 * were to be expected, then those that were not; each in order of time.
 */
export function* commitsOf(deployment: DeploymentWork, work: CohortWork, window: Window): Generator<Commit> {
  // A coordination agent writes by itself; what a manager says to it now and then is no write more.
  if (work.cohort.spec.shape === 'coordination') yield* unasked(work, WRITES, window);
  else yield* approved(deployment, work, window);
  yield* unasked(work, ROGUE, window);
}

function* approved({ writes }: DeploymentWork, { cohort }: CohortWork, { from, to }: Window): Generator<Commit> {
  for (const { id, escalation, connector } of writes) {
    const { agent, decidedAt, assignedTo } = escalation;
    if (agent.home.cohort !== cohort.name || decidedAt === null || decidedAt <= from || decidedAt > to) continue;
    yield { id, agent, connector, at: decidedAt, approvedBy: assignedTo };
  }
}

function* unasked({ cohort, live }: CohortWork, kind: WriteKind, { from, to }: Window): Generator<Commit> {
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
