import { responseRate, type DrillFigures } from '../drill/figures.ts';
import { number, plural } from './words.ts';

/** @example '108 of 119 managers answered within 4 h (91 %); 12 questions passed on, 1 waits' */
export function drillWords(figures: DrillFigures): string {
  const { stage, asked, notAsked, inTime, passedOn, undecided, silent } = figures;
  if (stage === 'sent') {
    const missing = notAsked > 0 ? `; ${plural(notAsked, 'queue')} took none` : '';
    return `Queue drill: ${plural(asked, 'manager')} asked, one synthetic escalation each${missing}`;
  }
  const rate = Math.round(100 * responseRate(figures));
  const answered = `${number(inTime)} of ${plural(Math.max(0, asked - 1), 'manager')} answered within 4 h (${rate} %)`;
  const waits = undecided === 0 ? 'every queue has a decision' : `${number(undecided)} open`;
  const left = silent > 0 ? `, ${number(silent)} of them for the Customer Lead` : '';
  return `Queue drill: ${answered}; ${plural(passedOn, 'question')} passed on; ${waits}${left}`;
}
