import { putJsonEvidence } from '../../clients/store/evidence.ts';
import type { NewEntry } from '../../domain/entry.ts';
import { sideEffectKey } from '../../domain/ids.ts';
import { MACHINE } from '../../domain/authority/signer.ts';
import { manifestKey } from '../../domain/manifest/manifest.ts';
import type { Look } from '../../domain/stop/triggers/look.ts';
import type { DeploymentView, EvidenceView } from '../../domain/view.ts';
import type { Deployment } from '../deployment.ts';
import { firstIndex, record } from '../entries.ts';
import { regeneratedSubject, renewedEvidence } from '../group-evidence.ts';
import { finalRefusal } from '../side-effect.ts';
import { demand, order, type Grant } from '../verified-order.ts';

/**
 * A cohort that ran another manifest than its own and stands halted: Atlas builds it again from the one that was signed,
 * Atlas's own audit must say so, and what its group is signed for is laid before the executives anew.
 */
export async function regenerateDrifted(d: Deployment, view: DeploymentView, { cohorts }: Look): Promise<NewEntry[]> {
  const entries: NewEntry[] = [];
  for (const { fired, cleared } of Object.values(view.triggers)) {
    if (fired.row !== 'manifest-drift' || cleared !== null || fired.stop === null) continue;
    const halt = view.commands[fired.stop];
    const halted = halt?.outcome === 'applied' && view.stops[fired.stop]?.flipped != null;
    const running = cohorts.find(({ cohort }) => cohort === fired.subject)?.running ?? true;
    const known: EvidenceView | undefined = view.evidence[regeneratedSubject(fired.subject)];
    if (!halted || running || (known !== undefined && known.index > halt.index)) continue;
    entries.push(...(await regenerate(d, view, fired.subject, halt.index)));
  }
  return entries;
}

async function regenerate(d: Deployment, view: DeploymentView, cohort: string, index: number): Promise<NewEntry[]> {
  const grant = await haltOf(d, cohort, index);
  const manifestDigest = signedDigest(d, cohort);
  const { recorder, platform, audit, auditPrefix } = d.tenant;
  const about = { cohort };
  const key = sideEffectKey(d.name, cohort, '*', 'regenerate', grant.index);
  const base = { operation: 'regenerate' as const, key };
  const asked = d.entry(
    'intent',
    `${cohort}/regenerate/${grant.index}/intent`,
    { ...base, agents: [], authority: grant.index },
    about,
  );
  const intent = firstIndex(await record(recorder, [asked], d.signal));
  const answered = (result: 'applied' | 'not-applied', why = {}): NewEntry =>
    d.entry('outcome', `${cohort}/regenerate/${grant.index}/outcome`, { ...base, intent, result, ...why }, about);
  try {
    await platform.regenerate(d.name.deployment, { key, cohort, manifestDigest }, d.signal);
  } catch (error) {
    const refusal = finalRefusal(error);
    if (refusal === undefined) throw error;
    return [answered('not-applied', refusal)];
  }
  const { at, cohorts } = await platform.atlasAudit(d.name.deployment, d.signal);
  const found = cohorts.find((c) => c.cohort === cohort);
  const valid = found?.running === manifestDigest && found.registered === manifestDigest;
  const evidence = await putJsonEvidence(audit, auditPrefix, { cohort, manifestDigest, audit: found ?? null, at }, d.signal);
  const summary = valid ? `${cohort} runs its signed manifest again` : `${cohort} still runs another manifest`;
  const told = d.entry(
    'evidence',
    `${cohort}/regenerated/${grant.index}`,
    { subject: regeneratedSubject(cohort), summary, evidence },
    about,
  );
  const group = view.cohorts[cohort]?.group;
  const renewed = valid && group !== undefined ? await renewedEvidence(d, group, { [cohort]: evidence.digest }) : [];
  return [answered('applied'), told, ...renewed];
}

/** The engine's own order to halt it, verified: a workflow's word, or the log's, regenerates nothing. */
async function haltOf(d: Deployment, cohort: string, index: number): Promise<Grant> {
  const grant = await order(d, index);
  const { kind, person, scope, args } = grant.command;
  const ours = kind === 'halt' && person === MACHINE && args.trigger === 'manifest-drift' && scope.names.includes(cohort);
  demand(ours, grant, `no order to halt ${cohort} because of drift`);
  return grant;
}

const signedDigest = (d: Deployment, cohort: string): string =>
  `sha256:${d.index.find(({ key }) => key === manifestKey(cohort))?.sha256 ?? ''}`;
