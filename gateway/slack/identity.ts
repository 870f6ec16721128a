import type { DeploymentFile, Person } from '../../domain/deployment-file.ts';
import type { SlackCustomer } from './customer.ts';
import type { TurnedAway } from './turned-away.ts';

/** A human being of this workspace, as Slack vouches for them at this moment. */
export interface Caller {
  team: string;
  user: string;
}

/**
 * Asks Slack anew for every request: somebody who was deactivated a minute ago must not sign. By id only; names and e-mail
 * addresses can be changed by whoever bears them. Throws when Slack does not say.
 */
export async function refuseUser({ web, team }: SlackCustomer, user: string): Promise<TurnedAway | undefined> {
  const answer = await web.users.info({ user }).catch((error: unknown) => {
    if (platformError(error) === 'user_not_found' || platformError(error) === 'user_not_visible') return undefined;
    throw error;
  });
  const found = answer?.user;
  if (found?.id !== user) return 'unknown_user';
  if (found.team_id !== team || ('is_stranger' in found && found['is_stranger'] === true)) return 'wrong_team';
  if (found.deleted === true) return 'deactivated';
  if (found.is_bot === true || user === 'USLACKBOT') return 'bot';
  return found.is_restricted === true || found.is_ultra_restricted === true ? 'guest' : undefined;
}

export const personOf = (file: DeploymentFile, { user }: Caller): Person | undefined =>
  file.people.find((person) => person.slack === user);

/** What Slack said no with, in its own code. @example 'user_not_found' */
export function platformError(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('data' in error)) return undefined;
  const { data } = error;
  return typeof data === 'object' && data !== null && 'error' in data && typeof data.error === 'string' ? data.error : undefined;
}
