import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { temporalClient } from '../../clients/commands/temporal.ts';
import { httpPlatform } from '../../clients/platform/http.ts';
import { freePort } from '../processes/ports.ts';
import type { RehearsalOptions } from '../rehearsal/options.ts';
import { madeUp } from '../rehearsal/setup.ts';
import { ensureTools } from '../setup/tools.ts';
import { ours } from '../stack/parts.ts';
import { startStack } from '../stack/stack.ts';
import { party } from './sign-off.ts';
import { linesOf } from './stop/figures.ts';
import { runPhase, startSignalled, type Field } from './stop/field.ts';
import { JournalTail } from './stop/journal-tail.ts';
import { liveCohorts } from './stop/live.ts';

const compareEvery = { bare: 10, signalled: 40 };

/**
 * The platform of a rehearsal remembers everything, half a million flips here. Its heap is large from the start, so that
 * nobody, golive or the bare loop, is measured while half of the machine walks through it.
 */
const ROOMY = ['--initial-heap-size=6000', '--max-old-space-size=8000', '--no-memory-reducer'];

/** Between a worker's kill -9 and its next start, as a supervisor would have it. */
const RESTART_MS = 1000;

/**
 * One customer's live cohorts are taken back to shadow again and again: while nothing else happens, with every stop worker
 * killed half-way, and while another customer's agents are provisioned by the same platform and the same Temporal.
 */
export async function benchStop(
  options: { stopped: RehearsalOptions; provisioning: RehearsalOptions; stops: number },
  say: (line: string) => void,
): Promise<void> {
  const { stopped, provisioning, stops } = options;
  const dir = join(stopped.out, 'work');
  await rm(stopped.out, { recursive: true, force: true });
  const platformPort = await freePort();
  const platform = `http://127.0.0.1:${platformPort}`;
  const made = [];
  for (const one of [stopped, provisioning]) {
    const at = join(dir, one.customer);
    made.push({ at, ...(await madeUp(one, { dir: at, platform })) });
  }
  const [mine, other] = made;
  if (!mine || !other) throw new Error('two customers are needed');
  const customers = made.map(({ at, deploymentFile: file, rootPublicKey }) => ({ dir: at, file, rootKeys: [rootPublicKey] }));
  const tools = await ensureTools(['temporal', 'versitygw']);
  const stack = await startStack({ dir, customers, platformPort, tools, speed: stopped.speed, platformArgs: ROOMY });
  const client = temporalClient({ address: stack.temporal.address, namespace: stack.temporal.namespace });
  const keys = stack.secrets[stopped.customer]?.platform ?? { forward: '', lower: '' };
  const endpoint = stack.platformEndpoint;
  const signalled = await startProcessFor(dir, stack.temporal.address, endpoint, keys.lower);
  const at = (key: string) => httpPlatform({ endpoint, key });
  const tail = new JournalTail(join(dir, 'platform', 'journal.jsonl'));
  try {
    const live = await liveCohorts({ forward: at(keys.forward), lower: at(keys.lower) }, mine.set, stopped.deployment);
    const field: Field = { client, file: mine.deploymentFile, keys: join(mine.at, 'keys'), live, tail };
    await startSignalled(field);

    const idle = await runPhase(field, { name: 'idle', stops: Math.ceil(stops * 0.78), everyMs: 1200, compareEvery });
    for (const line of linesOf('Idle', idle, { p99Ms: 1000, overBareMs: 250, times: 5 })) say(line);

    const midway = async (): Promise<void> => {
      await Promise.all(stack.stops.map((worker) => worker.kill9()));
      await sleep(RESTART_MS);
      await Promise.all(stack.stops.map((worker) => worker.restart()));
    };
    const killed = await runPhase(field, { name: 'killed', stops: Math.ceil(stops * 0.02), everyMs: 1200, midway });
    for (const line of linesOf('Every stop worker killed half-way', killed, { p99Ms: 15_000 })) say(line);

    const two = party(stack, provisioning, other.deploymentFile, { say });
    await two.start();
    await two.until((view) => view.progress.created > 0);
    const loaded = await runPhase(field, { name: 'loaded', stops: Math.ceil(stops * 0.2), everyMs: 3000, compareEvery });
    const { progress, agents } = (await two.log.state(two.name)) ?? {};
    two.people.stop();
    say(
      `(at the end ${progress?.created ?? 0} of ${agents?.total ?? 0} agents were created, ${progress?.minted ?? 0} had a credential)`,
    );
    for (const line of linesOf('While everything provisions', loaded, { p99Ms: 3000, overBareMs: 1000, times: 5 })) say(line);
  } finally {
    tail.close();
    await client.connection.close();
    await signalled.stop();
    await stack.stop();
  }
}

const startProcessFor = (dir: string, ...given: string[]) =>
  ours('signalled', dir, 'scripts/bench/stop/signalled.process.ts', {}, undefined, given);
