import { FUNCTIONS, manifestKey, type BusinessFunction } from '../../domain/manifest/manifest.ts';
import type { ManifestText } from '../../domain/manifest/manifest.schema.ts';
import { draftCohorts, manifestText } from './cohorts.ts';
import { organise, type Organisation } from './organisation.ts';
import { castPeople, type CastPerson } from './people.ts';
import { random } from './random.ts';
import { makeWorld, type Failing, type World } from './world.ts';

export interface GenerateSetOptions {
  seed: number;
  agents: number;
  cohorts: number;
  managers: number;
  customer: string;
  deployment: string;
  failing?: Failing;
  /** Credentials per plan hour; null: no limit. Default 3,000. */
  mintLimitPerHour?: number | null;
}

export interface GeneratedSet {
  customer: string;
  deployment: string;
  /** In the order of their keys. */
  manifests: { key: string; manifest: ManifestText }[];
  organisation: Organisation;
  /** Everybody of the deployment; those of the customer are in its HRIS too. */
  people: CastPerson[];
  world: World;
}

/** A company and its manifests, made up from a seed: nothing is read, nothing written, and the same seed gives the same. */
export function generateSet(options: GenerateSetOptions): GeneratedSet {
  const { seed, customer, deployment, managers, failing = {}, mintLimitPerHour = 3000 } = options;
  if (managers < 1) throw new RangeError('agents need a manager: at least one');
  const drafts = draftCohorts(random(seed, 'cohorts'), options);
  const functions = FUNCTIONS.filter((fn) => drafts.some((draft) => draft.template.function === fn));
  const organisation = organise({ seed, customer, managers, functions });

  const people = castPeople(organisation);

  const details = random(seed, 'manifests');
  const turn = new Map<BusinessFunction, number>();
  const nextManager = (fn: BusinessFunction): string => {
    const next = turn.get(fn) ?? 0;
    turn.set(fn, next + 1);
    const team = organisation.managers[fn];
    return (team[next % team.length] ?? organisation.heads[fn]).email;
  };
  const texts = drafts.map((draft) => manifestText(draft, organisation, details, nextManager));
  const manifests = texts
    .map((manifest) => ({ key: manifestKey(manifest.name), manifest }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  const world = makeWorld({ seed, customer, manifests: texts, organisation, mintLimitPerHour, failing });
  return { customer, deployment, manifests, organisation, people, world };
}
