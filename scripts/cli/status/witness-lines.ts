import { number } from '../../../domain/describe/words.ts';
import { witnessGapMs } from '../../../domain/witness.ts';
import { cut } from '../paint.ts';
import { span } from '../words.ts';
import type { StatusFacts } from './model.ts';
import type { ScreenOptions } from './look.ts';

/** Who vouches for the log besides us, up to where and since when; in colour when that is longer ago than it may be. */
export function witnessLines(facts: StatusFacts, options: Pick<ScreenOptions, 'paint' | 'width'>): string[] {
  const { audit, nowMs } = facts;
  if (audit === null || audit.halted !== null || audit.failing === null) return signedLines(facts, options);
  const { what, since } = audit.failing;
  const waits = `the log commits nothing for ${span(nowMs - Date.parse(since))}: ${what} fails; work waits, nothing is lost`;
  return [`  ${options.paint.bad('■')} ${cut(waits, options.width - 4)}`, ...signedLines(facts, options)];
}

function signedLines({ audit, view }: StatusFacts, { paint, width }: Pick<ScreenOptions, 'paint' | 'width'>): string[] {
  if (audit === null) return [];
  const bad = (text: string): string => `  ${paint.bad('■')} ${cut(text, width - 4)}`;
  if (audit.halted !== null) return [bad(`the log takes nothing any more: ${audit.halted}`)];
  const { witness } = audit;
  if (witness === null) return [paint.dim('  no witness vouches for this log')];
  const { name, size, at, lagMs, reason } = witness;
  const why = reason === undefined ? '' : `: ${reason}`;
  if (witness.refused) return [bad(`${name} refuses the log${why}`)];
  const signed =
    at === null ? `${name} has not signed yet, for ${span(lagMs)}` : `${name} signed ${number(size)} entries ${span(lagMs)} ago`;
  if (lagMs > witnessGapMs(view.header.speed)) return [`  ${paint.warn('▲')} ${cut(`${signed}${why}`, width - 4)}`];
  return [paint.dim(`  ${cut(signed, width - 2)}`)];
}
