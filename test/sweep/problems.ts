import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { DeploymentView } from '../../domain/view.ts';
import type { TestCustomer } from '../support/stack/customer.ts';
import { liveCredentials } from '../support/stack/credentials.ts';
import { finalState, type FinalState } from '../support/stack/final-state.ts';
import { startTestStack, type TestStack } from '../support/stack/stack.ts';
import { unstable } from '../support/stack/unstable.ts';
import { until } from '../support/stack/until.ts';
import { runThrough, type Company } from './company.ts';
import { doubled } from './doubled.ts';
import { unanswered } from './orders.ts';

const CALM_SPEED = 1440;

/** The same company, and nothing happens to it. */
export async function calmRun(company: Company, withinMs: number): Promise<FinalState> {
  const stack = await startTestStack(CALM_SPEED, { acme: { ...company, slack: true } });
  try {
    const { acme } = stack.customers;
    return finalState(await runThrough(stack, acme, withinMs));
  } finally {
    await stack.stop();
  }
}

/** Everything that a run under faults must have in common with one without; empty when it has. */
export async function problemsOf(
  stack: TestStack<string>,
  customer: TestCustomer,
  view: DeploymentView,
  calm: FinalState,
): Promise<string[]> {
  return [
    ...differences(finalState(view), calm),
    ...(await unstable(customer)),
    ...(await doubled(customer, view)),
    ...credentials(customer, view),
    ...(await unanswered(stack, customer)),
    ...Object.keys(view.queueWrites).map((key) => `nobody knows what became of ${key}`),
    ...(await unverified(stack, customer)),
  ];
}

const differences = (end: FinalState, calm: FinalState): string[] =>
  (Object.keys(calm) as (keyof FinalState)[])
    .filter((part) => !isDeepStrictEqual(end[part], calm[part]))
    .map((part) => `${part}: ${JSON.stringify(end[part])} instead of ${JSON.stringify(calm[part])}`);

/** One live credential for each agent, none for who was terminated, and no agent that the set does not name. */
function credentials(customer: TestCustomer, view: DeploymentView): string[] {
  const live = liveCredentials(customer.journal());
  const planned = customer.generated.set.manifests.flatMap(({ manifest }) => manifest.agents.map(({ id }) => id));
  const gone = Object.values(view.holds).flatMap(({ kind, scope }) => (kind === 'terminate' ? scope.names : []));
  const strangers = [...live.keys()].filter((agent) => !planned.includes(agent)).map((agent) => `${agent} is an orphan`);
  const wrong = planned.flatMap((agent) => {
    const count = live.get(agent)?.length ?? 0;
    return count === (gone.includes(agent) ? 0 : 1) ? [] : [`${agent} has ${count} live credentials`];
  });
  return [...strangers, ...wrong];
}

/** Workflows that ended as nobody wanted, or do not end. */
export async function leftBehind({ client }: TestStack<string>): Promise<string[]> {
  // Until T+96 the platform is watched, whatever has ended.
  const open = `ExecutionStatus = 'Running' AND WorkflowType != 'watch'`;
  const ended = until('all but the watch has ended', async () => (await client.workflow.count(open)).count === 0);
  const left = await ended.then(
    () => [],
    () => idsOf(client, open),
  );
  const dead = await idsOf(client, `ExecutionStatus IN ('Failed', 'Terminated', 'TimedOut', 'Canceled')`);
  return [...left.map((id) => `${id} does not end`), ...dead.map((id) => `${id} ended as nobody wanted`)];
}

async function idsOf({ workflow }: TestStack<string>['client'], query: string): Promise<string[]> {
  const ids: string[] = [];
  for await (const { workflowId } of workflow.list({ query })) ids.push(workflowId);
  return ids;
}

/** Each side effect has an intent and an outcome, each order was allowed, and so on: what an auditor verifies. */
async function unverified({ dir, parts }: TestStack<string>, customer: TestCustomer): Promise<string[]> {
  const name = customer.name.customer;
  const policy = join(dir, `policy-${name}`);
  await writeFile(policy, parts.policies[name] ?? '');
  const place = `s3://${customer.file.audit.bucket}`;
  const { exitCode, stdout, stderr } = await customer.golive('verify', place, '--policy', policy, '--json');
  return exitCode === 0 ? [] : [`the log does not verify: ${stdout.slice(0, 2_000)}${stderr}`];
}
