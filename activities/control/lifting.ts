import { isClientError } from '../../clients/error.ts';
import { cohortsAt } from '../../clients/platform/stop.ts';
import { getEvidence, putJsonEvidence } from '../../clients/store/evidence.ts';
import { holdsReleased } from '../../domain/authority/follow.ts';
import { liftedBy, type Lifted } from '../../domain/authority/lifting.ts';
import { promotable } from '../../domain/authority/promotable.ts';
import type { Command } from '../../domain/command.ts';
import type { EvidenceRef } from '../../domain/entry.ts';
import { stateViewOf } from '../../domain/state-view.ts';
import type { DeploymentView } from '../../domain/view.ts';
import type { Deployment } from '../deployment.ts';
import { written, type Effects } from './effect.ts';

/** What an order that promotes, resumes or lifts rests on: the modes and ETags that it saw, and the holds that end by it. */
export interface Seen {
  at: string;
  modes: { cohort: string; mode: string; livePercent: number; etag: string }[];
  lifted: Lifted[];
  /** Cohorts that go live by it. */
  promotes: string[];
}

/**
 * The fences that end go first: the order carries the generation that is in force after them, so a stop that comes between
 * voids it. An order that was applied before follows from what it saw then, whatever stands now.
 */
export async function lifting(
  d: Deployment,
  command: Command,
  view: DeploymentView,
  before: EvidenceRef | undefined,
): Promise<Effects> {
  if (before) {
    const { lifted, promotes } = await seen(d, before);
    return { fenceGeneration: 0, promotes, entries: () => written(d, command, holdsReleased(command, lifted)) };
  }
  const state = stateViewOf(view, d.file, d.setDigest);
  const lifted = liftedBy(command, state);
  const promotes = command.kind === 'promote' ? promotable(state, command.scope, command.issuedAt).cohorts : [];
  let { generation } = await d.tenant.platform.fences(d.name.deployment, d.signal);
  for (const one of lifted) generation = Math.max(generation, await lift(d, command, one));
  const cohorts = await cohortsAt(d.tenant.platform, d.name.deployment, d.signal);
  const content: Seen = {
    at: new Date(d.now()).toISOString(),
    modes: cohorts.map(({ cohort, mode, livePercent, etag }) => ({ cohort, mode, livePercent, etag })),
    ...{ lifted, promotes },
  };
  const evidence = await putJsonEvidence(d.tenant.audit, d.tenant.auditPrefix, content, d.signal);
  return { fenceGeneration: generation, evidence, promotes, entries: () => written(d, command, holdsReleased(command, lifted)) };
}

/** 0: there is no such fence to lift. */
async function lift(d: Deployment, { id }: Command, { hold, cohorts, agents }: Lifted): Promise<number> {
  const some = { ...(cohorts ? { cohorts } : {}), ...(agents ? { agents } : {}) };
  try {
    return await d.tenant.platform.liftFence({ commandId: hold, liftedBy: id, ...some }, d.signal);
  } catch (error) {
    if (isClientError(error, 'platform_refused')) return 0;
    throw error;
  }
}

/** Read by whoever carries the order out. */
export async function seen(d: Deployment, evidence: EvidenceRef): Promise<Seen> {
  const bytes = await getEvidence(d.tenant.audit, evidence, d.signal);
  // Our own bytes, checked against the digest that stands in the log.
  const content = bytes ? (JSON.parse(Buffer.from(bytes).toString('utf8')) as Partial<Seen>) : {};
  return { at: content.at ?? '', modes: content.modes ?? [], lifted: content.lifted ?? [], promotes: content.promotes ?? [] };
}
