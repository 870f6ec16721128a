import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { isClientError } from '../../../clients/error.ts';
import { shutDownBy } from '../../../clients/platform/stop.ts';
import { plural } from '../../../domain/describe/words.ts';
import { deploymentId } from '../../../domain/ids.ts';
import { ROLE_TITLES } from '../../../domain/roles.ts';
import { CliError, EXIT, type ExitCode } from '../io.ts';
import { paintFor, widthOf } from '../paint.ts';
import { checkStored } from '../plan/check.ts';
import { problemLines } from '../plan/picture.ts';
import type { CommonOptions, Session } from '../session.ts';
import { addVerb, type Cli } from '../verb.ts';
import { golive } from '../words.ts';
import { watch } from './status.ts';

interface StartOptions extends CommonOptions {
  wait?: boolean;
  color?: boolean;
}

export function startVerb(program: Command, cli: Cli): void {
  addVerb<StartOptions>(program, cli, {
    usage: 'start',
    summary: 'start the deployment: the countdown begins',
    description:
      'Verifies deployment file and manifest set before anything has happened; approvals are only told. T-0 comes later,\nwith golive clock start. A deployment is started once.',
    examples: ['golive start', 'golive start --deployment q4 --wait --timeout 100h'],
    options: (c) => c.option('--wait', 'show its status until it is closed'),
    run: start,
  });
}

async function start(session: Session, _args: string[], options: StartOptions): Promise<ExitCode> {
  const { io } = session;
  const name = await session.name();
  const id = deploymentId(name);
  const checked = await checkStored(session);
  if (checked.status === 'refused') {
    if (options.json === true)
      io.stdout(`${JSON.stringify({ started: false, problems: checked.problems, omitted: checked.omitted })}\n`);
    else io.stdout(`${problemLines(checked.problems, { paint: paintFor(io, options), width: widthOf(io) }).join('\n')}\n`);
    io.stderr(`${id} was not started: the manifest set has ${plural(checked.problems.length + checked.omitted, 'problem')}.\n`);
    return EXIT.usage;
  }
  const { file, set } = checked;
  await refuseShutDown(session);
  const temporal = await session.systems.temporal();
  const answer = await temporal.start({ name, speed: file.speed, startedBy: file.startedBy }, io.signal);
  if (answer === 'already-started') {
    throw new CliError(EXIT.refused, `${id} was started before, and a deployment is started once.`, {
      next: `${golive(session, ['status'])} shows where it is.`,
      code: 'already_done',
    });
  }
  const opened = await openedWithin(session, Math.min(options.timeout ?? OPENED_WITHIN_MS, OPENED_WITHIN_MS));
  if (options.json === true)
    io.stdout(
      `${JSON.stringify({ started: true, ...name, manifestSetDigest: set.digest, agents: set.agents, cohorts: set.manifests.length, opened })}\n`,
    );
  else
    io.stdout(`Started ${id}: ${plural(set.agents, 'agent')} in ${plural(set.manifests.length, 'cohort')}, set ${set.digest}.\n`);
  if (!opened) io.stderr('No worker has taken it up yet; nothing is lost. golive doctor shows which workers are there.\n');
  const missing = set.approvalsMissing.map((role) => ROLE_TITLES[role]);
  if (missing.length > 0) io.stderr(`No approval in the set by ${missing.join(', ')}: each runs golive approve set.\n`);
  if (options.wait === true) return watch(session, options);
  io.stderr(`Next: ${golive(session, ['status', '--watch'])}\n`);
  return EXIT.ok;
}

/** Said here, where somebody waits for it; while the platform does not answer, the engine finds out, and waits. */
async function refuseShutDown(session: Session): Promise<void> {
  const { io, systems, connection } = session;
  if (connection.platform === undefined) return;
  const { customer, deployment } = await session.name();
  const order = await shutDownBy(await systems.platform(), deployment, io.signal).catch((error: unknown) => {
    if (isClientError(error)) return undefined;
    throw error;
  });
  if (order === undefined) return;
  throw new CliError(EXIT.refused, `Everything of ${customer} is shut down (${order}), and nothing of it is started.`, {
    next: `In a deployment that it stopped, by the Security Lead and by the Deployment Lead: golive lift ${order}`,
    code: 'stopped',
  });
}

const OPENED_WITHIN_MS = 5_000;

/** The first word in the log: a worker has it. */
async function openedWithin({ systems, io, name }: Session, ms: number): Promise<boolean> {
  const until = Date.now() + ms;
  for (;;) {
    try {
      const view = await (await systems.log()).state(await name(), io.signal);
      if (view && view.header.openedAt !== null) return true;
    } catch {
      io.signal?.throwIfAborted();
    }
    if (Date.now() >= until) return false;
    await sleep(150, undefined, { signal: io.signal });
  }
}
