import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporalDeployments } from '../../clients/commands/temporal.ts';
import type { Command } from '../../domain/command.ts';
import { WORKFLOW_NAMES } from '../../workflows/messages/names.ts';
import type { TestCustomer } from '../support/stack/customer.ts';
import { order, signed } from '../support/stack/orders.ts';
import { startTestStack, type TestStack } from '../support/stack/stack.ts';

const SPEED = 1440;
const WITHIN_MS = 180_000;

describe('what was stopped', { timeout: 400_000 }, () => {
  let stack: TestStack<'acme'>;
  let acme: TestCustomer;
  const give = async (role: Command['role'], over: Pick<Command, 'kind'> & Partial<Command>): Promise<Command> => {
    const command = order(acme, { person: acme.holder(role), role, ...over });
    const message = { envelope: await signed(acme, command), handedInAt: new Date().toISOString() };
    await temporalDeployments(stack.client, WORKFLOW_NAMES).handIn(message);
    return command;
  };

  beforeAll(async () => {
    stack = await startTestStack(SPEED, { acme: { agents: 12, cohorts: 2, managers: 2 } });
    acme = stack.customers.acme;
    await acme.start();
    acme.people();
    await acme.until('all run in shadow', ({ cohorts }) => {
      const all = Object.values(cohorts);
      return all.length > 0 && all.every(({ phase }) => phase === 'shadow');
    });
  }, 400_000);
  afterAll(() => stack.stop());

  it('by a pause comes back by a resume, and by a halt when two have lifted it', async () => {
    const scope = { level: 'cohort' as const, names: [acme.planned[0]?.id ?? ''] };
    const [name = ''] = scope.names;
    const isAt = (mode: string) => acme.until(`${name} is ${mode}`, ({ cohorts }) => cohorts[name]?.mode === mode, WITHIN_MS);
    const pause = await give('arx-standby', { kind: 'pause', scope });
    await isAt('paused');
    await give('deployment-lead', { kind: 'resume', scope, args: { holdId: pause.id } });
    await isAt('shadow');
    const halt = await give('arx-standby', { kind: 'halt', scope });
    await isAt('halted');
    await give('security-lead', { kind: 'lift', scope, args: { holdId: halt.id } });
    await give('deployment-lead', { kind: 'lift', scope, args: { holdId: halt.id } });
    await isAt('shadow');
    const flips = acme.journal().flatMap((e) => ('mode' in e && 'cohort' in e && e.cohort === name ? [e.mode] : []));
    expect(flips.slice(-4)).toEqual(['paused', 'shadow', 'halted', 'shadow']);
  });
});
