import { condition, continueAsNew, workflowInfo } from '@temporalio/workflow';
import type { CommandKind } from '../domain/command.ts';
import { startRemedy } from './children.ts';
import { applyNext, openRun, tag, type Applied, type DeploymentRun } from './deployment-run.ts';
import { actOnNextReport } from './reports.ts';
import { retryCohorts } from './retry.ts';
import { countdown } from './stages/countdown.ts';
import { goLive } from './stages/golive.ts';
import { provision } from './stages/provision.ts';
import { validate } from './stages/validate.ts';
import type { CommandMessage, DeploymentInput } from './messages/deployment.ts';
import { insist } from './insist.ts';
import { lateEvidence } from './late-evidence.ts';
import { applyCommands } from './proxies.ts';
import { summary } from './summary.ts';

const STAGES = { countdown, provision, validate, golive: goLive } as const;

/**
 * The runbook of one customer, a stage per run: countdown, PROVISION, VALIDATE, GO LIVE. Each stage ends with its gate,
 * and the next one begins in a fresh run, so that no history grows for 72 hours. When the server says that a history has
 * become long before that, the stage goes on in a fresh run: whatever it had done already is found done.
 */
export async function deployment(input: DeploymentInput): Promise<void> {
  const run = openRun(input);
  const { stage } = run.state;
  if (stage === 'closed') return;
  tag(run, 'on-track');

  const orders = () => applyNext(run, apply(run), act(run));
  const reports = () => actOnNextReport(run);
  const listening = Promise.all([
    whileOpen(run, () => run.commands.length > 0, orders),
    whileOpen(run, () => run.reports.length > 0, reports),
  ]);
  await Promise.race([STAGES[stage](run), condition(() => workflowInfo().continueAsNewSuggested)]);

  run.closing = true;
  await listening;
  // Reports are dealt with here; orders go with us, as far as they are no burden. The last run answers all of them.
  while (run.reports.length > 0 || (run.commands.length > 0 && !portable(run))) {
    await Promise.all([reports(), portable(run) ? undefined : orders()]);
  }
  while (run.passing.length > 0) await Promise.all(run.passing.splice(0));
  if (atStage(run) === 'closed') {
    tag(run, 'on-track');
    return;
  }
  await continueAsNew<typeof deployment>({ ...input, state: run.state, pending: run.commands });
}

async function whileOpen(run: DeploymentRun, arrived: () => boolean, next: () => Promise<void>): Promise<void> {
  for (;;) {
    await condition(() => arrived() || run.closing);
    if (run.closing) return;
    await next();
  }
}

/** A payload has at most 64 KB, and the state needs some of them. */
const PORTABLE_CHARACTERS = 16_000;

const portable = (run: DeploymentRun): boolean =>
  atStage(run) !== 'closed' && run.commands.reduce((sum, { envelope }) => sum + envelope.length, 0) <= PORTABLE_CHARACTERS;

// Read through a function: the compiler would otherwise believe that the stage cannot have changed.
const atStage = (run: DeploymentRun): string => run.state.stage;

/** Orders that give back what a stop took, or mend at the platform. */
const MENDING: readonly CommandKind[] = ['resume', 'lift', 'reissue', 'reconcile'];

const apply = (run: DeploymentRun) => (orders: CommandMessage[]) =>
  insist(run, 'an order', () =>
    applyCommands.executeWithOptions(summary('orders: verify, judge, record'), [{ name: run.input.name, orders }]),
  );

const act =
  (run: DeploymentRun) =>
  async (order: Applied): Promise<void> => {
    if (order.kind === 'retry' && order.scope.level === 'cohort') await retryCohorts(run, order);
    if (order.kind === 'release') await lateEvidence(run, 'a hold was released');
    const mends = MENDING.includes(order.kind) || (order.kind === 'promote' && order.scope.level === 'agent');
    if (mends) await startRemedy(run, order);
    // A cohort that was stopped when the evidence was put together.
    if (order.kind === 'resume' || order.kind === 'lift') await lateEvidence(run, 'a stop has ended');
  };
