import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { controlPlatform } from '../../scripts/stack/control.ts';
import { liveCredentials } from '../support/stack/credentials.ts';
import type { TestCustomer } from '../support/stack/customer.ts';
import { startTestStack, type TestStack } from '../support/stack/stack.ts';

const WITHIN_MS = 120_000;

/** The platform mints, answers with what nobody can read, and cannot say afterwards whether it has minted. */
describe('a cohort of which nobody knows whether its credentials were minted', { timeout: 240_000 }, () => {
  let stack: TestStack<'acme'>;
  let acme: TestCustomer;
  let parked: string;
  const minted = (agent: string): number =>
    acme.journal().filter((e) => e.op === 'mint' && e.items.some((item) => item.agent === agent)).length;
  const agentsOf = (cohort: string): string[] =>
    acme.generated.set.manifests.find(({ manifest }) => manifest.name === cohort)?.manifest.agents.map(({ id }) => id) ?? [];

  beforeAll(async () => {
    stack = await startTestStack(1440, { acme: { agents: 12, cohorts: 3, managers: 4 } });
    acme = stack.customers.acme;
    for (const operation of ['mint', 'lookup']) await controlPlatform(stack.parts, { action: 'execute-then-garble', operation });
    await acme.start();
    acme.people();
    const { cohorts } = await acme.until(
      'one is parked and the others go on',
      (view) => {
        const phases = Object.values(view.cohorts).map(({ phase }) => phase);
        return phases.includes('parked') && phases.filter((phase) => phase === 'ready' || phase === 'shadow').length === 2;
      },
      WITHIN_MS,
    );
    parked = Object.values(cohorts).find(({ phase }) => phase === 'parked')?.id ?? '';
  }, 240_000);
  afterAll(() => stack.stop());

  it('is parked, alone, with the order that takes it up again', async () => {
    const { cohorts } = await acme.view();
    expect(Object.keys(cohorts[parked]?.unknown ?? {}).length).toBeGreaterThan(0);
    const { stdout } = await acme.golive('status');
    expect(stdout).toContain(parked);
    expect(stdout).toContain('golive reconcile');
    expect(agentsOf(parked).reduce((sum, agent) => sum + minted(agent), 0)).toBeGreaterThan(0);
  });

  it('goes on when it was reconciled, with one credential for each agent, and nothing minted twice', async () => {
    const answer = await acme.golive('reconcile', '--cohort', parked, '--as', acme.holder('arx-standby'));
    expect(answer.exitCode, answer.stderr).toBe(0);
    const view = await acme.until('it goes on', ({ cohorts }) => cohorts[parked]?.phase === 'shadow', WITHIN_MS);
    expect(view.cohorts[parked]?.unknown).toEqual({});
    expect(view.evidence[`reconcile:${parked}`]?.summary).toMatch(/^\d+ outcomes? looked up, 0 orphans$/);
    const live = liveCredentials(acme.journal());
    for (const agent of agentsOf(parked)) expect([agent, minted(agent), live.get(agent)?.length]).toEqual([agent, 1, 1]);
  });

  it('leaves a log that verifies', async () => {
    const policy = join(stack.dir, 'policy');
    await writeFile(policy, stack.parts.policies['acme'] ?? '');
    const verified = await acme.golive('verify', `s3://${acme.file.audit.bucket}`, '--policy', policy);
    expect(verified.exitCode, verified.stdout.slice(0, 2000)).toBe(0);
  });
});
