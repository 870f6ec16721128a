import type { Answer, RunningPlatform } from './running-platform.ts';
import { digest, MANAGERS, specOf } from './world.ts';
import type { Spec } from './world.ts';

export const COHORT = 'helpers';
export const namesOf = (cohort: string, agents: number): string[] => Array.from({ length: agents }, (_, n) => `${cohort}-${n}`);

/** What a rehearsal does to a cohort, step by step, for deployment q4 of acme unless told otherwise; each step can be sent again as it is. */
export class Steps {
  readonly platform: RunningPlatform;
  readonly deployment: string;
  generation = 0;
  snapshotId = '';

  constructor(platform: RunningPlatform, deployment = 'q4') {
    this.platform = platform;
    this.deployment = deployment;
  }

  register(specs: Spec[], key = 'register/1'): Promise<Answer> {
    const body = {
      key,
      deployment: this.deployment,
      manifestSetDigest: digest('5'),
      generation: this.generation,
      cohorts: specs,
    };
    return this.platform.post('/v1/agents/cohorts/from-manifests', body);
  }
  async snapshot(): Promise<void> {
    const { body } = await this.platform.post('/v1/hris/snapshots', {
      key: `${this.deployment}/snapshot`,
      deployment: this.deployment,
    });
    this.snapshotId = (body as { snapshotId: string }).snapshotId;
  }
  create(agents: string[], cohort = COHORT, attempt = 1): Promise<Answer> {
    return this.#bulk('/v1/agents', cohort, agents, `create/${attempt}`, (n) => ({ managerEmail: MANAGERS[n % 3] }));
  }
  bind(agents: string[], cohort = COHORT): Promise<Answer> {
    const { snapshotId } = this;
    return this.#bulk('/v1/bindings', cohort, agents, 'bind/1', (n) => ({ managerEmail: MANAGERS[n % 3] }), { snapshotId });
  }
  mint(agents: string[], cohort = COHORT, generation = 1): Promise<Answer> {
    return this.#bulk('/v1/credentials', cohort, agents, `mint/${generation}`, () => ({ credentialGeneration: generation }));
  }
  smoke(agents: string[], cohort = COHORT, attempt = 1): Promise<Answer> {
    return this.#bulk('/v1/intercept/no-op', cohort, agents, `smoke/${attempt}`, () => ({}));
  }
  async flip(cohort: string, mode: string, rest: { livePercent?: number; run?: boolean; key?: string } = {}): Promise<Answer> {
    const { etag } = await this.state(cohort);
    const { livePercent = mode === 'live' ? 100 : 0, run = false, key = `flip/${cohort}/${mode}/${livePercent}/${etag}` } = rest;
    return this.putMode(cohort, etag, { key, mode, livePercent, run, generation: this.generation });
  }
  putMode(cohort: string, etag: string, body: unknown, key?: string): Promise<Answer> {
    return this.platform.put(`/v1/deployments/${this.deployment}/cohorts/${cohort}/mode`, body, {
      ifMatch: etag,
      ...(key ? { key } : {}),
    });
  }
  async state(cohort = COHORT) {
    const { body } = await this.platform.get(`/v1/deployments/${this.deployment}/cohorts?cohort=${cohort}`);
    return (
      body as {
        cohorts: [
          { etag: string; mode: string; ceiling: string; byMode: Record<string, number>; byLifecycle: Record<string, number> },
        ];
      }
    ).cohorts[0];
  }

  /** Registers the cohorts and takes every agent as far as a credential that works. */
  async provision(...specs: Spec[]): Promise<void> {
    await this.register(specs);
    await this.snapshot();
    for (const { cohort, agents } of specs) {
      const names = namesOf(cohort, agents);
      await this.create(names, cohort);
      await this.bind(names, cohort);
      await this.mint(names, cohort);
      await this.smoke(names, cohort);
    }
  }

  #bulk(
    path: string,
    cohort: string,
    agents: string[],
    key: string,
    itemOf: (n: number) => object,
    rest: object = {},
  ): Promise<Answer> {
    const items = agents.map((agent, n) => ({ key: `acme/${this.deployment}/${cohort}/${agent}/${key}`, agent, ...itemOf(n) }));
    return this.platform.post(path, { deployment: this.deployment, cohort, generation: this.generation, ...rest, items });
  }
}

export const statuses = ({ body }: Answer): string[] =>
  (body as { items: { status: string }[] }).items.map(({ status }) => status);
export const helpers = (agents = 10) => specOf(COHORT, { agents });
