import { continueAsNew } from '@temporalio/workflow';
import { applyCommands, openRun, tag, type Applied, type DeploymentRun } from './deployment-run.ts';
import { actOnReports } from './reports.ts';
import { retryCohorts } from './retry.ts';
import { countdown } from './stages/countdown.ts';
import { goLive } from './stages/golive.ts';
import { provision } from './stages/provision.ts';
import { validate } from './stages/validate.ts';
import type { CommandMessage, DeploymentInput } from './messages/deployment.ts';
import { insist } from './insist.ts';
import { lateEvidence } from './late-evidence.ts';
import { applyCommand } from './proxies.ts';
import { summary } from './summary.ts';

const STAGES = { countdown, provision, validate, golive: goLive } as const;

/**
 * The runbook of one customer, a stage per run: countdown, PROVISION, VALIDATE, GO LIVE. Each stage ends with its gate,
 * and the next one begins in a fresh run, so that no history grows for 72 hours.
 */
export async function deployment(input: DeploymentInput): Promise<void> {
  const run = openRun(input);
  const { stage } = run.state;
  if (stage === 'closed') return;
  tag(run, 'on-track');

  const listen = () =>
    Promise.all([
      applyCommands(
        run,
        (message) => apply(run, message),
        (order) => act(run, order),
      ),
      actOnReports(run),
    ]);
  let listening = listen();
  await STAGES[stage](run);

  // What arrives while the last of it is being dealt with is dealt with too: nothing is left behind in a run that ends.
  run.closing = true;
  await listening;
  while (run.commands.length > 0 || run.reports.length > 0) {
    listening = listen();
    await listening;
  }
  if (atStage(run) === 'closed') {
    tag(run, 'on-track');
    return;
  }
  await continueAsNew<typeof deployment>({ ...input, state: run.state });
}

// Read through a function: the compiler would otherwise believe that the stage cannot have changed.
const atStage = (run: DeploymentRun): string => run.state.stage;

const apply = (run: DeploymentRun, { envelope, handedInAt }: CommandMessage) =>
  insist(run, 'an order', () =>
    applyCommand.executeWithOptions(summary('an order: verify, judge, record'), [{ name: run.input.name, envelope, handedInAt }]),
  );

async function act(run: DeploymentRun, order: Applied): Promise<void> {
  if (order.kind === 'retry' && order.scope.level === 'cohort') await retryCohorts(run, order);
  if (order.kind === 'release') await lateEvidence(run, 'a hold was released');
}
