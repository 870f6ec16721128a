import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeploymentView } from '../../domain/view.ts';
import { random } from '../../scripts/generate/random.ts';
import type { ManagedProcess } from '../../scripts/processes/process.ts';
import { root } from '../../scripts/stack/root.ts';
import { startTestStack, type TestStack } from '../support/stack/stack.ts';
import { injectFaults, type Faults } from './faults.ts';
import { hurry } from './hurry.ts';
import { MODES, Points } from './points.ts';
import { startRelay, type Relay } from './relay.ts';
import { keepAlive, startWorkers } from './workers.ts';

const COPIES = 3;

export interface SweepOptions {
  agents: number;
  cohorts: number;
  managers: number;
  speed: number;
  seed: number;
  /** Share of the points that are struck, in any order; 1: each of them, three times. */
  share: number;
  withinMs: number;
  say?: (line: string) => void;
}

export interface Sweep {
  stack: TestStack<'acme'>;
  points: Points;
  faults: Faults['done'];
  view: DeploymentView;
  close(): Promise<void>;
}

/** What the workers reach over HTTP, by what it is called in a report. */
const systemsOf = ({ parts }: TestStack<'acme'>): Record<string, string> => ({
  platform: parts.platformEndpoint,
  S3: parts.s3.endpoint,
  log: parts.logEndpoints['acme'] ?? '',
  ...(parts.slack === undefined ? {} : { Slack: parts.slack.endpoint }),
});

/** A whole run from T-0 to the close in which every call of every activity is struck; gives it back when it has closed. */
export async function sweep(options: SweepOptions): Promise<Sweep> {
  const { agents, cohorts, managers, speed, seed, share, withinMs, say = () => undefined } = options;
  const stack = await startTestStack(speed, { acme: { agents, cohorts, managers, seed, slack: true } });
  const { acme } = stack.customers;
  const points = new Points();
  const chance = random(seed, 'sweep');
  const chosen = new Map<string, boolean>();
  const names = new Set([acme.name.customer, acme.name.deployment, ...acme.planned.flatMap((c) => [c.id, c.group])]);
  const faults = injectFaults(points, names, (point, mode) => {
    const id = `${mode} ${point.key}`;
    const known = chosen.get(id) ?? chance.next() < share;
    chosen.set(id, known);
    return known;
  });
  const relays: Relay[] = [];
  for (const [name, endpoint] of Object.entries(systemsOf(stack))) {
    const relay = await startRelay(endpoint, faults.decide(name));
    relays.push(relay);
    for (const file of ['tenants.json', 'tenants-stop.json']) await redirect(join(stack.dir, file), endpoint, relay.endpoint);
  }
  const kept = keepAlive(await instead(stack));
  const hurried = hurry(stack.client, stack.parts.temporal.namespace, (pid) => faults.isDead(pid));

  const close = async (): Promise<void> => {
    hurried.stop();
    await kept.stop();
    await Promise.all(relays.map((relay) => relay.close()));
    await stack.stop();
  };
  try {
    await acme.start();
    acme.people();
    const telling = setInterval(() => say(told(points, faults.done.length)), 15_000);
    const view = await acme
      .until('it is closed', (v) => v.header.closedAt !== null, withinMs)
      .finally(() => clearInterval(telling));
    say(told(points, faults.done.length));
    return { stack, points, faults: faults.done, view, close };
  } catch (error) {
    say(told(points, faults.done.length));
    await close();
    throw error;
  }
}

const told = (points: Points, struck: number): string =>
  `${struck} faults at ${points.seen.size} points of ${points.activities.length} activities; ` +
  `${points.seen.size * MODES.length - points.covered} to go`;

/** The workers find the system where the relay is; people and the other parts do not notice. */
async function redirect(file: string, from: string, to: string): Promise<void> {
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replaceAll(from, to), { mode: 0o600 });
}

/** The stack's own workers go; ours do the same work, each kind several times. */
async function instead({ dir, parts }: TestStack<'acme'>): Promise<ManagedProcess[]> {
  const { control, engine, stops, temporal } = parts;
  await Promise.all([control, engine, ...stops].map((worker) => worker.stop()));
  const env = {
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    GOLIVE_TENANTS_FILE: join(dir, 'tenants.json'),
    GOLIVE_BUILD_DIR: join(root, '.golive', 'build'),
  };
  const stopping = { ...env, GOLIVE_TENANTS_FILE: join(dir, 'tenants-stop.json') };
  const kinds = await Promise.all([
    startWorkers('control', dir, env, COPIES),
    startWorkers('engine', dir, env, COPIES),
    startWorkers('stop', dir, stopping, 2),
  ]);
  return kinds.flat();
}
