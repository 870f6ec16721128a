import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ensureTools } from '../../../scripts/setup/tools.ts';

/** What an SRE does with Temporal's own command line: the workflow begins again from its first task, and signals are kept. */
export async function resetWorkflow(address: string, workflowId: string): Promise<void> {
  const { temporal } = await ensureTools(['temporal']);
  const what = ['workflow', 'reset', '--workflow-id', workflowId, '--type', 'FirstWorkflowTask', '--reason', 'a test'];
  await promisify(execFile)(temporal, [...what, '--address', address]);
}
