import { setTimeout as sleep } from 'node:timers/promises';
import { createS3Store } from '../../clients/store/s3.ts';
import { folder } from '../../clients/store/key.ts';
import type { DeploymentFile } from '../../domain/deployment-file.ts';
import type { DeploymentName } from '../../domain/ids.ts';
import type { Role } from '../../domain/roles.ts';
import { controlPlatform } from '../stack/control.ts';
import type { Stack } from '../stack/stack.ts';
import type { Fault } from './fault-file.ts';
import { slackControl } from './slack/control.ts';

/** Whoever holds the role gives the order, as typed after `golive`. */
export type Ordering = (role: Role, typed: readonly string[]) => Promise<void>;

interface World {
  stack: Stack;
  name: DeploymentName;
  audit?: DeploymentFile['audit'];
  order?: Ordering;
  say: (line: string) => void;
}

type Of<K extends string> = Extract<Fault, Record<K, unknown>>;

/** What came back lives for so long at least, also where it took its time to start and the next kill is overdue. */
const LIVES_MS = 3000;

export async function carryOut(fault: Fault, { stack, name, audit, order, say }: World): Promise<void> {
  if ('tamper' in fault) {
    if (audit) await tamper(fault, stack, name, audit);
    return;
  }
  if ('golive' in fault) {
    // Nothing else waits until a person has seen how it went.
    void order?.(fault.as, fault.golive).catch((error: unknown) => say(`${fault.as} could not act: ${String(error)}`));
    return;
  }
  if ('kill' in fault) return killed(fault, stack, name);
  if ('slack' in fault) {
    if (stack.slack) await slackControl(stack.slack, '').change(fault.slack);
    return;
  }
  await controlPlatform(stack, concernsAll(fault.platform) ? fault.platform : { customer: name.customer, ...fault.platform });
}

async function killed({ kill, restartAfterMs }: Of<'kill'>, stack: Stack, { customer }: DeploymentName): Promise<void> {
  const target = partOf(stack, kill, customer);
  if (target === undefined) return;
  await target.kill9();
  await sleep(restartAfterMs);
  await target.restart();
  await sleep(LIVES_MS);
}

const partOf = (stack: Stack, kill: Of<'kill'>['kill'], customer: string) => {
  if (kill === 'slack') return stack.slack?.process;
  if (kill === 'log') return stack.logs[customer];
  return kill === 'witness' ? stack.witnesses[customer] : stack[kill];
};

/** What befalls the platform itself names no customer. */
const concernsAll = ({ action }: { action: string }): boolean =>
  ['unavailable-for', 'execute-then-timeout', 'execute-then-garble', 'refuse-next', 'careless'].includes(action);

/** The log notices with its next publication and halts; it takes up its work once it finds what it had left. */
async function tamper(
  { tamper: what, restoreAfterMs }: Of<'tamper'>,
  stack: Stack,
  { customer }: DeploymentName,
  { bucket, prefix }: DeploymentFile['audit'],
): Promise<void> {
  const { endpoint, region, accessKey: accessKeyId, secretKey: secretAccessKey } = stack.s3;
  const store = createS3Store({ endpoint, region, bucket, credentials: { accessKeyId, secretAccessKey } });
  const key = `${folder(prefix)}log/${what}`;
  const before = await store.get(key);
  if (before) {
    await store.put(key, Buffer.concat([before, Buffer.from('and something that nobody signed\n')]));
    await sleep(restoreAfterMs);
    await store.put(key, before);
    const log = stack.logs[customer];
    await log?.kill9();
    await log?.restart();
  }
  store.close();
}
