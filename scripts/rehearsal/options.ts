import { parseArgs } from 'node:util';
import { resolve } from 'node:path';
import type { Shape } from '../../domain/mode.ts';
import { shapesIn } from '../generate/shapes.ts';

export interface RehearsalOptions {
  agents: number;
  cohorts: number;
  managers: number;
  speed: number;
  seed: number;
  /** Credentials per plan hour that the platform allows; null: no limit. */
  mintLimit: number | null;
  /** Share of the manifests whose preflight fails. */
  preflightShare?: number;
  /** Cohorts whose smoke test is denied. */
  smokeCohorts?: number;
  /** Whether there is a Slack, where executives sign. */
  slack: boolean;
  /** Shapes whose cohort groups need one signature with a personal key. */
  personalFor: Shape[];
  /** YAML file of what goes wrong and when. */
  faults?: string;
  out: string;
  /** Nothing is run: the finished rehearsal in this folder is looked at again. */
  check?: string;
  customer: string;
  deployment: string;
  /** Lets the parts run on when the deployment has closed. */
  keep: boolean;
  json: boolean;
  /** Wall minutes after which a rehearsal that has not closed is given up. */
  timeoutMinutes: number;
}

export const USAGE = `npm run rehearse -- [options]

  Runs a whole go-live on this machine: signed manifests, 72 hours, real servers, scripted people.

  npm run rehearse                                   1,200 agents in 24 cohorts, about four minutes
  npm run rehearse -- --agents 10000 --cohorts 120 --managers 800 --speed 360

  --agents N       agents (1200)                     --speed N     plan hours per wall hour (1440)
  --cohorts N      cohorts, one manifest each (24)   --seed N      the same seed, the same company (1)
  --managers N     managers with a queue (120)       --faults FILE what goes wrong, and when
  --out DIR        where everything is written (out/rehearsal)
  --mint-limit N   credentials per plan hour at the platform (3000; 0: no limit)
  --preflight-share X --smoke-cohorts N              what the seed makes fail
  --personal-for SHAPES  cohort groups that need one signature with a personal key besides, e.g. coordination
  --no-slack       executives sign by command line
  --full           10,000 agents in 120 cohorts at speed 360
  --keep           leave everything running afterwards, until Ctrl-C
  --timeout MIN    give up after this many minutes (derived from the speed)
  --check DIR      look again at a finished rehearsal: what happened in Slack, what its fault script made fire
  --json           the report's summary on standard output
`;

export class UsageError extends Error {
  override name = 'UsageError';
}

export function rehearsalOptions(argv: string[]): RehearsalOptions | 'help' {
  const { values } = parse(argv);
  if (values.help) return 'help';
  const full = values.full === true;
  const number = (name: 'agents' | 'cohorts' | 'managers' | 'speed' | 'seed', small: number, large: number): number => {
    const given = values[name];
    const value = given === undefined ? (full ? large : small) : Number(given);
    if (!Number.isFinite(value) || value <= 0) throw new UsageError(`--${name} must be a number above 0, not "${given ?? ''}"`);
    return value;
  };
  const speed = number('speed', 1440, 360);
  const agents = number('agents', 1200, 10_000);
  const cohorts = number('cohorts', 24, 120);
  if (agents < cohorts) throw new UsageError(`--agents ${agents} cannot fill --cohorts ${cohorts}: each has one agent at least`);
  if (speed < 1 || speed > 2880) throw new UsageError('--speed lies between 1 and 2880');
  const personalFor = shapesIn(values['personal-for']);
  if (personalFor === undefined) throw new UsageError(`--personal-for names what is no shape: ${values['personal-for'] ?? ''}`);
  const limit = Number(values['mint-limit'] ?? 3000);
  return {
    agents,
    cohorts,
    managers: number('managers', 120, 800),
    speed,
    seed: number('seed', 1, 1),
    mintLimit: limit === 0 ? null : limit,
    ...(values['preflight-share'] === undefined ? {} : { preflightShare: Number(values['preflight-share']) }),
    ...(values['smoke-cohorts'] === undefined ? {} : { smokeCohorts: Number(values['smoke-cohorts']) }),
    slack: values['no-slack'] !== true,
    personalFor,
    ...(values.faults === undefined ? {} : { faults: resolve(values.faults) }),
    ...(values.check === undefined ? {} : { check: resolve(values.check) }),
    out: resolve(values.out ?? 'out/rehearsal'),
    customer: values.customer ?? 'acme',
    deployment: values.deployment ?? 'q4',
    keep: values.keep === true,
    json: values.json === true,
    timeoutMinutes: Number(values.timeout ?? Math.ceil(((72 * 60) / speed) * 1.5 + 6)),
  };
}

function parse(argv: string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  try {
    return parseArgs({
      args: argv,
      strict: true,
      allowPositionals: false,
      options: {
        ...{ agents: text, cohorts: text, managers: text, speed: text, seed: text, faults: text, out: text, timeout: text },
        ...{
          'mint-limit': text,
          'preflight-share': text,
          'smoke-cohorts': text,
          customer: text,
          deployment: text,
          'personal-for': text,
          check: text,
        },
        ...{ 'no-slack': flag, full: flag, keep: flag, json: flag, help: { ...flag, short: 'h' } },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
