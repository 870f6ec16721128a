import type { Command } from 'commander';
import type { StoppingKind } from '../../../domain/stop/stop.ts';
import { giveStop, type StopOptions } from '../stops/give.ts';
import { scopeFrom, scopeOptions } from '../stops/scope.ts';
import { usage } from '../io.ts';
import { addVerb, withExamples, type Cli } from '../verb.ts';

interface StopVerb {
  kind: StoppingKind;
  summary: string;
  /** What it does, and what takes it away again. */
  description: string;
  examples: string[];
}

const EVERY =
  'Handed in once it cannot be lost; then the platform itself is asked until all is down, and the log for the number of its entry.\nWith --direct nothing of golive is needed but this command line and a key of yours that may lower.';

const VERBS: StopVerb[] = [
  {
    kind: 'pause',
    summary: 'stop calls for now; resume takes it back',
    description: `No calls until it is resumed, then back to where it was.\n${EVERY}`,
    examples: ['golive pause --cohort sales-ic-research --reason "connector is slow" --as otto', 'golive pause --all --as lea'],
  },
  {
    kind: 'rollback',
    summary: 'take live agents back to shadow; only a promotion brings them back',
    description: `What is live goes back to shadow; a promotion starts its ramp from the first step.\n${EVERY}`,
    examples: [
      'golive rollback --cohort sales-ic-production --reason "writes to the wrong queue" --as lea',
      'golive rollback --wave production coordination --as lea',
      'golive rollback --all --dry-run --as lea                     # what it would touch',
    ],
  },
  {
    kind: 'halt',
    summary: 'no call at all, until two people lift it',
    description: `Nothing runs, nothing is created or minted, until the Security Lead and the Deployment Lead lift it.\n${EVERY}`,
    examples: [
      'golive halt --all --reason "log integrity" --as sam',
      'golive halt --group hr-lead --as sam',
      'golive halt --all --direct --as sam                          # without Temporal',
    ],
  },
  {
    kind: 'terminate',
    summary: 'end agents for good',
    description: `Ends agents: halted, credentials revoked, with a signed attestation of what they did. Nothing brings them back.\n${EVERY}`,
    examples: [
      'golive terminate --agent sales-ic-research-0007 --reason "left the company" --as lea',
      'golive terminate --cohort sales-ic-late --reason "contract ended" --dry-run --as lea',
    ],
  },
];

/** Orders that only take away. They wait for nothing, and work in every state, also where golive itself does not. */
export function stopVerbs(program: Command, cli: Cli): void {
  for (const { kind, summary, description, examples } of VERBS) {
    addVerb<StopOptions>(program, cli, {
      ...{ usage: kind, summary, description, examples },
      options: (c) => stopOptions(scopeOptions(c)),
      run: (session, _args, options) =>
        giveStop(session, { kind, scope: options.envelope === undefined ? scopeFrom(options) : ANY }, options),
    });
  }
  addVerb<StopOptions>(program, cli, {
    usage: 'shutdown',
    summary: 'stop everything of the customer, and refuse every new start',
    description: `All deployments of the customer are halted, and none can be started, until the Security Lead and the Deployment Lead lift it.\n${EVERY}`,
    examples: ['golive shutdown --reason "credentials leaked" --as sam', 'golive shutdown --dry-run --reason drill --as sam'],
    options: (c) => stopOptions(c),
    run: (session, _args, options) => giveStop(session, { kind: 'shutdown', scope: { level: 'customer', names: [] } }, options),
  });
  whichStop(program);
}

/** What people type first. It stops nothing by guessing, and says what does. */
function whichStop(program: Command): void {
  const which = program.command('stop [words...]').summary('which stop there is').description('Says which stops there are.');
  withExamples(which, WAYS)
    .allowUnknownOption()
    .action(() => {
      throw usage('golive stops in several ways; nothing was stopped yet. Say which:', WAYS.join('\n'));
    });
}
const WAYS = [
  'golive pause --all --as YOU      no calls for now; golive resume takes it back',
  'golive rollback --all --as YOU   live agents go back to shadow',
  'golive halt --all --as YOU       no call at all, until two people lift it',
  'With --cohort, --group, --wave or --agent NAME instead of --all it is less; with --direct it needs nothing of golive.',
];

/** The envelope has its own. */
const ANY = { level: 'deployment' as const, names: [] };

const stopOptions = (command: Command): Command =>
  command
    .option('--dry-run', 'what it would touch, from the platform; sign and hand in nothing')
    .option('--direct', 'without Temporal: at the platform, by this process')
    .option('--out <folder>', 'with --direct: where its signed files are left (default: here)')
    .option('--envelope <file>', 'hand in this envelope, signed before, once more');
