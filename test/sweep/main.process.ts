import { parseArgs } from 'node:util';
import { summaryOf, sweepLaps } from './laps.ts';

/**
 * `npm run sweep` strikes every call in each way, on a small company; `npm run sweep -- --seed N --share 0.5 --agents 60
 * --cohorts 8 --speed 360 --minutes 60` is a longer one, at points that the seed chooses. Exit 0 when its end is sound.
 */
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    agents: { type: 'string', default: '12' },
    cohorts: { type: 'string', default: '3' },
    speed: { type: 'string', default: '400' },
    customers: { type: 'string', default: '1' },
    share: { type: 'string', default: '1' },
    laps: { type: 'string', default: '3' },
    minutes: { type: 'string', default: '60' },
  },
});
const begun = Date.now();
const say = (line: string): void =>
  void process.stderr.write(`${((Date.now() - begun) / 1000).toFixed(0).padStart(5)} s  ${line}\n`);

const report = await sweepLaps({
  customers: Number(values.customers),
  company: { agents: Number(values.agents), cohorts: Number(values.cohorts), managers: 4, seed: Number(values.seed) },
  speed: Number(values.speed),
  againAtSpeed: 1440,
  share: Number(values.share),
  laps: Number(values.laps),
  withinMs: Number(values.minutes) * 60_000,
  say,
});
for (const line of summaryOf(report, begun)) process.stdout.write(`${line}\n`);
process.exitCode = report.problems.length === 0 ? 0 : 1;
