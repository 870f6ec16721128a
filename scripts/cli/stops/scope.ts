import type { Command } from 'commander';
import { isClientError } from '../../../clients/error.ts';
import type { Looking } from '../../../clients/platform/stop.ts';
import type { Scope } from '../../../domain/command.ts';
import { SHAPES } from '../../../domain/mode.ts';
import { usage } from '../io.ts';
import { nearest } from '../nearest.ts';

/** What a stop is about, as it is typed. */
export interface ScopeOptions {
  cohort?: string[];
  group?: string[];
  wave?: string[];
  agent?: string[];
  all?: boolean;
}

const NAMED = ['cohort', 'group', 'wave', 'agent'] as const;
type Named = (typeof NAMED)[number];

export const scopeOptions = (command: Command): Command =>
  command
    .option('--cohort <names...>', 'these cohorts')
    .option('--group <names...>', 'these cohort groups')
    .option('--wave <shapes...>', `all cohorts of these shapes: ${SHAPES.join(', ')}`)
    .option('--agent <names...>', 'these agents alone')
    .option('--all', 'the whole deployment, with what does not exist yet');

const HOW = 'Give one of --cohort NAME…, --group NAME…, --wave SHAPE…, --agent NAME…, --all.';

/** Exactly one of them: what is stopped is said, never guessed. */
export function scopeFrom(options: ScopeOptions): Scope {
  const given = NAMED.filter((level) => options[level] !== undefined);
  const [level] = given;
  if (given.length + (options.all === true ? 1 : 0) > 1) throw usage('Say what it is about in one way.', HOW);
  if (options.all === true) return { level: 'deployment', names: [] };
  if (level === undefined) throw usage('Say what it is about.', HOW);
  const names = [...new Set(options[level] ?? [])];
  const odd = level === 'wave' ? names.find((name) => !SHAPES.some((shape) => shape === name)) : undefined;
  if (odd !== undefined) throw usage(`There is no wave ${odd}${nearest(odd, SHAPES)}`, `Waves: ${SHAPES.join(', ')}.`);
  return { level, names };
}

/**
 * A misspelt name would be fenced, and nothing stopped: it is found while the platform answers. While it does not, or knows no
 * cohort yet, nobody is kept waiting for that.
 */
export async function refuseMisspelt(
  platform: Looking,
  deployment: string,
  { level, names }: Scope,
  signal: AbortSignal,
): Promise<void> {
  if (!isNamed(level) || level === 'wave') return;
  const known = await knownNames(platform, deployment, { level, names }, signal).catch((error: unknown) => {
    if (isClientError(error) || signal.aborted) return undefined;
    throw error;
  });
  if (known === undefined || known.length === 0) return;
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw usage(
    `The platform has no ${level} ${unknown} in ${deployment}${nearest(unknown, known)}`,
    'Nothing was stopped. With --yes it is stopped under that name all the same, for when it appears.',
  );
}

async function knownNames(
  platform: Looking,
  deployment: string,
  { level, names }: { level: Named; names: readonly string[] },
  signal: AbortSignal,
): Promise<string[]> {
  if (level === 'agent') {
    const found = await Promise.all(names.map((agent) => platform.agents(deployment, { agent }, signal)));
    // Nobody types all agents of a deployment: those that are not there are told without a list.
    return [...found.flatMap(({ agents }) => agents.map(({ agent }) => agent)), ''];
  }
  return (await platform.cohorts(deployment, signal)).map((c) => (level === 'group' ? c.group : c.cohort));
}

const isNamed = (level: Scope['level']): level is Named => (NAMED as readonly string[]).includes(level);
