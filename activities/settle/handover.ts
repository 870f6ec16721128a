import { sha256Digest } from '../../audit/keys.ts';
import { putJsonEvidence } from '../../clients/store/evidence.ts';
import { missingConfirmations } from '../../domain/authority/quorum.ts';
import { plural } from '../../domain/describe/words.ts';
import type { NewEntry } from '../../domain/entry.ts';
import { isSettled, statusOf } from '../../domain/gate.ts';
import { HANDOVER_ROW, handoverPack, type HandoverPack } from '../../domain/handover/pack.ts';
import { canonicalJson } from '../../domain/runbook/canonical-json.ts';
import { HANDOVER_PLAN_HOURS } from '../../domain/runbook/commands.ts';
import { WAVES } from '../../domain/runbook/waves.ts';
import { acceptSubject } from '../../domain/state-view.ts';
import type { Facts } from './facts.ts';

/**
 * From T+66, once the last wave is stable, until ownership is accepted: the pack as it is now. What changes in it meanwhile
 * makes a new one, and who was about to accept the old one is shown the new.
 */
export async function handOver({ d, view, state, planNow }: Facts): Promise<NewEntry[]> {
  const stable = isSettled(statusOf(WAVES.coordination.stable, state.milestones));
  const open = !isSettled(statusOf(HANDOVER_ROW, state.milestones)) && missingConfirmations(state, HANDOVER_ROW).length > 0;
  if (!stable || !open || planNow === null || planNow < HANDOVER_PLAN_HOURS) return [];
  const pack = handoverPack(view, d.file);
  const subject = acceptSubject(HANDOVER_ROW);
  const before = view.evidence[subject];
  if (before?.evidence.digest === sha256Digest(canonicalJson(pack))) return [];
  const evidence = await putJsonEvidence(d.tenant.audit, d.tenant.auditPrefix, pack, d.signal);
  // One entry for each step from one pack to the next, whoever takes it.
  const id = `${subject}/${before?.index ?? 0}/${evidence.digest}`;
  return [d.entry('evidence', id, { subject, summary: summaryOf(pack), evidence })];
}

const summaryOf = ({ holds, watchItems, tasks, escalations, notLive }: HandoverPack): string =>
  `the hand-over pack: ${[
    plural(notLive.length, 'cohort not live', 'cohorts not live'),
    plural(holds.length, 'hold'),
    plural(watchItems.length, 'watch item'),
    plural(tasks.length, 'open task'),
    plural(escalations.length, 'escalation'),
  ].join(', ')}`;
