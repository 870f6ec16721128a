import type { Command } from 'commander';
import type { CommandArguments, Scope } from '../../../domain/command.ts';
import { SHAPES } from '../../../domain/mode.ts';
import { findGate, GATE_IDS } from '../../../domain/runbook/gates.ts';
import type { DeploymentView } from '../../../domain/view.ts';
import { usage } from '../io.ts';
import { nearest } from '../nearest.ts';
import { giveOrder, type OrderOptions } from '../orders/give.ts';
import { knownRole, type OrderSpec } from '../orders/spec.ts';
import { addVerb, type Cli } from '../verb.ts';
import { groupsOf } from './decisions.ts';
import { knownNames, orderOptions, requireReason } from './order-options.ts';

interface Targets {
  group?: string[];
  cohort?: string[];
}
interface PromoteTargets extends Targets {
  agent?: string[];
}

/** What moves a deployment, or keeps it: gates, waves, holds, retries. */
export function moveVerbs(program: Command, cli: Cli): void {
  addVerb<OrderOptions>(program, cli, {
    usage: 'go <gate>',
    summary: 'say go for a gate: the next window opens',
    examples: ['golive go gate-1 --as lea'],
    options: orderOptions,
    run: (session, [gate = ''], options) => {
      const id = /^[123]$/.test(gate) ? `gate-${gate}` : gate;
      if (!findGate(id)) throw usage(`There is no gate ${gate}${nearest(gate, GATE_IDS)}`, `Gates: ${GATE_IDS.join(', ')}.`);
      return giveOrder(
        session,
        { kind: 'go', level: 'gate', grave: true, draft: () => ({ scope: { level: 'gate', names: [id] } }) },
        options,
      );
    },
  });

  addVerb<OrderOptions & PromoteTargets>(program, cli, {
    usage: 'promote [wave]',
    summary: 'let signed cohorts go from shadow to live',
    examples: [
      'golive promote research --as lea',
      'golive promote --group engineering-ic --as lea',
      'golive promote --cohort sales-ic-research --as lea   # a catch-up wave of its own',
      'golive promote --agent sales-ic-research-0007 --as lea   # stopped by name: lets it go with its cohort again',
    ],
    options: (c) => targets(orderOptions(c)).option('--agent <names...>', 'these agents, which were stopped by name'),
    run: (session, [wave], options) => {
      if (options.agent !== undefined)
        return giveOrder(session, promotedAgents([...new Set(options.agent)], wave, options), options);
      const level = wave === undefined ? levelOf(options) : 'wave';
      if (wave !== undefined && !SHAPES.some((shape) => shape === wave)) {
        throw usage(`There is no wave ${wave}${nearest(wave, SHAPES)}`, `Waves: ${SHAPES.join(', ')}.`);
      }
      return giveOrder(
        session,
        {
          kind: 'promote',
          level,
          grave: true,
          draft: ({ view }) => ({ scope: wave === undefined ? scopeOf(options, view) : { level, names: [wave] } }),
        },
        options,
      );
    },
  });

  addVerb<OrderOptions & Targets & { ceiling?: string; releasedBy?: string }>(program, cli, {
    usage: 'hold',
    summary: 'keep cohorts from rising; lowers nothing that is live',
    examples: [
      'golive hold --cohort sales-ic-research --reason "audit finding" --as sam',
      'golive hold --group hr-lead --reason "wait for legal" --released-by security-lead --as sam',
    ],
    options: (c) =>
      targets(orderOptions(c))
        .option('--ceiling <mode>', 'the highest mode while it stands: shadow or paused (default shadow)')
        .option('--released-by <role>', 'who may release it (default deployment-lead)'),
    run: (session, _args, options) => {
      const level = levelOf(options);
      requireReason(options);
      const args = holdArguments(options);
      return giveOrder(session, { kind: 'hold', level, draft: ({ view }) => ({ scope: scopeOf(options, view), args }) }, options);
    },
  });

  addVerb<OrderOptions>(program, cli, {
    usage: 'release <hold>',
    summary: 'take back one hold, by its id',
    examples: ['golive release 20260301t080000123-hold-9f3c2a1b --as lea'],
    options: orderOptions,
    run: (session, [holdId = ''], options) => giveOrder(session, release(holdId), options),
  });

  addVerb<OrderOptions & { cohort?: string[] }>(program, cli, {
    usage: 'retry',
    summary: 'take up again what failed, is parked or isolated',
    examples: ['golive retry --as lea', 'golive retry --cohort sales-ic-research --as lea'],
    options: (c) => orderOptions(c).option('--cohort <names...>', 'these cohorts; without it, the whole deployment'),
    run: (session, _args, options) => {
      const level = options.cohort === undefined ? 'deployment' : 'cohort';
      const spec: OrderSpec = {
        kind: 'retry',
        level,
        draft: ({ view }) => ({ scope: options.cohort === undefined ? { level, names: [] } : scopeOf(options, view) }),
      };
      return giveOrder(session, spec, options);
    },
  });
}

/** Only the platform and the manifests know agents by name; whether one of them was stopped is judged by the log. */
function promotedAgents(names: string[], wave: string | undefined, { group, cohort }: Targets): OrderSpec {
  if (wave !== undefined || group !== undefined || cohort !== undefined)
    throw usage('Say what it is about in one way.', 'Give a wave, --group NAME…, --cohort NAME… or --agent NAME….');
  return { kind: 'promote', level: 'agent', grave: true, draft: () => ({ scope: { level: 'agent', names } }) };
}

const targets = (command: Command): Command =>
  command.option('--group <names...>', 'these cohort groups').option('--cohort <names...>', 'these cohorts');

function levelOf({ group, cohort }: Targets): 'group' | 'cohort' {
  if (group !== undefined && cohort !== undefined) throw usage('Give --group or --cohort, not both.');
  if (group === undefined && cohort === undefined) throw usage('Say what it is about.', 'Give --group NAME… or --cohort NAME….');
  return group === undefined ? 'cohort' : 'group';
}

function scopeOf(options: Targets, view: DeploymentView): Scope {
  const level = levelOf(options);
  const known = level === 'group' ? groupsOf(view) : Object.keys(view.cohorts);
  return { level, names: knownNames(level, options[level] ?? [], known) };
}

function holdArguments({ ceiling, releasedBy }: { ceiling?: string; releasedBy?: string }): CommandArguments {
  if (ceiling !== undefined && ceiling !== 'shadow' && ceiling !== 'paused')
    throw usage(`A hold has the ceiling shadow or paused, not ${ceiling}.`);
  return {
    ...(ceiling === undefined ? {} : { ceiling }),
    ...(releasedBy === undefined ? {} : { releasedBy: knownRole(releasedBy) }),
  };
}

function release(holdId: string): OrderSpec {
  const holdIn = (view: DeploymentView) => {
    const hold = view.holds[holdId];
    if (hold !== undefined) return hold;
    throw usage(`There is no hold ${holdId}${nearest(holdId, Object.keys(view.holds))}`, 'golive status lists the holds.');
  };
  return {
    kind: 'release',
    level: 'deployment',
    roles: ({ view }) => [holdIn(view).releasedBy],
    draft: ({ view }) => {
      const { level, names } = holdIn(view).scope;
      const scope: Scope = level === 'group' || level === 'cohort' ? { level, names } : { level: 'deployment', names: [] };
      return { scope, args: { holdId } };
    },
  };
}
