import { z } from 'zod';
import { openSigner } from '../../clients/keys/open.ts';
import { STOPPING_TABLE } from '../../domain/runbook/stopping.ts';
import type { AlertCustomer } from '../../gateway/alerts.ts';
import { ConfigError } from '../config.ts';

const name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/);
const rows = STOPPING_TABLE.filter(({ action }) => action !== 'ordered').map(({ id }) => id);

const rule = z.strictObject({
  alert: z.string().min(1),
  labels: z.record(z.string(), z.string()).default({}),
  order: z.enum(['pause', 'rollback', 'halt']),
  /** The machine stops by a row of the stopping table, and says which. */
  row: z.string().refine((id) => rows.includes(id), `is none of the stopping table: ${rows.join(', ')}`),
  scope: z.union([
    z.literal('deployment'),
    z.strictObject({ level: z.enum(['cohort', 'group', 'wave']), label: z.string().min(1) }),
  ]),
});

const alertCustomer = z.strictObject({
  customer: name,
  token: z.string().min(16, 'has fewer than 16 characters'),
  /** The engine's own key, a PEM file or `awskms:<key>`; its public half stands under `machine` in the deployment files. */
  keyFile: z.string().min(1),
  deployments: z
    .record(name, z.strictObject({ environment: z.enum(['rehearsal', 'staging', 'production']), logOrigin: z.string().min(1) }))
    .refine((all) => Object.keys(all).length > 0, 'names no deployment'),
  rules: z.array(rule).min(1, 'has no rule: then no alert would stop anything'),
});

/** The file for Alertmanager's webhook; all of it, or the gateway does not start. */
export const alertsFile = z.strictObject({
  customers: z
    .array(alertCustomer)
    .min(1)
    .refine((all) => new Set(all.map((c) => c.customer)).size === all.length, 'names a customer twice'),
});
export type GivenAlerts = z.output<typeof alertsFile>['customers'][number];

export async function alertsOf({ keyFile, ...given }: GivenAlerts): Promise<AlertCustomer> {
  const signer = await openSigner(keyFile).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    throw new ConfigError(`The engine's key for alerts of ${given.customer}: ${why}`);
  });
  return { ...given, signer };
}
