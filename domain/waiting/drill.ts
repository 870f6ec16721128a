import { own } from '../authority/context.ts';
import { explainSubject } from '../state-view.ts';
import { confirmation, type Situation, type Waiting } from './ask.ts';
import { WHY } from './security.ts';

/** Where nobody up the line answers a manager's queue, the Customer Lead says what becomes of it. */
export function silentQueues(s: Situation): Waiting[] {
  const { drill, evidence } = s.view;
  const shown = own(evidence, explainSubject('W2.07'));
  if (drill === null || drill.stage !== 'silent' || shown === undefined) return [];
  return confirmation(s, 'W2.07', `decide about ${shown.summary}`, [shown.at], { options: ['--reason', WHY] });
}
