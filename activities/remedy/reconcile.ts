import type { ItemResult } from '../../clients/platform/port.ts';
import { cohortsAt } from '../../clients/platform/stop.ts';
import { putJsonEvidence } from '../../clients/store/evidence.ts';
import type { NewEntry } from '../../domain/entry.ts';
import type { CohortView } from '../../domain/view.ts';
import type { Grant } from '../authority.ts';
import { manifestOf, type Deployment } from '../deployment.ts';
import { record } from '../entries.ts';
import { targetsOf } from './target.ts';

/** Keys in one look-up. */
const AT_ONCE = 1000;

/**
 * Platform and log are compared, and nothing is done to the platform: keys of which nobody knows the outcome are looked up
 * and adopted; agents that no manifest names are orphans, and somebody's task. What is parked is then told to go on.
 */
export async function reconcileCohorts(d: Deployment, grant: Grant): Promise<{ again: string[] }> {
  const view = await d.view();
  const registered = new Set((await cohortsAt(d.tenant.platform, d.name.deployment, d.signal)).map((c) => c.cohort));
  const again: string[] = [];
  for (const { cohort: id } of await targetsOf(d, view, grant.command)) {
    const cohort = view.cohorts[id];
    if (!cohort) continue;
    const adopted = await adopt(d, cohort);
    const orphans = await orphansOf(d, id, registered);
    const found = {
      cohort: id,
      order: grant.command.id,
      looked: Object.keys(cohort.unknown).length,
      adopted: adopted.length,
      orphans,
    };
    const evidence = await putJsonEvidence(d.tenant.audit, d.tenant.auditPrefix, found, d.signal);
    const summary = `${found.looked} outcomes looked up, ${orphans.length} orphans`;
    const said = d.entry(
      'evidence',
      `${id}/reconcile/${grant.index}`,
      { subject: `reconcile:${id}`, summary, evidence },
      { cohort: id },
    );
    await record(d.tenant.recorder, [...adopted, said, ...orphaned(d, id, grant.index, orphans)], d.signal);
    if (cohort.phase === 'parked') again.push(id);
  }
  return { again };
}

/** One outcome for each, whoever asks: applied where the platform knows the key, else known to be not applied. */
async function adopt(d: Deployment, { id, unknown }: CohortView): Promise<NewEntry[]> {
  const keys = Object.keys(unknown);
  const items = new Map<string, ItemResult>();
  for (let i = 0; i < keys.length; i += AT_ONCE)
    for (const item of await d.tenant.platform.lookup(keys.slice(i, i + AT_ONCE), d.signal)) items.set(item.key, item);
  const entries: NewEntry[] = [];
  for (const [key, { operation, agent, index: at }] of Object.entries(unknown)) {
    const left = await d.tenant.recorder.entry(at, d.signal);
    if (left?.kind !== 'outcome') continue;
    const item = items.get(key);
    const { vaultRef, version, fingerprint, verdict, agentId } = item ?? {};
    const said = Object.fromEntries(
      Object.entries({ vaultRef, version, fingerprint, verdict, agentId }).filter(([, value]) => value !== undefined),
    );
    const base = { operation, key, intent: left.data.intent };
    const data =
      item?.status === 'done'
        ? { ...base, result: 'applied' as const, ...said }
        : { ...base, result: 'not-applied' as const, detail: 'the platform does not know the key' };
    const about = { cohort: id, ...(agent === null ? {} : { agent }) };
    entries.push(d.entry('outcome', `${id}/reconciled/${at}/${key}`, data, about));
  }
  return entries;
}

/** Agents at the platform that the signed manifest does not name, whatever made them. None, where it has not heard of the cohort. */
async function orphansOf(d: Deployment, cohort: string, registered: ReadonlySet<string>): Promise<string[]> {
  if (!registered.has(cohort)) return [];
  const named = new Set((await manifestOf(d, cohort)).agents.map((a) => a.id));
  const orphans: string[] = [];
  for (let after: string | null | undefined; after !== null;) {
    const page = await d.tenant.platform.agents(
      d.name.deployment,
      { cohort, limit: AT_ONCE, ...(after ? { after } : {}) },
      d.signal,
    );
    orphans.push(...page.agents.map((a) => a.agent).filter((agent) => !named.has(agent)));
    after = page.next;
  }
  return orphans;
}

const orphaned = (d: Deployment, cohort: string, index: number, orphans: readonly string[]): NewEntry[] =>
  orphans.length === 0
    ? []
    : [
        d.entry(
          'task.opened',
          `${cohort}/orphans/${index}`,
          {
            ...{ taskId: `${cohort}/orphans`, owner: 'arx-standby', code: 'side_effect_unknown' },
            sentence: `${cohort}: ${orphans.length} agents at the platform are in no signed manifest: ${orphans.slice(0, 5).join(', ')}`,
            next: `Find out what made them, then golive terminate --agent NAME.`,
          },
          { cohort },
        ),
      ];
