import type { Command } from 'commander';
import type { Scope } from '../../../domain/command.ts';
import { COMMAND_CATALOGUE } from '../../../domain/runbook/commands.ts';
import { ROLE_TITLES } from '../../../domain/roles.ts';
import type { DeploymentView, HoldView } from '../../../domain/view.ts';
import { usage } from '../io.ts';
import { nearest } from '../nearest.ts';
import { giveOrder, type OrderOptions } from '../orders/give.ts';
import type { OrderSpec } from '../orders/spec.ts';
import { addVerb, type Cli } from '../verb.ts';
import { groupsOf } from './decisions.ts';
import { knownNames, orderOptions } from './order-options.ts';

interface LiftOptions extends OrderOptions {
  cohort?: string[];
}

interface ReissueOptions extends OrderOptions {
  cohort?: string[];
  agent?: string[];
}

interface ReconcileOptions extends OrderOptions {
  cohort?: string[];
  group?: string[];
  all?: boolean;
}

/** What takes a stop back, and what mends after one. A promotion, which ends a rollback, is among the orders that move. */
export function liftVerbs(program: Command, cli: Cli): void {
  addVerb<LiftOptions>(program, cli, {
    usage: 'resume <pause>',
    summary: 'take back one pause, by its id: back to what was last authorised',
    examples: [
      'golive resume 20260301t080000123-pause-9f3c2a1b --as lea',
      'golive resume 20260301t080000123-pause-9f3c2a1b --cohort sales-ic-research --as lea   # for this cohort only',
    ],
    options: someCohorts,
    run: (session, [id = ''], options) => giveOrder(session, lifting('resume', id, options), options),
  });
  addVerb<LiftOptions>(program, cli, {
    usage: 'lift <stop>',
    summary: 'lift a halt or a shutdown, by its id; it takes two people',
    description:
      'Once the role that the stop names and the Deployment Lead have both said so, what it stopped goes back to shadow.\nFrom there a promotion brings it live, from the ramp’s first step.',
    examples: [
      'golive lift 20260301t080000123-halt-9f3c2a1b --as sam',
      'golive lift 20260301t080000123-halt-9f3c2a1b --as lea',
      'golive lift 20260301t080000123-halt-9f3c2a1b --cohort hr-lead-research --as sam   # both name the same cohorts',
    ],
    options: someCohorts,
    run: (session, [id = ''], options) => giveOrder(session, lifting('lift', id, options), options),
  });
  addVerb<ReissueOptions>(program, cli, {
    usage: 'reissue',
    summary: 'mint new credentials, revoke the old ones, smoke again',
    examples: [
      'golive reissue --cohort sales-ic-research --as connie',
      'golive reissue --agent sales-ic-research-0007 --as connie',
    ],
    options: subjects,
    run: (session, _args, options) => giveOrder(session, reissuing(options), options),
  });
  addVerb<ReconcileOptions>(program, cli, {
    usage: 'reconcile',
    summary: 'look up what is not known, adopt what was done, name what nobody ordered',
    examples: [
      'golive reconcile --cohort sales-ic-research --as ravi',
      'golive reconcile --all --as ravi                      # every cohort of the deployment',
    ],
    options: (c) =>
      orderOptions(c)
        .option('--cohort <names...>', 'these cohorts')
        .option('--group <names...>', 'these cohort groups')
        .option('--all', 'every cohort of the deployment'),
    run: (session, _args, options) => giveOrder(session, reconciling(options), options),
  });
}

const someCohorts = (command: Command): Command =>
  orderOptions(command).option('--cohort <names...>', 'only these of its cohorts; for the others it stands');

const subjects = (command: Command): Command =>
  orderOptions(command).option('--cohort <names...>', 'these cohorts').option('--agent <names...>', 'these agents alone');

function lifting(kind: 'resume' | 'lift', id: string, { cohort }: LiftOptions): OrderSpec {
  return {
    kind,
    level: cohort === undefined ? 'deployment' : 'cohort',
    roles: ({ view }) =>
      kind === 'resume' ? COMMAND_CATALOGUE.resume.allowed.flatMap((rule) => [...rule.roles]) : lifters(stopIn(view, kind, id)),
    draft: ({ view }) => ({ scope: scopeOf(stopIn(view, kind, id), view, cohort), args: { holdId: id } }),
  };
}

const lifters = ({ releasedBy }: HoldView) => [releasedBy, 'deployment-lead' as const];

function stopIn(view: DeploymentView, kind: 'resume' | 'lift', id: string): HoldView {
  const standing = Object.values(view.holds).filter((hold) => hold.released === null && hold.liftedBy === kind);
  const stop = standing.find(({ holdId }) => holdId === id);
  if (stop !== undefined) return stop;
  const other = view.holds[id];
  if (other !== undefined && other.released === null && other.liftedBy !== kind) {
    throw usage(`${id} is not taken back by golive ${kind}.`, HOW[other.liftedBy](other));
  }
  const ids = standing.map(({ holdId }) => holdId);
  throw usage(
    `Nothing stands under the id ${id} that golive ${kind} takes back${nearest(id, ids)}`,
    'golive status lists what stands.',
  );
}

const HOW: Record<HoldView['liftedBy'], (hold: HoldView) => string> = {
  release: ({ holdId }) => `golive release ${holdId}`,
  resume: ({ holdId }) => `golive resume ${holdId}`,
  promote: () => 'golive promote brings its cohorts back, from the ramp’s first step.',
  lift: ({ holdId, releasedBy }) => `golive lift ${holdId}, by the ${ROLE_TITLES[releasedBy]} and the Deployment Lead.`,
  nothing: () => 'Nothing brings back what was terminated.',
};

function scopeOf({ scope }: HoldView, view: DeploymentView, cohort: readonly string[] | undefined): Scope {
  return cohort === undefined ? scope : { level: 'cohort', names: knownNames('cohort', cohort, Object.keys(view.cohorts)) };
}

function reissuing({ cohort, agent }: ReissueOptions): OrderSpec {
  if ((cohort === undefined) === (agent === undefined))
    throw usage('Say what it is about.', 'Give --cohort NAME… or --agent NAME….');
  const level = cohort === undefined ? 'agent' : 'cohort';
  return {
    kind: 'reissue',
    level,
    draft: ({ view }) => ({
      scope: {
        level,
        names: cohort === undefined ? [...new Set(agent)] : knownNames('cohort', cohort, Object.keys(view.cohorts)),
      },
    }),
  };
}

function reconciling({ cohort, group, all }: ReconcileOptions): OrderSpec {
  if ([cohort, group, all].filter((given) => given !== undefined).length !== 1)
    throw usage('Say in one way what it is about.', 'Give --cohort NAME…, --group NAME… or --all.');
  if (all) return { kind: 'reconcile', level: 'deployment', draft: () => ({ scope: { level: 'deployment', names: [] } }) };
  const level = group === undefined ? 'cohort' : 'group';
  return {
    kind: 'reconcile',
    level,
    draft: ({ view }) => {
      const known = level === 'group' ? groupsOf(view) : Object.keys(view.cohorts);
      return { scope: { level, names: knownNames(level, group ?? cohort ?? [], known) } };
    },
  };
}
