import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createHttpLogReader } from '../../clients/recorder/http-reader.ts';
import type { LogReader } from '../../clients/recorder/reader.ts';
import type { DeploymentView } from '../../domain/view.ts';
import { runCli } from '../cli/run.ts';
import { freePort } from '../processes/ports.ts';
import type { RehearsalOptions } from '../rehearsal/options.ts';
import { scriptedPeople, type People } from '../rehearsal/people.ts';
import { madeUp } from '../rehearsal/setup.ts';
import { checkAfterwards, checkWords } from '../rehearsal/slack/afterwards.ts';
import { slackControl } from '../rehearsal/slack/control.ts';
import { ensureTools } from '../setup/tools.ts';
import { startStack, type Stack } from '../stack/stack.ts';

const LOOK_EVERY_MS = 500;

/**
 * One customer's executives sign card by card in Slack while another customer's cohorts are provisioned by the same workers:
 * how long from the click until the log has it.
 */
export async function benchSignOff(
  signing: RehearsalOptions,
  provisioning: RehearsalOptions,
  say: (line: string) => void,
): Promise<void> {
  const dir = join(signing.out, 'work');
  await rm(signing.out, { recursive: true, force: true });
  const platformPort = await freePort();
  const platform = `http://127.0.0.1:${platformPort}`;
  const folders = [];
  for (const options of [signing, provisioning]) {
    const at = join(dir, options.customer);
    const { deploymentFile: file, rootPublicKey } = await madeUp(options, { dir: at, platform });
    folders.push({ dir: at, file, rootKeys: [rootPublicKey] });
  }
  const tools = await ensureTools(['temporal', 'versitygw']);
  const stack = await startStack({ dir, customers: folders, platformPort, tools, speed: signing.speed });
  try {
    const file = folders[0]?.file;
    if (file?.slack === undefined || stack.slack === undefined) throw new Error('the customer that signs needs a Slack');
    const slack = slackControl(stack.slack, file.slack.team);
    let mayGoOn = false;
    const one = party(stack, signing, file, {
      say,
      slack,
      patient: true,
      refuseToAct: (id) => !mayGoOn && id.startsWith('sign/'),
    });
    await one.start();
    // Early enough that the other's agents are being created while these cards are signed, from T+38 to T+48.
    await one.until((view) => view.milestones['W2.05'] !== undefined);
    const other = folders[1]?.file;
    if (other === undefined) throw new Error('two customers are needed');
    const two = party(stack, provisioning, other, { say });
    await two.start();
    await two.until((view) => view.agents.total > 0 && view.progress.created > 0);
    mayGoOn = true;
    await one.until((view) => view.milestones['W2.11'] !== undefined);
    const { progress, agents } = (await two.log.state(two.name)) ?? {};
    const check = await checkAfterwards({
      ...{ control: slack, file, log: one.log, dir: join(signing.out, 'slack') },
      signal: AbortSignal.timeout(1),
    });
    say(
      `sign-offs while ${provisioning.cohorts} cohorts provision (${progress?.minted ?? 0} of ${agents?.total ?? 0} agents credentialled at the end):`,
    );
    say(checkWords(check)[0] ?? '');
    one.people.stop();
    two.people.stop();
  } finally {
    await stack.stop();
  }
}

/** A customer's deployment with its scripted people. */
export function party(
  stack: Stack,
  { customer, deployment }: RehearsalOptions,
  file: Parameters<typeof scriptedPeople>[0]['file'],
  more: Pick<Parameters<typeof scriptedPeople>[0], 'say' | 'slack' | 'patient' | 'refuseToAct'>,
) {
  const name = { customer, deployment };
  const log: LogReader = createHttpLogReader({
    url: stack.logEndpoints[customer] ?? '',
    token: stack.secrets[customer]?.log.read ?? '',
  });
  const connections = stack.connectionsFile;
  const people: People = scriptedPeople({ golive: runCli, connections, name, file, log, ...more });
  return {
    name,
    log,
    people,
    async start(): Promise<void> {
      const io = { stdout: () => undefined, stderr: () => undefined, isTTY: false, now: () => Date.now() };
      await runCli(['start', '--customer', customer, '--deployment', deployment, '--connections', connections], io);
    },
    async until(is: (view: DeploymentView) => boolean): Promise<void> {
      for (;;) {
        const view = await log.state(name);
        if (view !== undefined && is(view)) return;
        await sleep(LOOK_EVERY_MS);
      }
    },
  };
}
