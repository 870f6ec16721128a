import type { Advance } from './cohort.ts';
import type { CohortReport, CommandMessage } from './deployment.ts';

/** One more than an envelope may have: what is cut here is refused for its length later. */
const LONGEST_ENVELOPE = 65_537;

/**
 * Whoever may write to the namespace may signal anything at all. What is no order goes on as text, to be refused and
 * recorded like any other; nothing that arrives may stop the loop that reads it.
 */
export function readCommand(message: unknown): CommandMessage {
  const { envelope, handedInAt } = fieldsOf(message);
  return {
    envelope: (typeof envelope === 'string' ? envelope : JSON.stringify(message ?? null)).slice(0, LONGEST_ENVELOPE),
    handedInAt: typeof handedInAt === 'string' ? handedInAt : '',
  };
}

export function isReport(message: unknown): message is CohortReport {
  const { from, cohort, kind, wave, live, left } = fieldsOf(message);
  if (from === 'wave') return typeof wave === 'string' && Array.isArray(live) && Array.isArray(left);
  return from === 'cohort' && typeof cohort === 'string' && typeof kind === 'string';
}

export const isAdvance = (message: unknown): message is Advance => typeof fieldsOf(message)['to'] === 'string';

const fieldsOf = (message: unknown): Record<string, unknown> =>
  typeof message === 'object' && message !== null ? (message as Record<string, unknown>) : {};
