import { approvalPaths } from '../../../domain/approval-path/path.ts';
import { formatT } from '../../../domain/clock.ts';
import { meanwhile } from '../../../domain/dependency.ts';
import { waysToStop } from '../../../domain/handover/stopping.ts';
import { openBreakers } from './breaker-lines.ts';
import { incidentsOf, stopsOf } from '../../../domain/report/stops.ts';
import type { StatusModel } from './model.ts';

/** The picture for programs: the same facts as on the screen, under names that stay. */
export function statusJson(model: StatusModel): Record<string, unknown> {
  const { facts, planNow } = model;
  const { header, clock, figures } = facts.view;
  return {
    deployment: header,
    clock: {
      planHours: planNow,
      text: planNow === null ? null : formatT(planNow),
      running: model.running,
      speed: clock.speed,
      shiftHours: clock.shiftHours,
    },
    window: model.window,
    gate: model.gate && { id: model.gate.id, planHours: model.gate.planHours },
    pace: model.pace,
    forecasts: model.forecasts,
    waiting: model.waiting,
    tasks: model.tasks,
    escalations: model.escalations,
    approvalPath: facts.file === null ? null : approvalPaths(facts.view, facts.file, facts.nowMs),
    delegations: Object.values(facts.view.delegations),
    milestones: model.rows.map(({ row, state, recorded, owners }) => ({
      id: row.id,
      window: row.window,
      kind: row.kind,
      title: row.title,
      owner: row.owner,
      owners,
      state,
      duePlanHours: row.duePlanHours,
      donePlanHours: recorded?.donePlanHours ?? null,
      reason: recorded?.reason ?? row.waivedBecause ?? null,
    })),
    waves: model.waves,
    agents: model.agents,
    cohorts: model.cohorts.map(({ id, group, shape, agents, phase, mode, livePercent, holds, reason, code, liftedBy }) => ({
      id,
      group,
      shape,
      agents,
      phase,
      mode,
      livePercent,
      holds,
      reason,
      code,
      liftedBy,
    })),
    holds: model.holds,
    stops: stopsOf(facts.view),
    incidents: incidentsOf(facts.view),
    howToStop: waysToStop(),
    watchItems: model.watchItems,
    breakers: openBreakers(facts).map(({ dependency, part, state, because, at }) => ({
      dependency,
      part,
      state,
      because,
      since: at,
      meanwhile: meanwhile(dependency),
    })),
    log: { size: facts.audit?.size ?? null, last: figures.last, audit: facts.audit },
    platform: facts.platform === null ? 'not asked, or no answer' : 'answers',
    notes: facts.notes,
  };
}
