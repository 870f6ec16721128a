import { planHours } from '../clock.ts';
import type { CommandKind, Scope } from '../command.ts';
import type { DeploymentFile } from '../deployment-file.ts';
import type { EvidenceRef } from '../entry.ts';
import type { FailureCode } from '../failure.ts';
import { deploymentId } from '../ids.ts';
import type { Role } from '../roles.ts';
import type { AgentCounts, DeploymentView, FiguresView, HoldView, SeriesView, TaskView } from '../view.ts';
import { amongPeople, type AmongPeople } from './among-people.ts';
import { auditOf, type AuditHead, type ReportAudit } from './audit.ts';
import { changedLimits, stretchedBy, type ChangedLimit, type Stretched } from './changes.ts';
import { cohortsOf, type PlatformCohort, type ReportCohort } from './cohorts.ts';
import { eventBudget, quantile, type EventBudget, type HistoryFigures, type RunFigures } from './figures.ts';
import { headlineOf } from './headline.ts';
import { milestonesOf, type ReportMilestone } from './milestones.ts';
import { approvalsOf, gatesOf, groupsOf, signOffsOf, wavesOf } from './people.ts';
import { stoppingTableOf, type InjectedFault, type ReportRow } from './stopping-table.ts';
import { incidentsOf, stopsOf, type ReportIncident, type ReportStop } from './stops.ts';
import type { ReportApproval, ReportGate, ReportGroup, ReportSignOff, ReportWave } from './people.ts';

/** `report.json`: the fold of the log, what the platform says its agents are, and what the run cost. Plain JSON. */
export interface Report extends AmongPeople {
  v: 1;
  /** The result in one sentence. */
  headline: string;
  /** The entry of the log up to which this says what was said; null of an empty log. */
  asOf: { auditIndex: number; at: string; planHours: number | null } | null;
  deployment: {
    id: string;
    customer: string;
    environment: string | null;
    runbook: { version: string; digest: string } | null;
    manifestSetDigest: string | null;
    speed: number;
    startedAt: string | null;
    closedAt: string | null;
    result: DeploymentView['header']['result'];
    startedBy: string | null;
    policyVersion: number | null;
    managers: number | null;
  };
  /** `provisioning` is what does not run yet; they add up to the total. */
  agents: AgentCounts;
  /** Whether modes are the platform's own word, and where its word is not the log's. */
  platform: { answered: boolean; differences: string[] };
  cohorts: ReportCohort[];
  groups: ReportGroup[];
  milestones: ReportMilestone[];
  gates: ReportGate[];
  waves: ReportWave[];
  approvals: ReportApproval[];
  signOffs: ReportSignOff[];
  commands: ReportCommand[];
  /** From the order to the last cohort, in the order of the log. */
  stops: ReportStop[];
  /** The whole table, with each time that a row fired. */
  stopping: ReportRow[];
  /** Of a rehearsal: what was done to it on purpose. */
  faults: readonly InjectedFault[];
  incidents: ReportIncident[];
  holds: HoldView[];
  tasks: TaskView[];
  watchItems: { id: string; text: string; owner: Role; openedAt: string; closedAt: string | null; auditIndex: number }[];
  audit: ReportAudit;
  speed: { factor: number; stretched: Stretched[] };
  /** Null: the deployment file was not at hand. */
  limits: { changed: ChangedLimit[] } | null;
  minting: { minted: number; targetPerHour: number | null; forecastHours: number | null };
  writes: { count: number; firstAt: string | null };
  series: SeriesView;
  figures: ReportFigures;
}

export interface ReportCommand {
  id: string;
  kind: CommandKind | (string & {});
  scope: Scope | null;
  actor: string;
  role: Role | null;
  outcome: 'applied' | 'refused';
  code: FailureCode | null;
  sentence: string | null;
  reason: string | null;
  at: string;
  latencyMs: number;
  auditIndex: number;
  envelope: EvidenceRef;
}

/** Null where nobody measured. */
export interface ReportFigures {
  historyEvents: number | null;
  eventsPerAgent: number | null;
  eventsPerCohort: number | null;
  largestPayloadBytes: number | null;
  activities: number | null;
  wallSeconds: number | null;
  peakRssMb: number | null;
  peakRssMbByPart: Record<string, number> | null;
  budget: EventBudget | null;
  histories: HistoryFigures | null;
  logEntries: number;
  entriesByKind: FiguresView['byKind'];
  operations: FiguresView['operations'];
  commandLatencyMs: { count: number; p50: number | null; p99: number | null; most: number | null };
}

/**
 * The same arguments give the same report. `platform` is the platform's bulk state, or null when it does not answer;
 * then modes are what the log's outcomes say.
 */
export function buildReport(
  view: DeploymentView,
  platform: readonly PlatformCohort[] | null,
  figures: RunFigures,
  file: DeploymentFile | null = null,
  audit: AuditHead | null = null,
): Report {
  const { header, plan } = view;
  const last = view.figures.last;
  const { cohorts, agents, differences } = cohortsOf(view, platform);
  const milestones = milestonesOf(view);
  const stops = stopsOf(view);
  const { faults = [] } = figures;
  return {
    v: 1,
    headline: headlineOf({ agents, cohorts, result: header.result }),
    asOf: last && { auditIndex: last.index, at: last.at, planHours: planHours(view.clock, Date.parse(last.at)) },
    deployment: {
      id: deploymentId(header),
      customer: header.customer,
      environment: header.environment,
      runbook: header.runbook,
      manifestSetDigest: header.manifestSetDigest,
      speed: header.speed,
      startedAt: header.startedAt,
      closedAt: header.closedAt,
      result: header.result,
      startedBy: header.startedBy,
      policyVersion: header.deploymentFile?.version ?? null,
      managers: plan?.managers ?? null,
    },
    agents,
    platform: { answered: platform !== null, differences },
    cohorts,
    groups: groupsOf(view, cohorts),
    milestones,
    gates: gatesOf(view),
    waves: wavesOf(view),
    approvals: approvalsOf(view),
    signOffs: signOffsOf(view),
    commands: commandsOf(view),
    stops,
    stopping: stoppingTableOf(view, stops, faults),
    faults,
    incidents: incidentsOf(view),
    ...amongPeople(view, file),
    holds: Object.values(view.holds),
    tasks: Object.values(view.tasks),
    watchItems: Object.values(view.watchItems).map(({ id, text, owner, at, closed, index }) => ({
      id,
      text,
      owner,
      openedAt: at,
      closedAt: closed?.at ?? null,
      auditIndex: index,
    })),
    audit: auditOf(view, audit),
    speed: { factor: header.speed, stretched: stretchedBy(header.speed) },
    limits: file && { changed: changedLimits(file) },
    minting: {
      minted: view.progress.minted,
      targetPerHour: file?.limits.mintTargetPerHour ?? null,
      forecastHours: plan?.forecastMintHours ?? null,
    },
    writes: { count: view.writes.count, firstAt: view.writes.firstAt },
    series: view.series,
    figures: figuresOf(view, cohorts, figures),
  };
}

const commandsOf = (view: DeploymentView): ReportCommand[] =>
  Object.values(view.commands).map((c) => ({
    id: c.id,
    kind: c.kind,
    scope: c.scope,
    actor: c.person,
    role: c.role,
    outcome: c.outcome,
    code: c.code,
    sentence: c.sentence,
    reason: c.reason,
    at: c.at,
    latencyMs: c.latencyMs,
    auditIndex: c.index,
    envelope: c.envelope,
  }));

function figuresOf(
  view: DeploymentView,
  cohorts: readonly ReportCohort[],
  { histories, peakRssMb, peakRssMbByPart, wallSeconds }: RunFigures,
): ReportFigures {
  const { first, last, entries, byKind, operations } = view.figures;
  const agents = cohorts.reduce((sum, c) => sum + c.agents, 0);
  const per = (n: number): number | null =>
    histories === null || n === 0 ? null : Math.round((100 * histories.events) / n) / 100;
  const orders = Object.values(view.commands);
  const latencies = orders.map((c) => c.latencyMs);
  const logged = first === null || last === null ? null : (Date.parse(last.at) - Date.parse(first.at)) / 1000;
  return {
    historyEvents: histories?.events ?? null,
    eventsPerAgent: per(agents),
    eventsPerCohort: per(cohorts.length),
    largestPayloadBytes: histories?.largestPayloadBytes ?? null,
    activities: histories?.activities ?? null,
    wallSeconds: wallSeconds ?? logged,
    peakRssMb,
    peakRssMbByPart: peakRssMbByPart ?? null,
    budget: histories === null ? null : eventBudget(cohorts, orders, histories),
    histories,
    logEntries: entries,
    entriesByKind: byKind,
    operations,
    commandLatencyMs: {
      count: latencies.length,
      p50: quantile(latencies, 0.5),
      p99: quantile(latencies, 0.99),
      most: quantile(latencies, 1),
    },
  };
}
