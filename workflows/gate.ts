import { condition } from '@temporalio/workflow';
import type { GateName } from '../activities/contract.ts';
import type { DeploymentRun } from './deployment-run.ts';
import { insist } from './insist.ts';
import { passGate } from './proxies.ts';
import { summary } from './summary.ts';

/** A gate: its window's rows are settled, and the Deployment Lead says go. Returns who goes on. */
export async function gate(run: DeploymentRun, name: GateName): Promise<string[]> {
  await condition(() => run.state.gates[name] !== undefined);
  const pass = () =>
    passGate.executeWithOptions(summary(`${name} passed`), [
      { name: run.input.name, gate: name, authority: run.state.gates[name] ?? -1 },
    ]);
  const { forward } = await insist(run, name, pass);
  return forward;
}
