import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import type { LogReader } from '../../clients/recorder/reader.ts';
import { formatT, planHours } from '../../domain/clock.ts';
import type { DeploymentFile } from '../../domain/deployment-file.ts';
import type { DeploymentName } from '../../domain/ids.ts';
import type { DeploymentView } from '../../domain/view.ts';
import type { InjectedFault } from '../../domain/report/stopping-table.ts';
import { EXECUTIVE_ROLES, STANDING_ROLES } from '../../domain/roles.ts';
import type { Stack } from '../stack/stack.ts';
import { carryOut, type Ordering } from './carry-out.ts';

const part = z.enum(['engine', 'control', 'gateway', 'temporal', 'platform', 'log', 'witness', 's3', 'slack']);
const told = {
  /** Plan hour on the T-clock. */
  at: z.number().min(0),
  /** What of the stopping table it is to make fire; about whom, unless it is about what the fault names. */
  fires: z.strictObject({ row: z.string(), measure: z.string(), subject: z.string().optional() }).optional(),
  /** Why it happened and what is done about it, in the words of those who find out. */
  cause: z.string().optional(),
  followUp: z.string().optional(),
};
const fault = z.union([
  z.strictObject({
    ...told,
    kill: part,
    /** Wall milliseconds until it is started again. */
    restartAfterMs: z.number().min(0).default(1000),
  }),
  z.strictObject({
    ...told,
    /** An action of the reference platform's /control. */
    platform: z.looseObject({ action: z.string() }),
    /** What mends it, about the same one: once what it is to make fire has fired, or has stopped somebody. */
    mend: z.strictObject({ action: z.string(), once: z.enum(['fired', 'stopped']).default('fired') }).optional(),
  }),
  z.strictObject({
    ...told,
    /** An action of the fake Slack's /control. */
    slack: z.looseObject({ action: z.string() }),
  }),
  z.strictObject({
    ...told,
    /** Who holds this role types it after `golive`, unasked. `STOP` is the newest stop that the verb takes back. */
    as: z.enum([...STANDING_ROLES, ...EXECUTIVE_ROLES]),
    golive: z.array(z.string()).min(1),
  }),
  z.strictObject({
    ...told,
    /** Somebody writes into what the log has published. After so many wall milliseconds what was there is put back. */
    tamper: z.literal('checkpoint'),
    restoreAfterMs: z.number().min(0).default(5000),
  }),
]);
const faultsFile = z.strictObject({ faults: z.array(fault) });
export type Fault = z.output<typeof fault>;

export async function readFaults(path: string): Promise<Fault[]> {
  const parsed = faultsFile.safeParse(parse(await readFile(path, 'utf8')));
  if (parsed.success) return parsed.data.faults;
  throw new Error(`${path}: ${parsed.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`).join('; ')}`);
}

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

export const words = (fault: Fault): string => {
  if ('tamper' in fault) return `somebody writes over the log's ${fault.tamper}`;
  if ('kill' in fault) return `kill -9 ${fault.kill}`;
  if ('golive' in fault) return `golive ${fault.golive.join(' ')}, by the ${fault.as}`;
  if ('slack' in fault) return `Slack: ${fault.slack.action}`;
  const { action, ...about } = fault.platform;
  return `platform: ${action}, ${Object.values(about).map(String).join(', ')}`;
};

/** What it makes fire, and about whom: the words that the watch has for it. */
export function firesOf(fault: Fault): InjectedFault['fires'] {
  if (fault.fires === undefined) return null;
  const { row, measure, subject } = fault.fires;
  return { row, measure, subject: subject ?? subjectOf(fault) };
}

function subjectOf(fault: Fault): string {
  if ('golive' in fault)
    return fault.golive.slice(1).find((word, i, all) => !word.startsWith('--') && all[i - 1]?.startsWith('--')) ?? '';
  if (!('platform' in fault)) return 'deployment';
  const { cohort, connector } = fault.platform;
  const named = [cohort, connector].find((name) => typeof name === 'string');
  return named ?? 'deployment';
}
