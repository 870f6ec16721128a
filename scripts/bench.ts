import './environment.ts';
import { join } from 'node:path';
import { httpPlatform } from '../clients/platform/http.ts';
import { createHttpLogReader } from '../clients/recorder/http-reader.ts';
import { bareProvisioning } from './bench/bare.ts';
import { spanOf } from './bench/journal.ts';
import { benchSignOff } from './bench/sign-off.ts';
import { benchStop } from './bench/stop.ts';
import { benchVerify } from './bench/verify.ts';
import { runCli } from './cli/run.ts';
import { rehearsalOptions, type RehearsalOptions } from './rehearsal/options.ts';
import { scriptedPeople } from './rehearsal/people.ts';
import { prepare, type Rehearsal } from './rehearsal/setup.ts';

/**
 * `npm run bench`: speeds as ratios, measured side by side by the platform's journal; never part of `npm test`.
 * Stops, from the order to the last cohort (`npm run bench -- stop [stops] [cohorts]`). A large log verified; `npm run bench -- verify` does only that. Sign-offs in Slack beside a provisioning (`-- sign-off`). Then window 1: minting at a limit, minting without one, and provisioning beside a bare loop of the same calls.
 */
const say = (line: string): void => void process.stderr.write(`${line}\n`);
const PROVISION = ['create', 'bind', 'mint', 'smoke'];

async function provisioned(options: RehearsalOptions, then: (r: Rehearsal) => Promise<void>): Promise<void> {
  const rehearsal = await prepare(options, () => undefined);
  const { stack, file } = rehearsal;
  const name = { customer: options.customer, deployment: options.deployment };
  const log = createHttpLogReader({
    url: stack.logEndpoints[name.customer] ?? '',
    token: stack.secrets[name.customer]?.log.read ?? '',
  });
  try {
    const io = { stdout: () => undefined, stderr: () => undefined, isTTY: false, now: () => Date.now() };
    await runCli(
      ['start', '--customer', name.customer, '--deployment', name.deployment, '--connections', stack.connectionsFile],
      io,
    );
    const people = scriptedPeople({ golive: runCli, connections: stack.connectionsFile, name, file, log, say });
    while ((await log.state(name))?.milestones['W1.12'] === undefined) await new Promise((resolve) => setTimeout(resolve, 500));
    people.stop();
    await then(rehearsal);
  } finally {
    await stack.stop();
  }
}

const journalOf = (r: Rehearsal): string => join(r.work, 'platform', 'journal.jsonl');
const options = (argv: string): RehearsalOptions => {
  const parsed = rehearsalOptions([...argv.split(' '), '--out', 'out/bench']);
  if (parsed === 'help') throw new Error('no options');
  return parsed;
};

const only = process.argv[2];
if (only === undefined || only === 'stop') {
  const [stops = 1000, cohorts = 250] = process.argv.slice(3).map(Number);
  const size = `--agents ${cohorts * 80} --cohorts ${cohorts} --managers ${cohorts * 6} --speed 720 --no-slack`;
  await benchStop(
    {
      stops,
      stopped: options(`--customer acme ${size} --mint-limit 0`),
      // So few credentials an hour that agents are still being provisioned at the last stop.
      provisioning: options(`--customer globex ${size} --seed 2 --mint-limit 150`),
    },
    say,
  );
}
if (only === 'stop') process.exit();
if (only !== 'sign-off') await benchVerify(say);
if (only === 'verify') process.exit();

await benchSignOff(
  options('--customer acme --agents 1200 --cohorts 60 --managers 120 --speed 720 --smoke-cohorts 0 --preflight-share 0'),
  options('--customer globex --agents 20000 --cohorts 250 --managers 1500 --speed 720 --seed 2 --mint-limit 700 --no-slack'),
  say,
);
if (only === 'sign-off') process.exit();

const limited = options('--agents 2000 --cohorts 25 --managers 200 --speed 100 --mint-limit 1500 --smoke-cohorts 0');
await provisioned(limited, async (r) => {
  const { items, seconds } = spanOf(journalOf(r), limited.deployment, ['mint']);
  const allowed = (items / 1500) * (3600 / limited.speed);
  say(
    `minting ${items} at 1,500/h, speed 100: ${seconds.toFixed(1)} s, the limit alone takes ${allowed.toFixed(1)} s: ratio ${(seconds / allowed).toFixed(3)} (at most 1.02)`,
  );
});

const free = options('--agents 5000 --cohorts 60 --managers 400 --speed 60 --mint-limit 0 --smoke-cohorts 0 --preflight-share 0');
await provisioned(free, async (r) => {
  const minted = spanOf(journalOf(r), free.deployment, ['mint']);
  say(`minting ${minted.items} without a limit: ${minted.perSecond.toFixed(0)}/s (at least 300)`);
  const platform = httpPlatform({
    endpoint: r.stack.platformEndpoint,
    key: r.stack.secrets[free.customer]?.platform.forward ?? '',
  });
  await bareProvisioning(platform, r.customer.set, 'bare');
  const ours = spanOf(journalOf(r), free.deployment, PROVISION);
  const bare = spanOf(journalOf(r), 'bare', PROVISION);
  say(
    `provisioning ${free.agents} agents: ${ours.seconds.toFixed(1)} s; a bare loop of the same calls, no log, no history: ${bare.seconds.toFixed(1)} s: ratio ${(ours.seconds / bare.seconds).toFixed(1)}`,
  );
});
