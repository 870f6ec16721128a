import { isDeepStrictEqual } from 'node:util';
import { startTestStack } from '../support/stack/stack.ts';
import { finalState, liveCredentials, ordersHandedIn } from './final-state.ts';
import type { Sweep, SweepOptions } from './sweep.ts';

type Company = Pick<SweepOptions, 'agents' | 'cohorts' | 'managers' | 'seed'>;

/** Everything that a run under faults must have in common with one without; empty when it has. */
export async function problemsOf(
  { stack, view }: Sweep,
  company: Company,
  calm: ReturnType<typeof finalState>,
): Promise<string[]> {
  const { acme } = stack.customers;
  const problems: string[] = [];
  const end = finalState(view);
  for (const part of Object.keys(calm) as (keyof typeof calm)[]) {
    if (!isDeepStrictEqual(end[part], calm[part]))
      problems.push(`${part}: ${JSON.stringify(end[part])} instead of ${JSON.stringify(calm[part])}`);
  }
  const { duplicates } = acme.done();
  for (const [what, times] of Object.entries(duplicates)) if (times > 0) problems.push(`${what} twice: ${times}`);

  const live = liveCredentials(acme.journal());
  if (live.size !== company.agents) problems.push(`${live.size} agents at the platform instead of ${company.agents}`);
  for (const [agent, { size }] of live) if (size !== 1) problems.push(`${agent} has ${size} live credentials`);

  const owed = await ordersHandedIn(stack);
  const answers = await acme.entries('command.applied', 'command.refused');
  const answered = new Set(answers.map(({ data }) => data.envelope.digest));
  for (const digest of owed) if (!answered.has(digest)) problems.push(`order ${digest} was never answered`);
  if (new Set(answers.map(({ id }) => id)).size !== answers.length) problems.push('an order was answered twice');
  return problems;
}

/** The same company, and nothing happens to it. */
export async function calmRun(company: Company, withinMs: number): Promise<ReturnType<typeof finalState>> {
  const stack = await startTestStack(1440, { acme: { ...company, slack: true } });
  const { acme } = stack.customers;
  try {
    await acme.start();
    acme.people();
    return finalState(await acme.until('it is closed', (view) => view.header.closedAt !== null, withinMs));
  } finally {
    await stack.stop();
  }
}
