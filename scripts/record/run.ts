import { temporalClient, temporalDeployments } from '../../clients/commands/temporal.ts';
import { createHttpLogReader } from '../../clients/recorder/http-reader.ts';
import { planHours } from '../../domain/clock.ts';
import { WORKFLOW_NAMES } from '../../workflows/messages/names.ts';
import { runCli } from '../cli/run.ts';
import { rehearsalOptions } from '../rehearsal/options.ts';
import { scriptedPeople } from '../rehearsal/people.ts';
import { follow } from '../rehearsal/progress.ts';
import { prepare } from '../rehearsal/setup.ts';
import { onStage, type Stage, type Step } from './stage.ts';
import { afterTheClose, aloneStopped, stops } from './stops.ts';
import { troubles } from './troubles.ts';

const NAME = { customer: 'acme', deployment: 'q4' };
const SIZE = ['--agents', '160', '--cohorts', '8', '--managers', '20', '--smoke-cohorts', '2', '--seed', '4'];

type Say = (line: string) => void;

/** A small deployment in which every shape of a history occurs, by what breaks and what people order. `use` gets the running Temporal. */
export async function recordingRun(out: string, say: Say, use: (temporalAddress: string) => Promise<void>): Promise<void> {
  const options = rehearsalOptions([...SIZE, '--out', out]);
  if (options === 'help') return;
  const rehearsal = await prepare(options, say);
  const { stack, file } = rehearsal;
  const stop = new AbortController();
  const { signal } = stop;
  const log = createHttpLogReader({
    url: stack.logEndpoints[NAME.customer] ?? '',
    token: stack.secrets[NAME.customer]?.log.read ?? '',
  });
  // As who has rights on the namespace.
  const { address, namespace } = stack.temporal;
  const temporal = temporalDeployments(temporalClient({ address, namespace }), WORKFLOW_NAMES);
  try {
    const connections = stack.connectionsFile;
    const stage = onStage({ rehearsal, name: NAME, log, client: temporal.client, signal, say });
    await temporal.start({ name: NAME, speed: file.speed, startedBy: file.startedBy });
    const people = scriptedPeople({ golive: runCli, connections, name: NAME, file, log, say });
    const plots = [troubles(stage), stops(stage), aloneStopped(stage)].map((steps) => play(steps, stage));
    const { closed } = await follow({ log, name: NAME, say, timeoutMs: options.timeoutMinutes * 60_000, signal });
    people.stop();
    if (closed) await play(afterTheClose(stage), stage);
    stop.abort();
    await Promise.all([people.done, ...plots]);
    if (!closed) throw new Error('The deployment did not close, so there is nothing to record.');
    await use(address);
  } finally {
    stop.abort();
    await temporal.close();
    await stack.stop();
  }
}

/** One step after the other, each when its moment has come. */
async function play(steps: Step[], { log, name, signal, say }: Stage): Promise<void> {
  const open = [...steps];
  while (open.length > 0 && !signal.aborted) {
    await new Promise((resolve) => setTimeout(resolve, 300));
    const view = await log.state(name, signal).catch(() => undefined);
    const plan = view && planHours(view.clock, Date.now());
    const next = open[0];
    if (view === undefined || next === undefined || !next.when(view, plan ?? -1)) continue;
    open.shift();
    say(`          ⚡ ${next.what}`);
    await next.act(view).catch((error: unknown) => say(String(error)));
  }
}
