import { controlAction } from './control.schema.ts';
import { readJournal, summarise } from './journal-reader.ts';
import type { Platform } from './platform.ts';
import { Problem } from './problem.ts';
import { json, sentence } from './request.ts';

/** The fault script's way in, with a key of its own. Works also while the platform is not available to anyone else. */
export function answerControl(platform: Platform, method: string, path: string, token: string | null, body: string): unknown {
  if (token !== platform.config.controlKey) throw new Problem('unauthenticated', 'this needs the control key');
  if (method === 'GET' && path === '/control/journal-summary') return summarise(readJournal(platform.journalFile));
  if (method !== 'POST' || path !== '/control') throw new Problem('not_found', `there is no ${method} ${path}`);
  const parsed = controlAction.safeParse(json(body));
  if (!parsed.success) throw new Problem('invalid', sentence(parsed.error));
  const action = parsed.data;
  if ('customer' in action) {
    const customer = platform.customers.get(action.customer);
    if (!customer) throw new Problem('not_found', `there is no customer ${action.customer}`);
    const missing = customer.world.missing(action);
    if (missing !== null) throw new Problem('not_found', `the customer has no ${missing}`);
  }
  platform.control(action);
  return { ok: true };
}
