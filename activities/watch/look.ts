import { log } from '@temporalio/activity';
import { LATENCY_BUCKETS_MS, type CohortState, type Telemetry } from '../../clients/platform/port.ts';
import { ruleMs } from '../../domain/clock.ts';
import type { DeploymentLimits } from '../../domain/deployment-file.ts';
import type { TimeRuleId } from '../../domain/runbook/time-rules.ts';
import type { CohortLook, ConnectorLook, LiveCounts, LiveWindow, Look } from '../../domain/stop/triggers/look.ts';
import { freshSinceMs } from '../../domain/stop/triggers/standing.ts';
import { criticalLevels, warningLevels } from '../../domain/stop/triggers/thresholds.ts';
import type { DeploymentView } from '../../domain/view.ts';
import { pinnedBaseline } from '../baseline.ts';
import { manifestOf, type Deployment } from '../deployment.ts';
import { logState } from './log-state.ts';

const WINDOWS: readonly TimeRuleId[] = ['critical-window', 'warning-window', 'wide-window'];
const MINUTE_MS = 60_000;

/**
 * All that one round sees: bulk reads from the platform, whatever the number of cohorts. What does not answer is not known
 * this round, and says nothing; without the list of cohorts there is no look at all.
 */
export async function lookAround(d: Deployment, view: DeploymentView): Promise<Look> {
  const { platform } = d.tenant;
  const { deployment } = d.name;
  const now = d.now();
  const since = (rule: TimeRuleId) => iso(now - ruleMs(rule, d.file.speed));
  const unseen = new Set<string>();
  const known = <T>(what: string, read: Promise<T>): Promise<T | undefined> =>
    read.catch((error: unknown) => notSeen(what, error));
  const notSeen = (what: string, error: unknown): undefined => {
    unseen.add(what);
    log.warn('could not be looked at', { what, error: error instanceof Error ? error.message : String(error) });
  };
  const [cohorts, windows, checks, identities, drift, connectors, baseline, whole] = await Promise.all([
    platform.cohorts(deployment, d.signal),
    Promise.all(WINDOWS.map((rule) => known('telemetry', platform.telemetry(deployment, since(rule), iso(now), d.signal)))),
    known('health checks', platform.checks(deployment, since('critical-window'), iso(now), d.signal)),
    known('identities', platform.identities(deployment, d.signal)),
    known("Atlas's audit", platform.atlasAudit(deployment, d.signal)),
    known('connectors', platform.connectors(d.signal)),
    known('the baseline', pinnedBaseline(d, view)),
    known('the log', logState(d)),
  ]);
  const measured = windows.flatMap((telemetry) => telemetry ?? []);
  const looks = await Promise.all(
    cohorts.map(async (state): Promise<CohortLook> => {
      const { cohort } = state;
      const manifest = await known('manifests', manifestOf(d, cohort));
      const shadow = baseline?.cohorts.find((c) => c.cohort === cohort);
      const atlas = drift?.cohorts.find((c) => c.cohort === cohort);
      return {
        cohort,
        shape: state.shape,
        ...modesOf(state),
        connectors: manifest?.connectors ?? [],
        windows: windowsOf(measured, cohort, d, freshSinceMs(view, cohort)),
        // A plan that cannot be read is exceeded by nothing.
        writesPerAgentHour: manifest?.expected.writesPerHour ?? Number.MAX_VALUE,
        baseline: shadow && shadow.shadowAgentHours > 0 ? baselineOf(shadow) : null,
        failedChecksInARow: checks?.cohorts.find((c) => c.cohort === cohort)?.failedInARow ?? null,
        wrongIdentities:
          identities?.identities.filter((i) => i.cohort === cohort && i.agents > 0 && i.actual !== i.expected) ?? null,
        loggedIn: identities?.identities.some((i) => i.cohort === cohort && i.agents > 0) ?? false,
        drift: atlas === undefined ? null : atlas.running === atlas.registered ? 'none' : atlas,
      };
    }),
  );
  return {
    cohorts: looks,
    connectors: connectorsOf(connectors?.connectors, measured[0]),
    log: whole ?? null,
    unseen: [...unseen],
  };
}

const modesOf = ({ mode, livePercent, byLifecycle }: CohortState): Pick<CohortLook, 'live' | 'running'> => {
  const running = (mode === 'shadow' || mode === 'live') && (byLifecycle.running ?? 0) > 0;
  return { running, live: running && mode === 'live' && livePercent > 0 };
};

function windowsOf(telemetry: readonly Telemetry[], cohort: string, d: Deployment, freshMs: number): LiveWindow[] {
  return telemetry.flatMap(({ from, to, cohorts }) => {
    const measured = cohorts.find((c) => c.cohort === cohort);
    if (!measured || Date.parse(from) < freshMs) return [];
    const planMinutes = Math.round(((Date.parse(to) - Date.parse(from)) * d.file.speed) / MINUTE_MS);
    return [{ planMinutes, counts: countsOf(measured, d.file.limits) }];
  });
}

function countsOf({ live, liveAgentHours }: Telemetry['cohorts'][number], limits: DeploymentLimits): LiveCounts {
  const { calls, errors, writesCommitted, verdicts, latency } = live;
  const levels = [...criticalLevels(limits), ...warningLevels(limits)].flatMap(({ slowerThan }) => slowerThan ?? []);
  return {
    ...{ calls, errors, writesCommitted, agentHours: liveAgentHours },
    notAllowed: verdicts.warn + verdicts.deny + verdicts.failed,
    slower: [...new Set(levels)].map((than) => ({ than, calls: slowerThan(latency, than) })),
  };
}

/** Limits lie on the platform's own bounds; a bucket above one holds slower calls only. */
const slowerThan = (latency: readonly number[], ms: number): number =>
  latency.slice(LATENCY_BUCKETS_MS.findIndex((bound) => bound === ms) + 1).reduce((sum, calls) => sum + calls, 0);

const baselineOf = ({ shadow, shadowAgentHours }: Telemetry['cohorts'][number]): CohortLook['baseline'] => ({
  callsPerAgentHour: shadow.calls / shadowAgentHours,
  notAllowedShare: shadow.calls === 0 ? 0 : (shadow.verdicts.warn + shadow.verdicts.deny + shadow.verdicts.failed) / shadow.calls,
});

function connectorsOf(
  connectors: readonly { id: string; up: boolean }[] | undefined,
  telemetry: Telemetry | undefined,
): ConnectorLook[] | null {
  if (connectors === undefined) return null;
  return connectors.map(({ id, up }) => {
    const measured = telemetry?.connectors.find((c) => c.connector === id);
    return { connector: id, up, calls: measured?.calls ?? 0, errors: measured?.errors ?? 0 };
  });
}

const iso = (ms: number): string => new Date(ms).toISOString();
