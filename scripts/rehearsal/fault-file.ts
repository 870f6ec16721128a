import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import type { InjectedFault } from '../../domain/report/stopping-table.ts';
import { EXECUTIVE_ROLES, STANDING_ROLES } from '../../domain/roles.ts';

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
