import { readSettings } from '../config.ts';
import { z } from 'zod';
import { workflowBundle } from '../workflow-bundle.ts';

/** Builds the workflow bundle ahead of the workers, so that they start at once. */
const { values } = readSettings({
  buildDir: { env: 'GOLIVE_BUILD_DIR', schema: z.string(), about: 'where the workflow bundle is kept' },
});
const { codePath } = await workflowBundle(values.buildDir);
process.stdout.write(`${codePath}\n`);
