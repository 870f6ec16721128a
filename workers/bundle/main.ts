import { readSettings } from '../config.ts';
import { z } from 'zod';
import { workflowBundle } from '../workflow-bundle.ts';

/** Builds the workflow bundles ahead of the workers, so that they start at once. */
const { values } = readSettings({
  buildDir: { env: 'GOLIVE_BUILD_DIR', schema: z.string(), about: 'where the workflow bundle is kept' },
});
for (const bundle of ['workflows', 'stop'] as const) {
  const { codePath } = await workflowBundle(values.buildDir, bundle);
  process.stdout.write(`${codePath}\n`);
}
