import { isSettled, statusOf } from '../gate.ts';
import { explainSubject } from '../state-view.ts';
import { own } from '../authority/context.ts';
import { confirmation, type Situation, type Waiting } from './ask.ts';

/** Stands in the command for words that only its giver knows. */
export const WHY = 'WHY';
/** Plan hour from which there is enough in the log to draw from. */
const SAMPLE_FROM = 38;

/** What the Security Lead owes about the log: a verification of their own, a sample, and an explanation of gaps. */
export function logReviews(s: Situation): Waiting[] {
  if (s.state.window !== 'provision' && s.state.window !== 'validate') return [];
  return [...verification(s), ...explanation(s), ...sample(s)];
}

function verification(s: Situation): Waiting[] {
  const signed = s.view.milestones['W1.13'];
  if (!isSettled(statusOf('W1.13', s.state.milestones))) return [];
  const { bucket, prefix } = s.file.audit;
  const command = ['verify', `s3://${bucket}/${prefix}`, '--policy', 'policy', '--json'];
  return withReport(s, 'W1.14', 'verify the log with their own policy file and confirm the report', signed?.at, command);
}

function explanation(s: Situation): Waiting[] {
  const gaps = own(s.view.evidence, explainSubject('W1.15'));
  if (gaps === undefined) return [];
  return confirmation(s, 'W1.15', `explain ${gaps.summary}`, [gaps.at], { options: ['--reason', WHY] });
}

function sample(s: Situation): Waiting[] {
  if (s.state.window !== 'validate' || s.plan < SAMPLE_FROM) return [];
  const since = Object.values(s.view.groupEvidence)[0]?.at;
  return withReport(s, 'W2.09', 'check a sample of the log and confirm the report', since, ['audit', 'sample', '--json']);
}

function withReport(s: Situation, row: string, what: string, since: string | undefined, command: string[]): Waiting[] {
  const file = `${row}.json`;
  return confirmation(s, row, what, [since], { options: ['--evidence', file], report: { command, file } });
}
