import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isSettled } from '../../domain/gate.ts';
import type { DeploymentView } from '../../domain/view.ts';
import { random } from '../../scripts/generate/random.ts';
import type { Fault } from '../../scripts/rehearsal/fault-file.ts';
import { injectFaults } from '../../scripts/rehearsal/faults.ts';
import { finalState, isOver } from '../support/stack/final-state.ts';
import { historiesOf, textsOf } from '../support/stack/histories.ts';
import { processLogs, secretsOf } from '../support/stack/secrets.ts';
import { startTestStack, type TestStack } from '../support/stack/stack.ts';

/** Plan hours per wall hour: three minutes for the 72 hours. */
const SPEED = 1440;
const COMPANY = { agents: 160, cohorts: 6, managers: 20, seed: 7, failing: { smokeCohorts: 1 } };
const WITHIN_MS = 420_000;

/** Each part dies twice, the gateway once, each at a moment of its own, spread over the whole run. */
function killings(): Fault[] {
  const chance = random(COMPANY.seed, 'kill-9');
  const parts = (['engine', 'control', 'temporal', 'platform', 'log'] as const).flatMap((part) => [part, part]);
  const order = chance.shuffled([...parts, 'gateway' as const]);
  const every = 70 / order.length;
  return order.map((kill, i) => ({ at: 0.2 + every * (i + 0.8 * chance.next()), kill, restartAfterMs: 1000 }));
}

describe('kill -9 of every part, on its way from T-0 to the close', () => {
  const stacks: TestStack<'acme'>[] = [];
  const views: DeploymentView[] = [];
  const killed: string[] = [];

  beforeAll(async () => {
    stacks.push(...(await Promise.all([startTestStack(SPEED, { acme: COMPANY }), startTestStack(SPEED, { acme: COMPANY })])));
    const stop = new AbortController();
    const runs = stacks.map(async ({ parts, customers: { acme } }, i) => {
      await acme.start();
      acme.people();
      if (i > 0) {
        const say = (line: string) => void killed.push(line.trim());
        void injectFaults({ faults: killings(), stack: parts, log: acme.log, name: acme.name, say, signal: stop.signal });
      }
      return acme.until('it is closed and handed over', isOver, WITHIN_MS);
    });
    views.push(...(await Promise.all(runs)));
    stop.abort();
  }, WITHIN_MS + 60_000);
  afterAll(() => Promise.all(stacks.map((stack) => stack.stop())));

  it('every part was killed at least once, and each came back', () => {
    expect(killed).toHaveLength(11);
    const { engine, control, gateway, temporal, platform, logs } = (stacks[1] as TestStack<'acme'>).parts;
    expect([engine, control, gateway, temporal, platform, logs.acme].map((part) => part?.running)).not.toContain(false);
  });

  it('the run closes without anybody having had to help, and all its rows are settled', () => {
    const [, faulty] = views;
    expect(faulty?.header.closedAt).not.toBeNull();
    expect(Object.values(faulty?.milestones ?? {}).filter((m) => !isSettled(m.status))).toEqual([]);
    expect(Object.values(faulty?.commands ?? {}).filter((c) => c.kind === 'retry')).toEqual([]);
  });

  it('modes, agents, milestones, sign-offs and holds are those of a run in which nothing died', () => {
    const [calm, faulty] = views;
    expect(faulty && finalState(faulty)).toEqual(calm && finalState(calm));
  });

  it('nothing was created, minted or raised twice, by the journal of the platform', () => {
    for (const { customers } of stacks) {
      const { duplicates, distinct } = customers.acme.done();
      expect(duplicates).toEqual({ created: 0, minted: 0, raised: 0, keys: 0 });
      expect(distinct).toMatchObject({ create: 160, bind: 160 });
    }
  });

  it('no secret stands in a history, in the log or in what a process said; no payload is large and no run long', async () => {
    for (const stack of stacks) {
      const { acme } = stack.customers;
      const runs = await historiesOf(stack.client, acme.name);
      const { text, largestPayloadBytes } = textsOf(runs);
      expect(largestPayloadBytes).toBeLessThanOrEqual(64 * 1024);
      expect(Math.max(...runs.map((r) => r.events.length))).toBeLessThan(4096);
      const said = await processLogs(stack.dir);
      expect(said.length).toBeGreaterThanOrEqual(7);
      const everything = [...text, JSON.stringify(await acme.entries()), ...said].join('\n');
      const secrets = await secretsOf(stack);
      // Whatever names an agent would be found, so a secret would.
      expect(everything).toContain(acme.planned[0]?.id);
      expect(secrets.length).toBeGreaterThan(100);
      expect(secrets.filter(({ secret }) => everything.includes(secret)).map(({ of }) => of)).toEqual([]);
    }
  });
});
