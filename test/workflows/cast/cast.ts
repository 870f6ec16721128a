import type { WatchActivities } from '../../../activities/contract/watch.ts';
import type {
  ChannelActivities,
  CohortActivities,
  CommandResult,
  ControlActivities,
  DrillActivities,
  PeopleActivities,
  SetActivities,
  WaveActivities,
} from '../../../activities/contract.ts';
import { pause, refused } from '../../../activities/boundary.ts';
import { newClock, type ClockState } from '../../../domain/clock.ts';
import type { CommandKind, Scope } from '../../../domain/command.ts';
import type { PlannedCohort } from '../../../domain/entry.ts';
import { isFailureCode, type FailureCode } from '../../../domain/failure.ts';
import type { DeploymentName } from '../../../domain/ids.ts';
import type { DeploymentState } from '../../../workflows/deployment-state.ts';
import { uniqueName } from '../../support/servers/shared.ts';

export type Activities = ControlActivities &
  DrillActivities &
  SetActivities &
  CohortActivities &
  WaveActivities &
  ChannelActivities &
  PeopleActivities &
  WatchActivities;
export type ActivityName = keyof Activities;
type Input<K extends ActivityName> = Parameters<Activities[K]>[0];

export interface Call<K extends ActivityName = ActivityName> {
  activity: K;
  input: Input<K>;
}

/** The order that a test hands in, where a real one is a signed envelope; the fake `applyCommands` answers what it says. */
export interface FakeOrder {
  id: string;
  kind: CommandKind;
  scope: Scope;
  clock?: ClockState;
  /** An approval that says no. */
  rejected?: true;
  /** Refused with this, properly answered. */
  refused?: FailureCode;
}

/** One deployment's world as its workflows meet it: everything works, unless a test puts something else in its place. */
export interface Cast {
  name: DeploymentName;
  cohorts: PlannedCohort[];
  /** Every call, in the order of its arrival. */
  calls: Call[];
  /** The deployment as it is now, once it was started. */
  state?: () => Promise<DeploymentState>;
  /** What a test plays otherwise. */
  plays: Partial<Activities>;
  callsOf: <K extends ActivityName>(activity: K) => Call<K>['input'][];
  /** As the log has it: an order may change it. */
  clock: ClockState;
  /** Log index that the next applied order gets. */
  nextIndex: number;
}

const casts = new Map<string, Cast>();

export function newCast(cohorts: PlannedCohort[] = [], plays: Partial<Activities> = {}): Cast {
  const name = { customer: uniqueName('acme'), deployment: 'q4' };
  const cast: Cast = {
    name,
    cohorts,
    calls: [],
    plays,
    clock: newClock(1),
    nextIndex: 100,
    callsOf: <K extends ActivityName>(activity: K) =>
      cast.calls.filter((call): call is Call<K> => call.activity === activity).map((call) => call.input),
  };
  casts.set(name.customer, cast);
  return cast;
}

/** Every activity of the contract, as a worker takes them: each finds the cast that it belongs to by the customer's name. */
export function dispatched(): Activities {
  const names = Object.keys(everythingWorks({} as Cast)) as ActivityName[];
  const one = (activity: ActivityName) => async (input: { name: DeploymentName }) => {
    const cast = casts.get(input.name.customer);
    if (cast === undefined) throw refused('wrong_deployment', input.name.customer);
    cast.calls.push({ activity, input });
    const all: Record<string, unknown> = { ...everythingWorks(cast), ...cast.plays };
    const played = all[activity] as (given: unknown) => Promise<unknown>;
    return played(input);
  };
  return Object.fromEntries(names.map((name) => [name, one(name)])) as unknown as Activities;
}

const everythingWorks = (cast: Cast): Activities => ({
  openDeployment: async () => ({ cohorts: cast.cohorts, ramp: [100] }),
  applyCommands: async ({ orders }) => orders.map(({ envelope }) => answer(cast, JSON.parse(envelope) as FakeOrder)),
  // As the facts would have it: every cohort of the plan is ready, and then every one runs in shadow.
  async settleWindow({ window }) {
    const ways = { countdown: [], provision: ['ready', 'shadow'], validate: ['shadow', 'signed-off'], golive: [] } as const;
    const there: readonly string[] = ways[window];
    const standing = async () => Object.values((await cast.state?.())?.standing ?? {});
    while (there.length > 0 && !(await standing()).every((s) => there.includes(s))) await pause(50);
    return { late: 0, missed: 0 };
  },
  passGate: async () => ({ forward: cast.cohorts.map((c) => c.id), dead: [] }),
  noteBlocked: async () => undefined,
  writeBrief: async () => undefined,
  closeDeployment: async () => ({ result: 'live' }),
  verifySet: async () => ({ ok: true, clock: cast.clock }),
  registerCohorts: async () => ({ cohortSetId: 'set-1' }),
  preflight: async () => ({ halted: false, isolated: [] }),
  startShadow: async ({ cohorts }) => ({ running: cohorts.length }),
  takeSnapshot: async () => ({ snapshotId: 'snapshot-1' }),
  compileEvidence: async () => ({ groups: 1 }),
  createChunk: async () => ({ done: 1 }),
  bindCohort: async () => ({ done: 1 }),
  mintChunk: async () => ({ done: 1 }),
  smokeChunk: async () => ({ done: 1 }),
  confirmReady: async () => ({ done: 1 }),
  runShadow: async () => ({ done: 1 }),
  runExample: async () => ({ done: 1 }),
  notePhase: async () => undefined,
  openWave: async () => undefined,
  raise: async ({ cohorts }) => ({ in: cohorts, left: [] }),
  evaluate: async ({ cohorts }) => ({ in: cohorts, left: [] }),
  closeWave: async () => undefined,
  runDrill: async () => ({ asked: 1 }),
  watchQueues: async () => undefined,
  keepChannel: async () => undefined,
  watchPeople: async () => undefined,
  watchDeployment: async () => undefined,
});

function answer(cast: Cast, order: FakeOrder): CommandResult {
  const { id, kind, scope, clock, rejected } = order;
  cast.clock = clock ?? cast.clock;
  if (isFailureCode(order.refused)) return { outcome: 'refused', id, code: order.refused };
  return { outcome: 'applied', id, kind, scope, index: cast.nextIndex++, ...(clock && { clock }), ...(rejected && { rejected }) };
}

/** Works from the second call on; the first ones are refused, for good, with these codes. */
export function refusedFirst<I, O>(codes: FailureCode[], then: (input: I) => Promise<O>): (input: I) => Promise<O> {
  const open = [...codes];
  return async (input) => {
    const code = open.shift();
    if (code !== undefined) throw refused(code, 'as the test wants it');
    return then(input);
  };
}
