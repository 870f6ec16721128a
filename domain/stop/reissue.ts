import type { CommandView, DeploymentView } from '../view.ts';

type Orders = Pick<DeploymentView, 'commands'>;

/**
 * Each reissue raises the generation of credentials by one, for whomever it is about: by the place of the order among
 * those in the log, so that every attempt and every worker means the same one.
 */
export const credentialGeneration = (view: Orders, index: number): number =>
  1 + reissues(view).filter((c) => c.index <= index).length;

/** Does a later order give all of these agents newer credentials? What the earlier one would still do then comes too late. */
export const isSuperseded = (view: Orders, index: number, cohort: string, agents: readonly string[]): boolean =>
  reissues(view)
    .filter((later) => later.index > index)
    .some(({ scope }) =>
      scope?.level === 'agent' ? agents.every((id) => scope.names.includes(id)) : scope?.names.includes(cohort) === true,
    );

const reissues = ({ commands }: Orders): CommandView[] =>
  Object.values(commands).filter(({ kind, outcome }) => kind === 'reissue' && outcome === 'applied');
