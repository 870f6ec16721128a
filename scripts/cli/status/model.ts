import type { CohortState } from '../../../clients/platform/port.ts';
import type { AuditState } from '../../../clients/recorder/reader.ts';
import { isRunning } from '../../../domain/clock.ts';
import type { DeploymentFile } from '../../../domain/deployment-file.ts';
import { outlookOf, type Outlook } from '../../../domain/outlook.ts';
import type {
  AgentCounts,
  CohortView,
  DeploymentView,
  EscalationView,
  HoldView,
  WatchItemView,
  WaveView,
} from '../../../domain/view.ts';

export interface StatusFacts {
  view: DeploymentView;
  /** Null when it cannot be read: then nobody can say who is waited for. */
  file: DeploymentFile | null;
  /** What the platform says the agents are; null when it does not answer. */
  platform: CohortState[] | null;
  nowMs: number;
  /** How far the log is published and witnessed; null when it does not say. */
  audit: AuditState | null;
  /** What could not be read, in words. */
  notes: string[];
}

/** Everything that `status` shows, as data; the screen and `--json` are two views of it. */
export interface StatusModel extends Outlook {
  facts: StatusFacts;
  running: boolean;
  watchItems: WatchItemView[];
  /** Open ones. */
  escalations: EscalationView[];
  holds: HoldView[];
  waves: WaveView[];
  cohorts: CohortView[];
  agents: AgentCounts;
}

export function statusModel(facts: StatusFacts): StatusModel {
  const { view, file, nowMs } = facts;
  return {
    ...outlookOf(view, file, nowMs),
    facts,
    running: isRunning(view.clock),
    watchItems: Object.values(view.watchItems).filter((w) => w.closed === null),
    escalations: Object.values(view.escalations).filter((e) => e.closed === null),
    holds: Object.values(view.holds).filter((h) => h.released === null),
    waves: Object.values(view.waves),
    cohorts: Object.values(view.cohorts),
    agents: facts.platform === null ? view.agents : agentsAt(facts.platform),
  };
}

/** By the platform's own count of modes; who does not run yet is provisioning, whatever its mode. */
function agentsAt(cohorts: readonly CohortState[]): AgentCounts {
  const counts: AgentCounts = { total: 0, provisioning: 0, shadow: 0, live: 0, paused: 0, halted: 0, terminated: 0 };
  for (const c of cohorts) {
    const running = c.byLifecycle.running ?? 0;
    const ended = c.byLifecycle.terminated ?? 0;
    counts.total += c.agents;
    counts.terminated += ended;
    counts.provisioning += c.agents - running - ended;
    if (running === 0) continue;
    for (const mode of ['live', 'shadow', 'paused', 'halted'] as const) counts[mode] += Math.min(running, c.byMode[mode] ?? 0);
  }
  return counts;
}
