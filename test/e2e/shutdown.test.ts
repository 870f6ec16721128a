import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestCustomer } from '../support/stack/customer.ts';
import { anotherDeployment } from '../support/stack/second.ts';
import { startTestStack, type TestStack } from '../support/stack/stack.ts';

const SPEED = 2880;
const WITHIN_MS = 180_000;

describe('a shutdown of a customer with two open deployments', { timeout: 400_000 }, () => {
  let stack: TestStack<'acme'>;
  let acme: TestCustomer;
  let other: TestCustomer;
  let late: TestCustomer;
  const more: TestCustomer[] = [];
  let id: string;
  const lift = (of: TestCustomer, role: 'security-lead' | 'deployment-lead') => of.golive('lift', id, '--as', of.holder(role));
  const modes = async () => Object.values((await acme.view()).cohorts).map((c) => c.mode);

  beforeAll(async () => {
    stack = await startTestStack(SPEED, { acme: { agents: 12, cohorts: 2, managers: 2 } });
    acme = stack.customers.acme;
    other = await anotherDeployment(stack, acme, 'q5');
    late = await anotherDeployment(stack, acme, 'q6');
    more.push(other, late);
    await Promise.all([acme.start(), other.start()]);
    acme.people((waiting) => waiting === 'go/gate-2');
    await other.until('it is open', ({ plan }) => plan);
    await acme.until('all run in shadow', ({ cohorts }) => Object.values(cohorts).every((c) => c.phase === 'shadow'), WITHIN_MS);
  }, 400_000);
  afterAll(async () => {
    await Promise.all(more.map((one) => one.close()));
    await stack.stop();
  });

  it('halts all there is, and stands in the log and in the status of each of them', async () => {
    const why = ['--reason', 'credentials leaked', '--yes'];
    const answer = await acme.golive('shutdown', ...why, '--as', acme.holder('security-lead'), '--json');
    expect(answer.exitCode, answer.stderr).toBe(0);
    id = (JSON.parse(answer.stdout) as { id: string }).id;
    const flips = acme.journal().filter((e) => 'mode' in e && e.mode === 'halted' && e.op === 'lower');
    expect(flips).toHaveLength(acme.planned.length);
    for (const of of [acme, other]) {
      const view = await of.until('the log has it', ({ stops }) => stops[id]?.flipped, WITHIN_MS);
      expect(view.holds[id]).toMatchObject({
        kind: 'shutdown',
        ceiling: 'halted',
        by: acme.holder('security-lead'),
        released: null,
      });
      const { stdout } = await of.golive('status');
      expect(stdout).toContain('credentials leaked');
      expect(stdout).toContain(`golive lift ${id}`);
    }
    expect((await other.view()).holds[id]?.orderedIn).toBe('q4');
  });

  it('refuses every new start in words, until two have lifted it', async () => {
    const refused = await late.golive('start');
    expect(refused.exitCode).toBe(5);
    expect(refused.stderr).toContain(`Everything of acme is shut down (${id})`);
    expect(await lift(acme, 'security-lead')).toMatchObject({ exitCode: 0 });
    expect(await late.golive('start')).toMatchObject({ exitCode: 5 });
    expect(await modes()).toEqual(['halted', 'halted']);
    expect(await lift(acme, 'deployment-lead')).toMatchObject({ exitCode: 0 });
    await acme.until(
      'all are back in shadow',
      ({ cohorts }) => Object.values(cohorts).every((c) => c.mode === 'shadow'),
      WITHIN_MS,
    );
    expect(await late.golive('start')).toMatchObject({ exitCode: 0 });
  });

  it('stands in the other deployment until two have lifted it there as well, and the log verifies', async () => {
    expect((await other.view()).holds[id]?.released).toBeNull();
    for (const role of ['deployment-lead', 'security-lead'] as const)
      expect(await lift(other, role)).toMatchObject({ exitCode: 0 });
    await other.until('it has ended there', ({ holds }) => holds[id]?.released, WITHIN_MS);
    const policy = join(stack.dir, 'policy');
    await writeFile(policy, stack.parts.policies['acme'] ?? '');
    const verified = await acme.golive('verify', `s3://${acme.file.audit.bucket}`, '--policy', policy);
    expect(verified.exitCode, verified.stdout.slice(0, 2000)).toBe(0);
  });
});
