import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { preflightFailureCode } from '../../clients/platform/wire.schema.ts';

/** What the rehearsal's world is made of besides golive: people, connectors, the customer's cluster, and what goes wrong in it. */
const employee = z.object({ email: z.string(), name: z.string(), managerEmail: z.string().nullable() });
const connector = z.object({ id: z.string(), deployed: z.boolean(), identity: z.string() });
const pod = z.object({ name: z.string(), phase: z.string(), namespace: z.string().optional() });
const networkPolicy = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }),
  spec: z.record(z.string(), z.unknown()),
});
const answering = z.union([z.object({ delayHours: z.number().min(0) }), z.object({ never: z.literal(true) })]);
const faults = z.object({
  preflight: z.record(z.string(), preflightFailureCode).default({}),
  smokeDeny: z.array(z.string()).default([]),
  exampleMismatch: z.array(z.string()).default([]),
  /** Live agents of these cohorts fail 3 % of their calls. */
  unstable: z.array(z.string()).default([]),
});
export const world = z.object({
  customer: z.string(),
  employees: z.array(employee),
  connectors: z.array(connector),
  pods: z.array(pod),
  networkPolicy,
  /** Credentials per plan hour; null: no limit. */
  mintLimitPerHour: z.number().positive().nullable().default(3000),
  managerAnswering: z.record(z.string(), answering).default({}),
  faults: faults.prefault({}),
});
const customer = z.object({
  customer: z.string(),
  keys: z.object({ forward: z.string().min(1), lower: z.string().min(1), read: z.string().min(1) }),
  cluster: z.object({ token: z.string().min(1) }),
  world: z.union([z.string(), world]),
});
const configFile = z.object({
  /** Plan hours that pass in one hour of wall time. Scales rates per hour and managers' answering times, nothing else. */
  speed: z.number().positive().default(1),
  controlKey: z.string().min(1),
  customers: z.array(customer).min(1),
});

export type World = z.infer<typeof world>;
export type Employee = z.infer<typeof employee>;
export type Answering = z.infer<typeof answering>;
export type CustomerConfig = Omit<z.infer<typeof customer>, 'world'> & { world: World };
export interface Config {
  speed: number;
  controlKey: string;
  customers: CustomerConfig[];
}

/** Reads the config file; a world that is named by a path is read relative to it. */
export function readConfig(file: string): Config {
  const parsed = configFile.parse(readJson(file));
  const customers = parsed.customers.map((entry) => ({
    ...entry,
    world: typeof entry.world === 'string' ? world.parse(readJson(resolve(dirname(file), entry.world))) : entry.world,
  }));
  return { ...parsed, customers };
}

const readJson = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));
