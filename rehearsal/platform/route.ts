import type { z } from 'zod';
import type { Platform } from './platform.ts';
import { Problem } from './problem.ts';
import type { Cohort } from './state/cohort.ts';
import type { Customer } from './state/customer.ts';
import type { Deployment } from './state/deployment.ts';
import { rank } from './types.ts';
import type { Mode, Power } from './types.ts';

export interface Reply {
  body: unknown;
  headers?: Record<string, string>;
}

/** One request, authenticated and parsed. */
export interface Call<Body = unknown> {
  platform: Platform;
  customer: Customer;
  power: Power;
  params: Record<string, string>;
  query: URLSearchParams;
  ifMatch: string | null;
  body: Body;
  /** Wall time in ms, the same for the whole request. */
  now: number;
}

export interface Route {
  /** Name of the operation: in fault scripts and in error messages. */
  name: string;
  method: 'GET' | 'POST' | 'PUT';
  path: string;
  power: Power;
  body: z.ZodType | null;
  handle: (call: Call) => Reply;
}

interface RouteOf<S extends z.ZodType> extends Omit<Route, 'body' | 'handle'> {
  body: S;
  handle: (call: Call<z.output<S>>) => Reply;
}

/** A route with a body: the server has parsed it with this very schema before it calls the handler. */
export const withBody = <S extends z.ZodType>(route: RouteOf<S>): Route => ({
  ...route,
  handle: (call) => route.handle(call as Call<z.output<S>>),
});
export const withoutBody = (route: Omit<Route, 'body'>): Route => ({ ...route, body: null });

const POWERS: readonly Power[] = ['read', 'lower', 'forward'];
export const reaches = (has: Power, needed: Power): boolean => POWERS.indexOf(has) >= POWERS.indexOf(needed);

export function demand(call: Pick<Call, 'power'>, needed: Power): void {
  if (!reaches(call.power, needed)) throw new Problem('forbidden', `this key may ${call.power} but not ${needed}`);
}

/** The deployment by name: 403 where it is another customer's, 404 where it is nobody's. */
export function deploymentOf(call: Pick<Call, 'platform' | 'customer'>, name: string): Deployment {
  const own = call.customer.deployments.get(name);
  if (own) return own;
  for (const other of call.platform.customers.values()) {
    if (other.deployments.has(name)) throw new Problem('forbidden', `deployment ${name} belongs to another customer`);
  }
  throw new Problem('not_found', `there is no deployment ${name}`);
}

export function cohortOf(call: Pick<Call, 'platform' | 'customer'>, deployment: string, name: string): Cohort {
  const cohort = deploymentOf(call, deployment).cohorts.get(name);
  if (!cohort) throw new Problem('not_found', `deployment ${deployment} has no cohort ${name}`);
  return cohort;
}

export const param = (call: Pick<Call, 'params'>, name: string): string => call.params[name] ?? '';

const invalid = (path: string, what: string): Problem => new Problem('invalid', `${path}: ${what}`);

/** A whole number from the query. */
export function numberIn(call: Pick<Call, 'query'>, name: string, fallback: number, most: number): number {
  const text = call.query.get(name);
  if (text === null) return fallback;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > most) throw invalid(name, `a whole number from 0 to ${most}`);
  return value;
}

/** A window of wall time from the query. The future has not happened: `to` is at most now. */
export function windowIn(call: Pick<Call, 'query' | 'now'>): { from: number; to: number } {
  const at = (name: string): number => {
    const value = Date.parse(call.query.get(name) ?? '');
    if (Number.isNaN(value)) throw invalid(name, 'an ISO 8601 time');
    return Math.min(value, call.now);
  };
  const window = { from: at('from'), to: at('to') };
  if (window.from > window.to) throw invalid('to', 'not before from');
  return window;
}

/** Checks that the write was authorised after the last fence around its target. */
export function demandGeneration(call: Pick<Call, 'customer'>, given: number, needed: number, target: string): void {
  if (given > call.customer.fences.generation) throw invalid('generation', 'no such generation has been given out');
  if (given < needed) throw new Problem('fenced', `${target} stands at generation ${needed}; this was authorised under ${given}`);
}

/** Under a ceiling below shadow nothing new comes into being, whatever it was authorised under. */
export function demandOpen(ceiling: Mode, target: string): void {
  if (rank(ceiling) < rank('shadow')) throw new Problem('fenced', `${target} may be ${ceiling} at most: nothing is added to it`);
}
