import { DefaultLogger, Runtime } from '@temporalio/worker';

let quiet = false;

/** Workers tell every change of their state; among test results only warnings are wanted. Once per process, before the first worker. */
export function quietTemporal(): void {
  if (quiet) return;
  quiet = true;
  Runtime.install({ logger: new DefaultLogger('WARN') });
}
