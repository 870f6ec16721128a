import { parseArgs } from 'node:util';
import { calmRun, problemsOf } from './problems.ts';
import { sweep } from './sweep.ts';

/**
 * `npm run sweep` strikes each point in each way, on a small company; `npm run sweep -- --seed N --share 0.5 --agents 60
 * --cohorts 8 --speed 360 --minutes 60` is the longer one, at points that the seed chooses. Exit 0 when the end is sound.
 */
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    agents: { type: 'string', default: '12' },
    cohorts: { type: 'string', default: '3' },
    speed: { type: 'string', default: '720' },
    share: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '20' },
  },
});
const say = (line: string): void => void process.stderr.write(`${line}\n`);
const company = { agents: Number(values.agents), cohorts: Number(values.cohorts), managers: 4, seed: Number(values.seed) };
const withinMs = Number(values.minutes) * 60_000;

const calm = await calmRun(company, withinMs);
const swept = await sweep({ ...company, speed: Number(values.speed), share: Number(values.share), withinMs, say });
try {
  for (const { key, done, calls } of swept.points.seen.values())
    say(`${[...done].join(', ') || 'not struck'} · ${calls} calls · ${key}`);
  const problems = await problemsOf(swept, company, calm);
  for (const problem of problems) say(`✗ ${problem}`);
  say(`${swept.faults.length} faults at ${swept.points.seen.size} points of ${swept.points.activities.length} activities`);
  say(problems.length === 0 ? 'sound' : `${problems.length} problems`);
  process.exitCode = problems.length === 0 ? 0 : 1;
} finally {
  await swept.close();
}
