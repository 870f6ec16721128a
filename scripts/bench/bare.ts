import type { Platform } from '../../clients/platform/port.ts';
import type { GeneratedSet } from '../generate/set.ts';
import { inParallel } from '../../domain/in-parallel.ts';

const CHUNK = 50;
const AT_ONCE = 64;

/**
 * The same calls as golive makes for a set, by a loop that keeps no history, writes no log, verifies no order and survives
 * nothing: what the platform and the network alone take. Under a deployment name of its own.
 */
export async function bareProvisioning(platform: Platform, set: GeneratedSet, deployment: string): Promise<void> {
  const cohorts = set.manifests.map(({ manifest: m }) => ({
    name: m.name,
    agents: m.agents.map((a) => ({ agent: `${deployment}-${a.id}`, managerEmail: a.reporting_manager_email })),
  }));
  await platform.register({
    key: `${deployment}/register`,
    deployment,
    manifestSetDigest: `sha256:${'0'.repeat(64)}`,
    generation: 0,
    cohorts: set.manifests.map(({ manifest: m }) => ({
      cohort: m.name,
      manifestDigest: `sha256:${'0'.repeat(64)}`,
      group: `${m.function}-${m.level}`,
      shape: m.shape,
      function: m.function,
      level: m.level,
      template: 'bare',
      agents: m.agents.length,
      connectors: m.connectors,
      managers: [],
      expectedCallsPerHour: 1,
      expectedWritesPerHour: 1,
      budgetDollars: 1000,
      exampleRequest: {},
      outputSchema: {},
    })),
  });
  const { snapshotId } = await platform.snapshot({ key: `${deployment}/snapshot`, deployment });
  const key = (agent: string, op: string) => `${deployment}/${agent}/${op}`;
  const chunks = cohorts.flatMap((c) =>
    Array.from({ length: Math.ceil(c.agents.length / CHUNK) }, (_, i) => ({
      cohort: c.name,
      agents: c.agents.slice(i * CHUNK, (i + 1) * CHUNK),
    })),
  );
  await inParallel(chunks, AT_ONCE, async ({ cohort, agents }) => {
    const at = { deployment, cohort, generation: 0 };
    await platform.create({ ...at, items: agents.map((a) => ({ ...a, key: key(a.agent, 'create') })) });
    await platform.bind({ ...at, snapshotId, items: agents.map((a) => ({ ...a, key: key(a.agent, 'bind') })) });
    await platform.mint({
      ...at,
      items: agents.map(({ agent }) => ({ agent, key: key(agent, 'mint'), credentialGeneration: 1 })),
    });
    await platform.smoke({ ...at, items: agents.map(({ agent }) => ({ agent, key: key(agent, 'smoke') })) });
  });
}
