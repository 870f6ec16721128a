import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { planHours } from '../../domain/clock.ts';
import type { DeploymentView } from '../../domain/view.ts';
import type { TestCustomer } from '../support/stack/customer.ts';
import { startTestStack, type TestStack } from '../support/stack/stack.ts';
import { runThrough, type Company } from './company.ts';
import { injectFaults, type Fault, type Faults } from './faults.ts';
import { startGrpcRelay } from './grpc-relay.ts';
import { hurry } from './hurry.ts';
import type { Points } from './points.ts';
import { startRelay, type Relay } from './relay.ts';
import { activitiesOf, keepAlive, startKinds, type Kept } from './workers.ts';

/** A workflow task that dies with its worker is another's after this long, not after 10 s: hundreds of them die. */
const SOON_ELSEWHERE = ['--dynamic-config-value', 'history.defaultWorkflowTaskTimeout="2s"'];

/** Of the same stack and the same workers; what one of them has no occasion for, the other may have. */
const CUSTOMERS = ['acme', 'globex'];

export interface SweepOptions {
  /** One or two. */
  customers: number;
  company: Company;
  speed: number;
  withinMs: number;
  say: (line: string) => void;
  /** When the first of them may go live: from then on most is waiting. */
  onWaves?: () => void;
}

/** Runs under faults, as they ended; their parts still stand. */
export interface Swept {
  stack: TestStack<string>;
  ends: { customer: TestCustomer; view: DeploymentView }[];
  faults: readonly Fault[];
  /** Activities that the workers have. */
  activities: string[];
  /** What happened on the way that nobody did on purpose. */
  problems: string[];
  close(): Promise<void>;
}

/** Whole runs in which every call of every activity is struck, as far as `points` want it; gives them back when all is over. */
export async function sweep(points: Points, options: SweepOptions): Promise<Swept> {
  const { company, speed, withinMs, say, onWaves } = options;
  const names = CUSTOMERS.slice(0, options.customers);
  const swept = Object.fromEntries(names.map((name) => [name, { ...company, slack: true }]));
  const stack = await startTestStack(speed, swept, { temporalArgs: SOON_ELSEWHERE });
  const hurried = hurry(stack.client, stack.parts.temporal.namespace, (pid) => faults.isDead(pid));
  const faults: Faults = injectFaults(points, namesOf(Object.values(stack.customers)), hurried.died);
  const relays = await interpose(stack, faults);
  const kept = await instead(stack, relays.temporal);
  const told = () =>
    `${faults.done.length} faults, ${points.seen.size} points of ${points.activities.length} activities, ${points.open.length} open`;
  const telling = setInterval(() => {
    void Promise.all(Object.values(stack.customers).map(where)).then((places) => say(`${told()}; ${places.join(', ')}`));
  }, 15_000);
  const close = async (): Promise<void> => {
    hurried.stop();
    await kept.stop();
    await Promise.all(relays.all.map((relay) => relay.close()));
    await stack.stop();
  };
  try {
    const ends = await Promise.all(
      Object.values(stack.customers).map(async (customer) => ({
        customer,
        view: await runThrough(stack, customer, withinMs, onWaves),
      })),
    );
    const problems = [...kept.fell, ...faults.endless.map((key) => `no time-out: ${key}`)];
    return { stack, ends, faults: faults.done, activities: await activitiesOf(stack.dir), problems, close };
  } catch (error) {
    await close();
    throw error;
  } finally {
    clearInterval(telling);
    say(told());
  }
}

/** How far it has come; its log may be away for a moment. */
async function where(customer: TestCustomer): Promise<string> {
  const hours = await customer.view().then(
    ({ clock }) => planHours(clock, Date.now()),
    () => null,
  );
  return `${customer.name.customer} ${hours === null ? 'T-?' : `T${hours < 0 ? '' : '+'}${hours.toFixed(0)}`}`;
}

/** What differs between one customer and the other, and between cohorts: where it stands in an address, it is no other point. */
const namesOf = (customers: readonly TestCustomer[]): Set<string> =>
  new Set(
    customers.flatMap(({ name, file, planned }) => [
      ...[name.customer, name.deployment, file.manifestSet.bucket, file.audit.bucket],
      ...planned.flatMap((cohort) => [cohort.id, cohort.group]),
    ]),
  );

/** What the workers reach over HTTP, and by what it is called in a report. */
const systemsOf = ({ parts }: TestStack<string>): [name: string, endpoint: string][] => [
  ['platform', parts.platformEndpoint],
  ['S3', parts.s3.endpoint],
  ...Object.values(parts.logEndpoints).map((endpoint): [string, string] => ['log', endpoint]),
  ...(parts.slack === undefined ? [] : [['Slack', parts.slack.endpoint] satisfies [string, string]]),
];

/** The workers find each system where its relay is; people and the other parts do not notice. */
async function interpose(stack: TestStack<string>, faults: Faults): Promise<{ all: Relay[]; temporal: string }> {
  const temporal = await startGrpcRelay(stack.parts.temporal.address, faults.decide('Temporal'));
  const all = [temporal];
  for (const [name, endpoint] of systemsOf(stack)) {
    const relay = await startRelay(endpoint, faults.decide(name));
    all.push(relay);
    for (const file of ['tenants.json', 'tenants-stop.json']) await redirect(join(stack.dir, file), endpoint, relay.endpoint);
  }
  return { all, temporal: temporal.endpoint };
}

async function redirect(file: string, from: string, to: string): Promise<void> {
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replaceAll(from, to), { mode: 0o600 });
}

/** The stack's own workers go; ours do the same work, each kind several times. */
async function instead({ dir, parts }: TestStack<string>, relay: string): Promise<Kept> {
  const { control, engine, stops, temporal } = parts;
  await Promise.all([control, engine, ...stops].map((worker) => worker.stop()));
  return keepAlive(await startKinds({ dir, relay, temporal }));
}
