import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer, TestCustomer } from '../support/stack/customer.ts';
import { startTestStack, type TestStack } from '../support/stack/stack.ts';
import { until } from '../support/stack/until.ts';

/** Each dependency is killed in turn, under a deployment on its way: what people are told, and what goes on. */
describe('while a dependency is away', { timeout: 300_000 }, () => {
  let stack: TestStack<'acme'>;
  let acme: TestCustomer;
  let dir: string;
  const as = (role: Parameters<TestCustomer['holder']>[0]): string[] => ['--as', acme.holder(role)];
  const idIn = ({ stdout }: Answer): string => (JSON.parse(stdout) as { id: string }).id;
  const fenced = (id: string) =>
    until('its fence stands', async () => acme.journal().some((e) => e.op === 'fence' && e.commandId === id));
  const recorded = (id: string) => acme.until(`${id} is recorded`, ({ commands }) => commands[id]?.outcome === 'applied');
  const statusSays = (words: string) =>
    until(`golive status says ${words}`, async () => {
      const { stdout } = await acme.golive('status');
      return stdout.includes(words);
    });

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'golive-away-'));
    stack = await startTestStack(1440, { acme: { agents: 12, cohorts: 2, managers: 2, slack: true } });
    acme = stack.customers.acme;
    await acme.start();
    await acme.until('its first message is in Slack', ({ notices }) => notices['root']?.sent.slack !== undefined);
  }, 400_000);
  afterAll(async () => {
    await stack.stop();
    await rm(dir, { recursive: true, force: true });
  });

  it('Slack: it says so, orders are answered, and what was to be told comes afterwards', async () => {
    await acme.slack?.change({ action: 'down-for', ms: 600_000 });
    const opened = await acme.golive('incident', 'open', 'odd requests', ...as('security-lead'), '--json');
    expect(opened.exitCode).toBe(0);
    await statusSays('Slack does not answer control');
    expect((await acme.golive('status')).stdout).toContain('messages wait, and come in order');
    const incident = `incident-${idIn(opened)}`;
    expect((await acme.golive('incident', 'ack', incident, ...as('deployment-lead'))).exitCode).toBe(0);
    await acme.slack?.change({ action: 'down-for', ms: 0 });
    await acme.until('it was posted', ({ notices }) => notices[`incident/${incident}`]?.sent.slack !== undefined);
    await until('AWAY is over', async () => !(await acme.golive('status')).stdout.includes('AWAY'));
  });

  it('the platform: it says so, and a stop that was handed in is carried out when it is back', async () => {
    acme.people();
    // From here on there is much to ask the platform.
    await acme.until('the clock runs', ({ header }) => header.startedAt !== null);
    await stack.parts.platform.kill9();
    await statusSays('platform does not answer');
    const pause = await acme.golive('pause', '--all', ...as('arx-standby'), '--timeout', '3s', '--json');
    expect(pause.exitCode).toBe(3);
    expect(pause.stderr).toMatch(/stop it at the platform yourself, now: golive pause --all --direct --as \S+/);
    await stack.parts.platform.restart();
    await fenced(idIn(pause));
    await recorded(idIn(pause));
  });

  it('S3: nothing is recorded, a stop is carried out at once, and recorded when it is back', async () => {
    await stack.parts.s3.kill9();
    const rollback = await acme.golive('rollback', '--all', ...as('arx-standby'), '--json');
    expect(rollback.exitCode).toBe(0);
    await fenced(idIn(rollback));
    await statusSays('the log commits nothing');
    await stack.parts.s3.restart();
    await recorded(idIn(rollback));
  });

  it('the log: a stop needs it for nothing, and who asks it is told so', async () => {
    const log = stack.parts.logs['acme'];
    await log?.kill9();
    const pause = await acme.golive('pause', '--all', ...as('arx-standby'), '--timeout', '3s', '--json');
    expect(pause.exitCode).toBe(0);
    await fenced(idIn(pause));
    const asked = await acme.golive('status');
    expect(asked.exitCode).toBe(4);
    expect(asked.stderr).toContain('Stops need no log');
    await log?.restart();
    await recorded(idIn(pause));
  });

  it('Temporal: no order is taken, and whoever must stop does it at the platform', async () => {
    await stack.parts.temporal.kill9();
    const halt = await acme.golive('halt', '--all', ...as('security-lead'));
    expect(halt.exitCode).toBe(4);
    expect(halt.stderr).toMatch(/now: golive halt --all --direct --as \S+/);
    const direct = await acme.golive('halt', '--all', '--direct', '--out', dir, ...as('security-lead'), '--json');
    expect(direct.exitCode).toBe(0);
    await fenced(idIn(direct));
    const { exitCode, stdout } = await acme.golive('status');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('Temporal does not answer');
    await stack.parts.temporal.restart();
    await until('orders are taken again', async () => {
      const ack = await acme.golive('incident', 'open', 'it was away', ...as('security-lead'));
      return ack.exitCode === 0;
    });
  });
});
