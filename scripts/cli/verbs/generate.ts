import { resolve } from 'node:path';
import type { Command } from 'commander';
import { generateCustomer } from '../../generate/customer.ts';
import { shapesIn } from '../../generate/shapes.ts';
import { EXIT, usage } from '../io.ts';
import { withExamples, type Cli } from '../verb.ts';

/** Where `golive up` runs the reference platform; deployment files name it before anything runs. */
const PLATFORM = 'http://127.0.0.1:7400';

interface GenerateOptions {
  agents: string;
  cohorts: string;
  managers: string;
  seed: string;
  speed: string;
  platform: string;
  personalFor?: string;
  slack: boolean;
}

/** A company to try things with: people with keys of their own, a signed deployment file, a signed manifest set. */
export function generateVerb(program: Command, cli: Cli): void {
  const command = program
    .command('generate <folder>')
    .summary('make up a customer to rehearse with')
    .description('Writes a made-up customer into a folder: people and their keys, deployment file, manifest set, all signed.')
    .option('--agents <n>', 'agents', '200')
    .option('--cohorts <n>', 'cohorts, one manifest each', '8')
    .option('--managers <n>', 'managers with a queue', '20')
    .option('--seed <n>', 'the same seed gives the same company', '1')
    .option('--speed <n>', 'plan hours per hour of wall time', '1440')
    .option('--platform <url>', 'the reference platform', PLATFORM)
    .option('--personal-for <shapes>', 'cohort groups with these shapes need one signature with a personal key')
    .option('--no-slack', 'no Slack: everybody signs by command line');
  withExamples(command, [
    'golive generate demo/acme --customer acme --deployment q4',
    'golive generate demo/globex --customer globex --seed 2',
  ]);
  command.action(async (folder: string) => {
    const o = command.optsWithGlobals<GenerateOptions & { customer?: string; deployment?: string; json?: boolean }>();
    const number = (name: keyof GenerateOptions): number => {
      const value = Number(o[name]);
      if (!Number.isFinite(value) || value <= 0) throw usage(`--${name} must be a number above 0, not ${o[name]}.`);
      return value;
    };
    const personalFor = shapesIn(o.personalFor);
    if (personalFor === undefined) throw usage(`--personal-for names what is no shape: ${o.personalFor ?? ''}.`);
    const customer = o.customer ?? 'acme';
    const deployment = o.deployment ?? 'q4';
    const made = await generateCustomer({
      ...{ customer, deployment, agents: number('agents'), cohorts: number('cohorts'), managers: number('managers') },
      ...{ seed: number('seed'), speed: number('speed') },
      dir: resolve(folder),
      now: new Date(cli.io.now()).toISOString(),
      environment: 'rehearsal',
      slack: o.slack,
      personalFor,
      logOrigin: `golive.rehearsal/${customer}`,
      manifestSet: { bucket: `manifests-${customer}`, prefix: `${deployment}/set` },
      audit: { bucket: `audit-${customer}`, prefix: '' },
      platform: { endpoint: o.platform },
      clusterEndpoint: `${o.platform}/k8s/${customer}`,
    });
    const { manifestSetDigest, paths } = made;
    if (o.json === true) cli.io.stdout(`${JSON.stringify({ customer, deployment, manifestSetDigest, paths })}\n`);
    else
      cli.io.stderr(
        `${customer}/${deployment}: ${made.set.manifests.length} manifests in ${folder}, set ${manifestSetDigest}.\nNext: golive up ${folder}\n`,
      );
    cli.exitCode = EXIT.ok;
  });
}
