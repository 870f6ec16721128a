import { TestWorkflowEnvironment } from '@temporalio/testing';
import { SEARCH_ATTRIBUTES } from '../../../domain/ids.ts';
import { ensureTools } from '../../../scripts/setup/tools.ts';
import { quietTemporal } from './quiet.ts';

/** Temporal's IndexedValueType, whose names live in a package that we do not depend on. */
const INDEXED_VALUE_TYPES = { KEYWORD: 2, KEYWORD_LIST: 7 } as const;

/**
 * A server of its own whose clock jumps: for deadlines of single workflows, and for nothing else.
 * It has no list, reset, schedules or parent-close policy. Time jumps only while `result()` or `execute()` is awaited.
 */
export async function timeSkippingEnvironment(): Promise<TestWorkflowEnvironment> {
  quietTemporal();
  const { timeSkippingServer: path } = await ensureTools(['timeSkippingServer']);
  const environment = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path } },
  });
  await environment.connection.operatorService.addSearchAttributes({
    namespace: environment.namespace ?? 'default',
    searchAttributes: Object.fromEntries(
      Object.entries(SEARCH_ATTRIBUTES).map(([name, type]) => [name, INDEXED_VALUE_TYPES[type]]),
    ),
  });
  return environment;
}
