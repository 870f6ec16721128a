import { setTimeout as sleep } from 'node:timers/promises';
import { isClientError } from '../../clients/error.ts';
import { httpPlatform } from '../../clients/platform/http.ts';
import { bringDown } from '../../clients/platform/stop.ts';
import type { Platform } from '../../clients/platform/port.ts';
import type { Random } from '../../scripts/generate/random.ts';
import { namesOf } from '../rehearsal/steps.ts';
import { digest, MANAGERS, specOf } from '../rehearsal/world.ts';

const DEPLOYMENT = 'q4';
const AGENTS = 6;
const CHUNK = 3;
const COHORTS = ['alpha', 'beta'] as const;
/** Somebody stops this one alone, in half of the races, before everything is halted. */
export const ALONE = 'alpha-0';
const STAGES = ['create', 'bind', 'mint', 'smoke', 'run', 'ramp'] as const;
/** Forward writes from each stage to the end, but for the last few. */
const WRITES = [22, 18, 14, 10, 6, 4] as const;

export interface Race {
  customer: string;
  halt: string;
  lift: string;
  alone: string | null;
  /** Answers to what was sent after everything had been halted, under the generation of before. */
  late: string[];
  /** How many forward writes had been carried out, and refused as stopped, when all was quiet. */
  done: number;
  fenced: number;
  /** Of the agent that was stopped alone, when all others were live again. */
  ownMode: string | null;
  others: string[];
}

/** One deployment on its way at the platform, through the product's own client, which is halted at some moment. */
export class Racer {
  readonly #forward: Platform;
  readonly #lower: Platform;
  readonly #customer: string;
  readonly #chance: Random;
  #generation = 0;
  #snapshot = '';
  #done = 0;
  #fenced = 0;
  #answered = 0;

  constructor(endpoint: string, customer: string, chance: Random) {
    this.#customer = customer;
    this.#chance = chance;
    this.#forward = httpPlatform({ endpoint, key: `${customer}-forward` });
    this.#lower = httpPlatform({ endpoint, key: `${customer}-lower` });
  }

  async run(): Promise<Race> {
    const chance = this.#chance;
    await this.#forward.register({
      ...{ key: 'register/1', deployment: DEPLOYMENT, manifestSetDigest: digest('5'), generation: 0 },
      cohorts: COHORTS.map((cohort) => specOf(cohort, { agents: AGENTS })),
    });
    this.#snapshot = (await this.#forward.snapshot({ key: 'snapshot', deployment: DEPLOYMENT })).snapshotId;
    const start = chance.between(0, STAGES.length - 1);
    for (const stage of STAGES.slice(0, start)) await Promise.all(COHORTS.map((c) => this.#stage(c, stage)));
    const alone = start > 0 && chance.next() < 0.5 ? `alone-${this.#customer}` : null;
    if (alone !== null) await this.#stop(alone, 'terminate', { level: 'agent', names: [ALONE] });

    const halt = `halt-${this.#customer}`;
    // So many forward writes later, and a little: at once, or when nearly everything is done.
    const moment = this.#answered + chance.between(0, WRITES[start] ?? 0);
    const jitter = chance.next() * 4;
    const lanes = COHORTS.map(async (cohort) => {
      for (const stage of STAGES.slice(start)) await this.#stage(cohort, stage);
    });
    while (this.#answered < moment) await sleep(1);
    await sleep(jitter);
    await Promise.all([this.#stop(halt, 'halt', { level: 'deployment', names: [] }), ...lanes]);
    const [done, fenced] = [this.#done, this.#fenced];
    const late = await this.#late();

    const lift = `lift-${this.#customer}`;
    this.#generation = await this.#forward.liftFence({ commandId: halt, liftedBy: lift });
    for (const stage of STAGES) await Promise.all(COHORTS.map((c) => this.#stage(c, stage)));
    const { agents } = await this.#forward.agents(DEPLOYMENT, {});
    const own = agents.find((a) => a.agent === ALONE);
    const others = [...new Set(agents.filter((a) => a !== own || alone === null).map((a) => a.mode))];
    return { customer: this.#customer, halt, lift, alone, late, done, fenced, ownMode: own?.mode ?? null, others };
  }

  #stop(commandId: string, kind: 'halt' | 'terminate', scope: { level: 'agent' | 'deployment'; names: string[] }) {
    return bringDown(this.#lower, { deployment: DEPLOYMENT, commandId, kind, scope }, { callMs: 20_000, lookMs: 20_000 });
  }

  /** What a chunk or a cohort is taken through; whatever is refused is final and not repeated. */
  async #stage(cohort: string, stage: (typeof STAGES)[number]): Promise<void> {
    if (stage === 'run') return this.#flip(cohort, 'shadow', 0, true);
    if (stage === 'ramp') {
      for (const percent of [25, 50, 100]) await this.#flip(cohort, 'live', percent, false);
      return;
    }
    const names = namesOf(cohort, AGENTS);
    const chunks = [names.slice(0, CHUNK), names.slice(CHUNK)];
    await Promise.all(chunks.map((chunk) => this.#counted(() => this.#chunk(cohort, stage, chunk))));
  }

  async #chunk(cohort: string, stage: 'create' | 'bind' | 'mint' | 'smoke', agents: string[]): Promise<number> {
    const common = { deployment: DEPLOYMENT, cohort, generation: this.#generation };
    const item = (agent: string) => ({ key: `${this.#customer}/q4/${cohort}/${agent}/${stage}/1`, agent });
    const managed = agents.map((agent, n) => ({ ...item(agent), managerEmail: MANAGERS[n % 3] ?? '' }));
    const plain = agents.map(item);
    const reply = {
      create: () => this.#forward.create({ ...common, items: managed }),
      bind: () => this.#forward.bind({ ...common, snapshotId: this.#snapshot, items: managed }),
      mint: () => this.#forward.mint({ ...common, items: plain.map((i) => ({ ...i, credentialGeneration: 1 })) }),
      smoke: () => this.#forward.smoke({ ...common, items: plain }),
    }[stage];
    return (await reply()).items.length;
  }

  async #flip(cohort: string, mode: 'shadow' | 'live', livePercent: number, run: boolean): Promise<void> {
    const generation = this.#generation;
    await this.#counted(async () => {
      const [state] = await this.#forward.cohorts(DEPLOYMENT, undefined, cohort);
      const key = `${cohort}/${mode}/${livePercent}/${generation}/${state?.etag ?? ''}`;
      const at = { deployment: DEPLOYMENT, cohort, ifMatch: state?.etag ?? '' };
      await this.#forward.setMode(at, { key, mode, livePercent, run, generation });
      return 1;
    });
  }

  async #counted(act: () => Promise<number>): Promise<void> {
    try {
      const items = await act();
      this.#done += items;
    } catch (error) {
      if (!isClientError(error) || error.code === 'platform_unreachable') throw error;
      if (error.code === 'fenced') this.#fenced += 1;
    } finally {
      this.#answered += 1;
    }
  }

  /** One of each kind of forward write, as somebody's retry would send it who has not heard of the halt. */
  async #late(): Promise<string[]> {
    const answer = async (act: () => Promise<unknown>): Promise<string> =>
      act().then(
        () => 'done',
        (error: unknown) => (isClientError(error) ? error.code : String(error)),
      );
    const [state] = await this.#forward.cohorts(DEPLOYMENT, undefined, 'beta');
    const at = { deployment: DEPLOYMENT, cohort: 'beta', ifMatch: state?.etag ?? '' };
    const flip = { key: 'late/flip', mode: 'live', livePercent: 100, run: false, generation: this.#generation } as const;
    return Promise.all([
      answer(() => this.#forward.setMode(at, flip)),
      ...(['create', 'mint', 'smoke'] as const).map((stage) => answer(() => this.#chunk('beta', stage, [`beta-late-${stage}`]))),
    ]);
  }
}
