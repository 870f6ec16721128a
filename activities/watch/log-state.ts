import type { Look } from '../../domain/stop/triggers/look.ts';
import { publishedCheckpoint } from '../checkpoints.ts';
import type { Deployment } from '../deployment.ts';

/**
 * Is the log what it was? It says so itself when it halts, its witness refuses two histories, and what lies in the bucket
 * must stand under the pinned key. That it does not answer is no finding.
 */
export async function logState(d: Deployment): Promise<Look['log']> {
  const { halted, witness, published } = await d.tenant.log.audit(d.signal);
  if (halted !== null) return { broken: `the log has halted: ${halted}`.slice(0, 500) };
  if (witness?.refused === true)
    return { broken: `${witness.name} refuses it: ${witness.reason ?? 'without a reason'}`.slice(0, 500) };
  if (published === null) return 'whole';
  const { problem } = await publishedCheckpoint(d);
  return problem === null ? 'whole' : { broken: problem };
}
