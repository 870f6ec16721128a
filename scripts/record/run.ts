import { temporalClient, temporalDeployments } from '../../clients/commands/temporal.ts';
import { createHttpLogReader } from '../../clients/recorder/http-reader.ts';
import { planHours } from '../../domain/clock.ts';
import type { CohortView, DeploymentView } from '../../domain/view.ts';
import { WORKFLOW_NAMES } from '../../workflows/messages/names.ts';
import { runCli } from '../cli/run.ts';
import { rehearsalOptions } from '../rehearsal/options.ts';
import { scriptedPeople } from '../rehearsal/people.ts';
import { follow } from '../rehearsal/progress.ts';
import { prepare, type Rehearsal } from '../rehearsal/setup.ts';

const NAME = { customer: 'acme', deployment: 'q4' };
const SIZE = ['--agents', '160', '--cohorts', '8', '--managers', '20', '--smoke-cohorts', '2', '--seed', '4'];

type Say = (line: string) => void;

/** Something that a person does, or that breaks, once its moment has come. */
interface Step {
  what: string;
  when(view: DeploymentView, plan: number): boolean;
  act(): Promise<void>;
}

/**
 * A small deployment in which every shape of a history occurs: two cohorts whose smoke is denied, of which one is retried;
 * one that is held from window 2 on; one that is unstable in its wave and promoted again. `use` gets the running Temporal.
 */
export async function recordingRun(out: string, say: Say, use: (temporalAddress: string) => Promise<void>): Promise<void> {
  const options = rehearsalOptions([...SIZE, '--out', out]);
  if (options === 'help') return;
  const rehearsal = await prepare(options, say);
  const stop = new AbortController();
  try {
    const log = createHttpLogReader({
      url: rehearsal.stack.logEndpoints[NAME.customer] ?? '',
      token: rehearsal.stack.secrets[NAME.customer]?.log.read ?? '',
    });
    const connections = rehearsal.stack.connectionsFile;
    const golive = (argv: string[]) =>
      runCli([...argv, '--customer', NAME.customer, '--deployment', NAME.deployment, '--connections', connections], {
        stdout: () => undefined,
        stderr: (text) => say(text.trim()),
        isTTY: false,
        now: () => Date.now(),
        signal: stop.signal,
      });
    await start(rehearsal);
    const people = scriptedPeople({ golive: runCli, connections, name: NAME, file: rehearsal.file, log, say });
    const plot = play(await scenario(rehearsal, log, golive, stop.signal), log, stop.signal, say);
    const { closed } = await follow({ log, name: NAME, say, timeoutMs: options.timeoutMinutes * 60_000, signal: stop.signal });
    people.stop();
    stop.abort();
    await Promise.all([people.done, plot]);
    if (!closed) throw new Error('The deployment did not close, so there is nothing to record.');
    await use(rehearsal.stack.temporal.address);
  } finally {
    stop.abort();
    await rehearsal.stack.stop();
  }
}

/** As who has rights on the namespace. */
async function start({ stack, file }: Rehearsal): Promise<void> {
  const { address, namespace } = stack.temporal;
  const deployments = temporalDeployments(temporalClient({ address, namespace }), WORKFLOW_NAMES);
  await deployments.start({ name: NAME, speed: file.speed, startedBy: file.startedBy });
  await deployments.close();
}

type Log = ReturnType<typeof createHttpLogReader>;
type Golive = (argv: string[]) => Promise<number>;

async function scenario({ stack, file }: Rehearsal, log: Log, golive: Golive, signal: AbortSignal): Promise<Step[]> {
  const lead = file.people.find((p) => p.roles.includes('deployment-lead'))?.id ?? '';
  const control = async (action: string, cohort: string): Promise<void> => {
    await fetch(`${stack.platformEndpoint}/control`, {
      method: 'POST',
      headers: { authorization: `Bearer ${stack.controlKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ action, customer: NAME.customer, cohort }),
      signal,
    });
  };
  const order = async (...argv: string[]): Promise<void> =>
    void (await golive([...argv, '--reason', 'for the record', '--as', lead]));
  const cohorts = async (): Promise<CohortView[]> => Object.values((await log.state(NAME, signal))?.cohorts ?? {});
  const isolated = (view: DeploymentView) => Object.values(view.cohorts).filter((c) => c.phase === 'isolated');
  const well = async (shape: string, nth: number): Promise<string> => {
    const all = (await cohorts()).filter((c) => c.shape === shape && (c.phase === 'shadow' || c.phase === 'signed-off'));
    return all[nth]?.id ?? '';
  };
  let retried = '';
  let held = '';
  let unstable = '';
  return [
    {
      what: 'a denied cohort is mended and retried',
      when: (view) => isolated(view).length === 2,
      async act() {
        retried = (await cohorts()).find((c) => c.phase === 'isolated')?.id ?? '';
        await control('smoke-allow', retried);
        await order('retry', '--cohort', retried);
      },
    },
    {
      what: 'a cohort is held',
      when: (_view, plan) => plan > 33,
      async act() {
        held = await well('research', 0);
        await order('hold', '--cohort', held);
      },
    },
    {
      what: 'a cohort becomes unstable',
      when: (_view, plan) => plan > 49,
      async act() {
        unstable = (await well('production', 0)) || (await well('coordination', 0));
        await control('unstable', unstable);
      },
    },
    {
      what: 'the unstable cohort is mended and promoted again',
      when: (view) => unstable !== '' && view.cohorts[unstable]?.phase === 'held',
      async act() {
        await control('stable', unstable);
        await order('promote', '--cohort', unstable);
      },
    },
  ];
}

async function play(steps: Step[], log: Log, signal: AbortSignal, say: Say): Promise<void> {
  const open = [...steps];
  while (open.length > 0 && !signal.aborted) {
    await new Promise((resolve) => setTimeout(resolve, 300));
    const view = await log.state(NAME, signal).catch(() => undefined);
    const plan = view && planHours(view.clock, Date.now());
    const next = open[0];
    if (view === undefined || next === undefined || !next.when(view, plan ?? -1)) continue;
    open.shift();
    say(`          ⚡ ${next.what}`);
    await next.act().catch((error: unknown) => say(String(error)));
  }
}
