import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stopsOf } from '../../domain/report/stops.ts';
import type { TestCustomer } from '../support/stack/customer.ts';
import { startTestStack, type TestStack } from '../support/stack/stack.ts';

const SPEED = 2880;
const WITHIN_MS = 180_000;

describe('a stop while Temporal is gone', { timeout: 400_000 }, () => {
  let stack: TestStack<'acme'>;
  let acme: TestCustomer;
  let out: string;
  let id: string;

  beforeAll(async () => {
    stack = await startTestStack(SPEED, { acme: { agents: 12, cohorts: 2, managers: 2 } });
    acme = stack.customers.acme;
    out = join(stack.dir, 'direct');
    await acme.start();
    acme.people((waiting) => waiting === 'go/gate-2');
    await acme.until('all run in shadow', ({ cohorts }) => {
      const all = Object.values(cohorts);
      return all.length > 0 && all.every(({ phase }) => phase === 'shadow');
    });
    await stack.parts.temporal.kill9();
  }, 400_000);
  afterAll(() => stack.stop());

  it('happens at the platform, by its own journal, and leaves what was ordered, meant and done in signed files', async () => {
    const sam = acme.holder('security-lead');
    const answer = await acme.golive('halt', '--all', '--direct', '--out', out, '--reason', 'log differs', '--as', sam, '--json');
    expect(answer.exitCode, answer.stderr).toBe(0);
    id = (JSON.parse(answer.stdout) as { id: string }).id;
    const fence = acme.journal().findIndex((e) => e.op === 'fence' && e.commandId === id);
    const flips = acme.journal().filter((e, i) => i > fence && 'mode' in e && e.mode === 'halted');
    expect(fence).toBeGreaterThan(0);
    expect(flips).toHaveLength(acme.planned.length);
    expect((await readdir(out)).sort()).toEqual(['intent', 'order', 'outcome'].map((what) => `golive-${id}.${what}.dsse.json`));
    expect((await acme.view()).holds[id]).toBeUndefined();
  });

  it('is adopted when Temporal is back: order, ceiling, incident and landing stand in the log, as one stop', async () => {
    await stack.parts.temporal.restart();
    // The order itself is found beside the other two.
    const files = ['intent', 'outcome'].map((what) => join(out, `golive-${id}.${what}.dsse.json`));
    const adopted = await acme.golive('audit', 'adopt', ...files);
    expect(adopted.exitCode, adopted.stderr).toBe(0);
    const view = await acme.until('it has landed', ({ stops }) => stops[id]?.landed, WITHIN_MS);
    expect(view.commands[id]).toMatchObject({ kind: 'halt', outcome: 'applied' });
    expect(view.holds[id]).toMatchObject({ ceiling: 'halted', liftedBy: 'lift', released: null });
    expect(view.stops[id]?.landed).toMatchObject({ verdict: 'pass' });
    expect(Object.values(view.incidents)).toMatchObject([{ opened: { stop: id, severity: 1 } }]);
    expect(Object.values(view.cohorts).map((c) => c.mode)).toEqual(['halted', 'halted']);
    expect(stopsOf(view)).toMatchObject([{ id, how: 'direct', incident: `incident-${id}` }]);
  });

  it('is lifted like any other, and the log verifies', async () => {
    for (const role of ['security-lead', 'deployment-lead'] as const)
      expect(await acme.golive('lift', id, '--as', acme.holder(role))).toMatchObject({ exitCode: 0 });
    await acme.until(
      'all are back in shadow',
      ({ cohorts }) => Object.values(cohorts).every((c) => c.mode === 'shadow'),
      WITHIN_MS,
    );
    const policy = join(stack.dir, 'policy');
    await writeFile(policy, stack.parts.policies['acme'] ?? '');
    const verified = await acme.golive('verify', `s3://${acme.file.audit.bucket}`, '--policy', policy);
    expect(verified.exitCode, verified.stdout.slice(0, 2000)).toBe(0);
  });
});
