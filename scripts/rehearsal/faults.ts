import { setTimeout as sleep } from 'node:timers/promises';
import type { LogReader } from '../../clients/recorder/reader.ts';
import { formatT, planHours } from '../../domain/clock.ts';
import type { DeploymentFile } from '../../domain/deployment-file.ts';
import type { DeploymentName } from '../../domain/ids.ts';
import type { InjectedFault } from '../../domain/report/stopping-table.ts';
import type { DeploymentView } from '../../domain/view.ts';
import type { Stack } from '../stack/stack.ts';
import { carryOut, type Ordering } from './carry-out.ts';
import { firesOf, words, type Fault } from './fault-file.ts';

/** Does what the file says at its hours. A power cut is a kill -9; what was killed is started again on the same files and ports. */
export async function injectFaults(options: {
  faults: readonly Fault[];
  stack: Stack;
  log: LogReader;
  name: DeploymentName;
  /** Where the log is published; for what tampers with it. */
  audit?: DeploymentFile['audit'];
  /** For what people do unasked. */
  order?: Ordering;
  say: (line: string) => void;
  /** Told of each as it is done. */
  note?: (fault: InjectedFault) => void;
  signal: AbortSignal;
}): Promise<void> {
  const { stack, log, name, say, signal, audit, order } = options;
  const open = [...options.faults].sort((a, b) => a.at - b.at);
  let toMend: { fault: Fault; since: string }[] = [];
  // The clock is read once it runs and then computed here: the log may be the one that is down.
  let view: DeploymentView | undefined;
  const now = () => (view === undefined ? null : planHours(view.clock, Date.now()));
  const doNow = async (fault: Fault): Promise<void> => {
    const since = new Date().toISOString();
    say(`${formatT(now() ?? fault.at).padStart(8)}  ⚡ ${words(fault)}`);
    options.note?.({ at: since, what: words(fault), fires: firesOf(fault) });
    await carryOut(fault, { stack, name, say, ...(audit && { audit }), ...(order && { order }) });
    if ('mend' in fault) toMend.push({ fault, since });
  };
  while ((open.length > 0 || toMend.length > 0) && !signal.aborted) {
    await sleep(200);
    view = (await log.state(name, signal).catch(() => undefined)) ?? view;
    if (view?.header.closedAt != null) return;
    const due = open.filter(({ at }) => at <= (now() ?? -1));
    open.splice(0, due.length);
    const mends = toMend.map((one) => ({ one, mend: mendOf(one, view) }));
    toMend = mends.flatMap(({ one, mend }) => (mend === undefined ? [one] : []));
    for (const next of [...mends.flatMap(({ mend }) => mend ?? []), ...due]) await doNow(next);
  }
}

/** What ends a fault, once it has done what it was for. */
function mendOf({ fault, since }: { fault: Fault; since: string }, view: DeploymentView | undefined): Fault | undefined {
  const fires = firesOf(fault);
  if (!('platform' in fault) || fault.mend === undefined || fires === null) return undefined;
  const { at, mend, platform } = fault;
  const firing = view?.triggers[`${fires.row}/${fires.subject}`];
  if (firing === undefined || firing.at < since || (mend.once === 'stopped' && firing.fired.stop === null)) return undefined;
  return { at, platform: { action: mend.action, cohort: platform['cohort'] } };
}
