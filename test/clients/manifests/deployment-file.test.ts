import { stringify } from 'yaml';
import { describe, expect, it } from 'vitest';
import { parseDeploymentFile } from '../../../clients/manifests/parse.ts';
import { RUNBOOK_LIMITS, type DeploymentLimits } from '../../../domain/deployment-file.ts';
import { deploymentFile } from '../../audit/signed-set.ts';

const { limits: _, ...rest } = deploymentFile;
const textWith = (limits: object): string => stringify({ ...rest, limits }, { aliasDuplicateObjects: false });
const withLimits = (limits: object) => parseDeploymentFile(Buffer.from(textWith(limits)));

type Limit = keyof DeploymentLimits;
/** What protects, with a value that is a little looser than the runbook's, and one that is tighter. */
const PROTECTING: [Limit, number, number][] = [
  ['preflightFailureShare', 0.021, 0],
  ['volumeVariance', 0.3, 0.1],
  ['approvalValidDays', 15, 7],
  ['minimumSamples', 29, 100],
  ['writeRateTimes', 2.1, 1.5],
  ['criticalErrorRate', 0.011, 0.005],
  ['criticalP95Ms', 1000, 200],
  ['criticalP99Ms', 1500, 500],
  ['warningErrorRate', 0.006, 0.001],
  ['warningP95Ms', 500, 100],
  ['warningP99Ms', 1000, 200],
  ['failedChecks', 6, 2],
  ['noDataMinutes', 61, 15],
];

describe('a limit of the deployment file', () => {
  it.each(PROTECTING)('%s may be tightened', (limit, _looser, tighter) => {
    expect(withLimits({ [limit]: tighter }).file?.limits).toEqual({ ...RUNBOOK_LIMITS, [limit]: tighter });
  });

  it.each(PROTECTING)('%s is refused where it is looser than the runbook, with all that mends it', (limit, looser) => {
    const { problems = [] } = withLimits({ [limit]: looser });
    const runbook = RUNBOOK_LIMITS[limit];
    const bound = limit === 'minimumSamples' ? 'least' : 'most';
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({
      file: 'deployment.yaml',
      line:
        textWith({ [limit]: looser })
          .split('\n')
          .findIndex((line) => line.includes(`  ${limit}:`)) + 1,
      rule: `Every field has a value that golive/v1 allows. (limits.${limit}: may only be tightened: ${runbook.toString()} at ${bound}, as the runbook says)`,
      found: looser.toString(),
      next: 'Deployment Lead has the deployment file corrected and signed again under the root.',
    });
  });

  it.each([
    ['a latency at which the platform does not count', { criticalP95Ms: 300 }, 'one of 10, 20, 50, 100, 200, 500, 1000'],
    ['a silence that nobody measures', { noDataMinutes: 30 }, 'one of 5, 15, 60'],
    ['no limit at all', { criticalErrorRate: 0 }, 'Too small: expected number to be >0'],
  ])('is refused that is %s', (_what, limits, why) => {
    expect(withLimits(limits).problems?.map(({ rule }) => rule)).toEqual([expect.stringContaining(why)]);
  });

  it('that nobody knows is refused: a misspelt one must not count for less', () => {
    expect(withLimits({ criticalErrorrate: 0.001 }).problems).toMatchObject([
      { code: 'unknown_field', rule: expect.stringContaining('(limits.criticalErrorrate)') as string },
    ]);
  });

  it('that is missing is the runbook’s', () => {
    expect(withLimits({}).file?.limits).toEqual(RUNBOOK_LIMITS);
  });
});
