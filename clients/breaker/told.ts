import { setTimeout as sleep } from 'node:timers/promises';
import type { NewEntry } from '../../domain/entry.ts';
import { deploymentId, type DeploymentName } from '../../domain/ids.ts';
import type { Recorder } from '../recorder/port.ts';
import type { LogReader } from '../recorder/reader.ts';
import type { BreakerChange } from './breaker.ts';

interface Told {
  /** Process that noticed it. */
  part: string;
  customer: string;
  /** Without a breaker in front: what happened to the log is told once it is back. */
  recorder: Pick<Recorder, 'add'>;
  log: Pick<LogReader, 'deployments' | 'state'>;
  againMs?: number;
}

/**
 * Tells the log of each open deployment what a breaker did: in order, beside all work, until the log has it. What a process
 * that died left open is closed by its successor, whose breakers are new.
 */
export function tellLog({ part, customer, recorder, log, againMs = 2_000 }: Told): (change: BreakerChange) => void {
  const waiting: BreakerChange[] = [];
  let telling = false;

  const openDeployments = async (): Promise<DeploymentName[]> =>
    (await log.deployments()).filter((d) => d.customer === customer && d.openedAt !== null && d.closedAt === null);

  async function leftOpen(): Promise<void> {
    const entries: NewEntry[] = [];
    for (const d of await openDeployments()) {
      for (const { part: by, dependency, state } of Object.values((await log.state(d))?.breakers ?? {})) {
        if (by !== part || state !== 'open') continue;
        entries.push(entryOf(d, part, { dependency, state: 'closed', at: Date.now(), because: 'The process started anew.' }));
      }
    }
    if (entries.length > 0) await recorder.add(entries);
  }

  async function tell(): Promise<void> {
    telling = true;
    for (let first = waiting[0]; first !== undefined; first = waiting[0]) {
      const change = first;
      await untilDone(async () => {
        const entries = (await openDeployments()).map((d) => entryOf(d, part, change));
        if (entries.length > 0) await recorder.add(entries);
      });
      waiting.shift();
    }
    telling = false;
  }

  async function untilDone(work: () => Promise<void>): Promise<void> {
    while (
      !(await work().then(
        () => true,
        () => false,
      ))
    )
      await sleep(againMs, undefined, { ref: false });
  }

  const begun = untilDone(leftOpen);
  return (change) => {
    waiting.push(change);
    if (!telling) {
      telling = true;
      void begun.then(tell);
    }
  };
}

const entryOf = (d: DeploymentName, part: string, { dependency, state, at, because }: BreakerChange): NewEntry => ({
  v: 1,
  id: `${deploymentId(d)}/breaker/${part}/${dependency}/${at}/${state}`,
  at: new Date(at).toISOString(),
  kind: 'breaker.changed',
  customer: d.customer,
  deployment: d.deployment,
  actor: 'golive',
  data: { dependency, part, state, because },
});
