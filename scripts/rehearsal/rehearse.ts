import { join, relative } from 'node:path';
import { createHttpLogReader } from '../../clients/recorder/http-reader.ts';
import { stoppingFindings } from '../../domain/report/stopping-check.ts';
import type { InjectedFault } from '../../domain/report/stopping-table.ts';
import { runCli } from '../cli/run.ts';
import { readFaults } from './fault-file.ts';
import { injectFaults } from './faults.ts';
import { writeResults } from './results.ts';
import { watchMemory } from './memory.ts';
import type { RehearsalOptions } from './options.ts';
import { scriptedPeople } from './people.ts';
import { follow } from './progress.ts';
import { explainedBy, orderedBy, stoppingWords } from './stopping.ts';
import { prepare, type Rehearsal } from './setup.ts';
import { checkAfterwards, checkWords } from './slack/afterwards.ts';
import { slackControl } from './slack/control.ts';

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** The whole 72 hours on this machine; the exit code says how they ended. */
export async function rehearse(options: RehearsalOptions): Promise<number> {
  const faults = options.faults === undefined ? [] : await readFaults(options.faults);
  const begun = Date.now();
  const rehearsal = await prepare(options, say);
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  try {
    return await run(options, rehearsal, faults, stop.signal, begun);
  } finally {
    stop.abort();
    await rehearsal.stack.stop();
  }
}

async function run(
  options: RehearsalOptions,
  rehearsal: Rehearsal,
  faults: Awaited<ReturnType<typeof readFaults>>,
  signal: AbortSignal,
  begun: number,
): Promise<number> {
  const { stack, file } = rehearsal;
  const { customer, deployment, out } = options;
  const name = { customer, deployment };
  const log = createHttpLogReader({ url: stack.logEndpoints[customer] ?? '', token: stack.secrets[customer]?.log.read ?? '' });
  const memory = watchMemory(
    {
      control: () => stack.control.pid,
      engine: () => stack.engine.pid,
      gateway: () => stack.gateway.pid,
      log: () => stack.logs[customer]?.pid ?? 0,
    },
    { witness: () => stack.witnesses[customer]?.pid ?? 0 },
  );

  const started = await golive(['start', '--customer', customer, '--deployment', deployment], stack.connectionsFile, signal);
  if (started !== 0) return started;
  say(
    `look on with: npm run golive -- status --watch --connections ${relative(process.cwd(), stack.connectionsFile) || stack.connectionsFile}`,
  );

  const slack = stack.slack && slackControl(stack.slack, file.slack?.team ?? '');
  const people = scriptedPeople({
    ...{ golive: runCli, connections: stack.connectionsFile, name, file, log, say },
    ...(slack === undefined ? {} : { slack }),
    explain: explainedBy(faults),
  });
  const done: InjectedFault[] = [];
  const broken = injectFaults({
    ...{ faults, stack, log, name, audit: file.audit, say, signal },
    note: (fault) => void done.push(fault),
    order: orderedBy({ people, file, log, name }),
  }).catch((error: unknown) => say(`fault script: ${String(error)}`));
  const { view, closed } = await follow({ log, name, say, timeoutMs: options.timeoutMinutes * 60_000, signal });
  people.stop();
  await Promise.all([people.done, signal.aborted || !closed ? undefined : broken]);
  memory.stop();
  if (view === undefined) return 1;
  const clicks = slack && (await checkAfterwards({ control: slack, file, log, dir: join(out, 'slack'), signal }));

  const report = await writeResults({
    options,
    rehearsal,
    log,
    view,
    memory: memory.peak(),
    faults: done,
    wallSeconds: (Date.now() - begun) / 1000,
    say,
  });
  say(`\n${report.headline}`);
  if (clicks) checkWords(clicks).forEach(say);
  const missing = stoppingFindings(report);
  stoppingWords(report).forEach(say);
  say(
    `${relative(process.cwd(), join(out, 'report.html')) || join(out, 'report.html')} is the page to show; report.json and brief.md lie beside it.`,
  );
  if (options.json) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  if (options.keep && !signal.aborted) {
    say('Everything keeps running until Ctrl-C.');
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
  }
  const findings = missing.length + (clicks?.findings.length ?? 0);
  if (closed) return report.deployment.result === 'failed' || findings > 0 ? 1 : 0;
  say('The deployment did not close in time; golive status shows whom it waits for.');
  return signal.aborted ? 130 : 3;
}

/** The same command line that people use, in this process. */
const golive = (argv: string[], connections: string, signal: AbortSignal): Promise<number> =>
  runCli([...argv, '--connections', connections], {
    stdout: (text) => void process.stderr.write(text),
    stderr: (text) => void process.stderr.write(text),
    isTTY: false,
    now: () => Date.now(),
    signal,
  });
