import { judge } from '../../domain/authority/judge.ts';
import { stateViewOf } from '../../domain/state-view.ts';
import type { CommandResult, HandedIn } from '../contract.ts';
import { keptFile } from '../deployment-file.ts';
import type { Deployment } from '../deployment.ts';
import { firstIndex, record } from '../entries.ts';
import { effectsOf } from './effects.ts';
import {
  answeredBefore,
  answerId,
  appliedEntry,
  appliedResult,
  contextOf,
  openHandedIn,
  refusedEntry,
  refuseUnopened,
} from './order.ts';
import { prerequisites } from './prerequisites.ts';

/**
 * One signed order: verified, judged, carried out as far as it concerns the platform's fences and the clock, recorded,
 * answered. Everything it is judged by is read from signed files and the log.
 */
export async function applyOrder(d: Deployment, handedIn: HandedIn): Promise<CommandResult> {
  const order = openHandedIn(d, handedIn);
  if ('problem' in order) return refuseUnopened(d, order);
  const { signer, command } = order;
  const { recorder } = d.tenant;
  const view = await d.view();
  const before = await recorder.find(answerId(d, command), d.signal);
  if (before) return answeredBefore(d, before, view);

  const state = stateViewOf(view, d.file, d.setDigest);
  // T-0 asks for the prerequisites as they are now, not as they were when somebody last looked.
  const asked = command.kind === 'clock' && command.args.clock === 'start' && !state.started ? await prerequisites(d) : [];
  const checks = asked.filter((check) => state.milestones[check.row] !== 'waived');
  for (const check of checks) state.milestones[check.row] = check.missing === null ? 'met' : 'pending';
  const judgement = judge(command, { ...contextOf(d, view), signer, state });
  if (judgement.verdict === 'refused') {
    const missing = checks.flatMap((c) => (c.missing === null ? [] : [`${c.row}: ${c.missing}`]));
    const sentence = [judgement.sentence, ...missing].join(' ').slice(0, 1500);
    await record(recorder, [await refusedEntry(d, order, { ...judgement, sentence })], d.signal);
    return { outcome: 'refused', id: command.id, code: judgement.code };
  }

  const kept = await keptFile(d, view);
  if (kept.entries.length > 0) await record(recorder, kept.entries, d.signal);
  const effects = await effectsOf(d, command, view, checks);
  const applied = await appliedEntry(d, order, effects, view);
  const index = firstIndex(await record(recorder, [applied], d.signal));
  await record(recorder, effects.entries(index), d.signal);
  return appliedResult(command, index, effects);
}
