import type { DeploymentFile } from '../../domain/deployment-file.ts';
import type { RecordedEntry } from '../../domain/entry.ts';
import { agentCounts } from '../../domain/fold/agents.ts';
import { emptyView } from '../../domain/fold/empty.ts';
import { fold } from '../../domain/fold/fold.ts';
import type { PlatformCohort } from '../../domain/report/cohorts.ts';
import type { DeploymentView } from '../../domain/view.ts';
import { castOf, type CastOptions } from './deployment/cast.ts';
import { goLive } from './deployment/golive.ts';
import { amongPeople } from './deployment/people.ts';
import { countdown, provision, validate } from './deployment/provision.ts';
import { Script } from './deployment/script.ts';
import { troublesOf } from './deployment/troubles.ts';

export interface DeploymentOptions extends Partial<CastOptions> {
  /** Some cohorts isolated, held, left behind, one group unsigned; default true. */
  troubles?: boolean;
  /** With what passes among people beside the way itself; default true. */
  people?: boolean;
  /** The log up to this plan hour; default all of it. */
  until?: number;
}

export interface MadeUpDeployment {
  file: DeploymentFile;
  entries: RecordedEntry[];
  /** Their fold. */
  view: DeploymentView;
}

/** The whole log of a plausible deployment, from a seed: 72 hours with people, waves and what usually goes wrong. */
export function deploymentEntries(options: DeploymentOptions = {}): MadeUpDeployment {
  const { troubles: enabled = true, people = true, until = Infinity, ...over } = options;
  const seed = over.seed ?? 1;
  const cast = castOf({
    seed,
    cohorts: 24,
    agents: 1200,
    managers: 120,
    speed: 360,
    customer: 'acme',
    deployment: 'q4',
    limits: { ramp: [5, 10, 25, 50, 75, 100] },
    ...over,
  });
  const script = new Script(cast, seed);
  const troubles = troublesOf(cast.cohorts, seed, enabled);
  countdown(script);
  const ready = provision(script, troubles);
  const signed = validate(script, troubles, ready);
  goLive(script, troubles, signed);
  if (people) amongPeople(script, [...new Set(cast.cohorts.map((c) => c.group))]);
  const end = until === Infinity ? Infinity : Date.parse(script.wall(until));
  const entries = script.entries().filter((entry) => Date.parse(entry.at) <= end);
  return { file: cast.file, entries, view: foldOf(entries) };
}

export function foldOf(entries: readonly RecordedEntry[]): DeploymentView {
  const view = emptyView('acme', 'q4');
  for (const entry of entries) fold(view, entry);
  return view;
}

/** What a platform would say that agrees with the log. */
export const platformOf = (view: DeploymentView): PlatformCohort[] =>
  Object.values(view.cohorts).map((cohort) => {
    const { provisioning, shadow, live, paused, halted, terminated } = agentCounts(cohort);
    return {
      cohort: cohort.id,
      mode: cohort.mode ?? 'shadow',
      livePercent: cohort.livePercent,
      agents: cohort.agents,
      byLifecycle: { provisioned: provisioning, running: shadow + live + paused + halted, terminated },
      byMode: { shadow: shadow + provisioning, live, paused, halted, terminated },
    };
  });
