import type { Command } from '../command.ts';
import { activeHolds, liftOf, type Hold } from '../hold.ts';
import { own, refuse, type AuthorityContext, type DeploymentStateView, type Refusal } from './context.ts';

/** Agents that were stopped by name come back by name: no order about their cohort is about them. */

const isOn = ({ scope }: Hold, agent: string): boolean => scope.level === 'agent' && scope.names.includes(agent);

/** The holds that stand on one agent by name. */
export const holdsOnAgent = ({ holds }: Pick<DeploymentStateView, 'holds'>, agent: string): Hold[] =>
  activeHolds(holds).filter((hold) => isOn(hold, agent) && own(holds.exempt, hold.id)?.includes(agent) !== true);

/** A promotion ends the rollbacks that were there when it was given. */
const endsBy = ({ issuedAt }: Command, hold: Hold): boolean =>
  liftOf(hold) === 'promote' && !(Date.parse(hold.since) > Date.parse(issuedAt));

/** The rollbacks of agents that a promotion of these agents ends, and for which of them. */
export const agentsLetGo = (command: Command, state: DeploymentStateView): { hold: Hold; agents: string[] }[] =>
  activeHolds(state.holds).flatMap((hold) => {
    const agents = command.scope.names.filter((agent) => endsBy(command, hold) && holdsOnAgent(state, agent).includes(hold));
    return agents.length === 0 ? [] : [{ hold, agents }];
  });

/**
 * Each of them must have been stopped by name, and by nothing that a promotion does not end: rolled back, or halted and lifted
 * since, which leaves an agent in shadow. What it may do from then on is what its cohort may.
 */
export const refusePromoteAgents = (command: Command, { state }: AuthorityContext): Refusal | null => {
  for (const agent of command.scope.names) {
    const standing = holdsOnAgent(state, agent);
    const inTheWay = standing.find((hold) => !endsBy(command, hold));
    if (inTheWay) return refuse('stopped', `${agent}: ${inTheWay.kind ?? 'hold'} ${inTheWay.id}: ${inTheWay.why}`);
    const wasHalted = Object.values(state.holds.added).some((hold) => isOn(hold, agent) && liftOf(hold) === 'lift');
    if (standing.length === 0 && !wasHalted)
      return refuse('wrong_state', `No stop of its own keeps ${agent} in shadow: it goes with its cohort.`);
  }
  return null;
};
