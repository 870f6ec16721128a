import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Test files that take longer than half a minute, the longest first, so that the workers end together. Those that wait for plan
 * time and those that compute take turns: what waits leaves its processor to the others.
 */
const LONGEST = [
  'test/e2e/slack.test.ts',
  'test/audit/verify/changes-1.test.ts',
  'test/e2e/kill9.test.ts',
  'test/audit/verify/changes-2.test.ts',
  'test/e2e/rehearse.test.ts',
  'test/e2e/careless.test.ts',
  'test/model/deployment.test.ts',
  'test/e2e/detours.test.ts',
  'test/e2e/stop.test.ts',
  'test/e2e/return.test.ts',
  'test/e2e/shutdown.test.ts',
  'test/e2e/away.test.ts',
  'test/e2e/direct.test.ts',
  'test/e2e/refusals.test.ts',
  'test/workers/log/kill.test.ts',
  'test/scripts/cli/backup/goes-on.test.ts',
  'test/workflows/queue-drill.test.ts',
  'test/gateway/slack/fuzz.test.ts',
  'test/e2e/rogue.test.ts',
  'test/races/halt.test.ts',
  'test/activities/channel/channel.test.ts',
  'test/workflows/deployment.test.ts',
];

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const at = LONGEST.findIndex((path) => moduleId.includes(path));
      return at < 0 ? LONGEST.length : at;
    };
    return (await super.sort(files)).sort((a, b) => place(a) - place(b));
  }
}
