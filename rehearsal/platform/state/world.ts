import type { Answering, World } from '../config.ts';
import type { ControlAction } from '../control.schema.ts';
import type { Behaviour } from '../work/behaviour.ts';
import { Bucket } from './bucket.ts';
import { Hris } from './hris.ts';

export interface Connector {
  id: string;
  deployed: boolean;
  up: boolean;
  identity: string;
}

/** What golive finds at a customer's and does not change: people, connectors, the cluster, and what goes wrong. */
export class CustomerWorld {
  readonly hris: Hris;
  readonly answering: Readonly<Record<string, Answering>>;
  readonly connectors: Map<string, Connector>;
  readonly pods: World['pods'];
  networkPolicy: World['networkPolicy'];
  readonly queuesMissing = new Set<string>();
  readonly preflight: Map<string, World['faults']['preflight'][string]>;
  readonly smokeDeny: Set<string>;
  readonly exampleMismatch: Set<string>;
  readonly unstable: Set<string>;
  readonly behaviour = new Map<string, Behaviour>();
  readonly unhealthy = new Set<string>();
  /** As whom agents should log in at each connector. */
  readonly identities: ReadonlyMap<string, string>;
  mintPerHour: number | null;
  /** Null where nothing limits minting. */
  minting: Bucket | null;
  readonly #speed: number;

  constructor(world: World, speed: number) {
    this.#speed = speed;
    this.hris = new Hris(world.employees);
    this.answering = world.managerAnswering;
    this.connectors = new Map(world.connectors.map((connector) => [connector.id, { ...connector, up: true }]));
    this.identities = new Map(world.connectors.map(({ id, identity }) => [id, identity]));
    this.pods = world.pods.map((pod) => ({ ...pod }));
    this.networkPolicy = world.networkPolicy;
    this.preflight = new Map(Object.entries(world.faults.preflight));
    this.smokeDeny = new Set(world.faults.smokeDeny);
    this.exampleMismatch = new Set(world.faults.exampleMismatch);
    this.unstable = new Set(world.faults.unstable);
    this.mintPerHour = world.mintLimitPerHour;
    this.minting = this.#bucket(0);
  }

  /** Answers the name of what the action is about when the customer has no such thing. */
  missing(action: ControlAction): string | null {
    if ('connector' in action) return this.connectors.has(action.connector) ? null : action.connector;
    if (action.action === 'pod-phase') return this.pods.some((pod) => pod.name === action.pod) ? null : action.pod;
    return null;
  }

  change(action: ControlAction, at: number): void {
    switch (action.action) {
      case 'connector-down':
      case 'connector-up':
        this.#connector(action.connector, { up: action.action === 'connector-up' });
        break;
      case 'connector-deploy':
        this.#connector(action.connector, { deployed: action.deployed });
        break;
      case 'connector-identity':
        this.#connector(action.connector, { identity: action.identity });
        break;
      case 'pod-phase':
        for (const pod of this.pods) if (pod.name === action.pod) pod.phase = action.phase;
        break;
      case 'network-policy':
        this.networkPolicy = { ...this.networkPolicy, spec: action.spec };
        break;
      case 'employee-add':
        this.hris.add({ email: action.email, name: action.name, managerEmail: action.managerEmail });
        break;
      case 'employee-remove':
        this.hris.remove(action.email);
        break;
      case 'hris-auth':
        this.hris.authenticated = action.authenticated;
        break;
      case 'queue-remove':
        this.queuesMissing.add(action.manager);
        break;
      case 'queue-add':
        this.queuesMissing.delete(action.manager);
        break;
      case 'preflight-fail':
        this.preflight.set(action.cohort, action.code);
        break;
      case 'preflight-fix':
        this.preflight.delete(action.cohort);
        break;
      case 'smoke-deny':
        this.smokeDeny.add(action.cohort);
        break;
      case 'smoke-allow':
        this.smokeDeny.delete(action.cohort);
        break;
      case 'example-mismatch':
        this.exampleMismatch.add(action.cohort);
        break;
      case 'example-fix':
        this.exampleMismatch.delete(action.cohort);
        break;
      case 'unstable':
        this.unstable.add(action.cohort);
        break;
      case 'stable':
        this.unstable.delete(action.cohort);
        break;
      case 'write-rate':
        this.#behave(action.cohort, { writes: action.factor });
        break;
      case 'call-volume':
        this.#behave(action.cohort, { volume: action.factor });
        break;
      case 'latency':
        this.#behave(action.cohort, { slow: { ms: action.ms, share: action.share } });
        break;
      case 'errors':
        this.#behave(action.cohort, { errors: action.share });
        break;
      case 'verdicts':
        this.#behave(action.cohort, { warn: action.warn, deny: action.deny });
        break;
      case 'normal':
        this.behaviour.delete(action.cohort);
        break;
      case 'unhealthy':
        this.unhealthy.add(action.cohort);
        break;
      case 'healthy':
        this.unhealthy.delete(action.cohort);
        break;
      case 'mint-limit':
        this.mintPerHour = action.perHour;
        this.minting = this.#bucket(at);
        break;
      // These concern a cohort's agents, not the world around them.
      case 'wrong-identity':
      case 'right-identity':
      case 'drift':
      case 'drift-mend':
      case 'unavailable-for':
      case 'careless':
      case 'execute-then-timeout':
      case 'execute-then-garble':
      case 'refuse-next':
        break;
    }
  }

  #behave(cohort: string, change: Behaviour): void {
    this.behaviour.set(cohort, { ...this.behaviour.get(cohort), ...change });
  }

  #connector(id: string, change: Partial<Connector>): void {
    const connector = this.connectors.get(id);
    if (connector) Object.assign(connector, change);
  }

  #bucket(at: number): Bucket | null {
    return this.mintPerHour === null ? null : new Bucket((this.mintPerHour * this.#speed) / 3600, at);
  }
}
