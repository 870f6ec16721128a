import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.ts';

/** Folders whose tests need a Temporal server or S3: both are started once, and only when one of these tests runs. */
const withServers = [
  'support/servers',
  'workflows',
  'activities',
  'clients',
  'workers',
  'gateway',
  'rehearsal',
  'scripts',
  'e2e',
];
const sweepTests = 'test/sweep/**/*.test.ts';
const serverTests = withServers.map((folder) => `test/${folder}/**/*.test.ts`);

export default defineConfig({
  test: {
    // Temporal's native addon does not survive worker threads.
    pool: 'forks',
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    // AWS's SDK reminds everybody on Node 20 that it will leave it in 2027; the version here is pinned.
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    testTimeout: 60_000,
    hookTimeout: 120_000,
    projects: [
      { extends: true, test: { name: 'unit', include: ['test/**/*.test.ts'], exclude: [...serverTests, sweepTests] } },
      { extends: true, test: { name: 'server', include: serverTests, globalSetup: ['test/support/servers/global.ts'] } },
      // After all the others: it needs the whole machine.
      { extends: true, test: { name: 'sweep', include: [sweepTests], sequence: { groupOrder: 1 } } },
    ],
  },
});
