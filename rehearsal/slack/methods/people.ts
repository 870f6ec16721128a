import { SlackError } from '../error.ts';
import type { User } from '../config.ts';
import { needed } from './chat.ts';
import type { Call, Method } from './method.ts';

export const people: Record<string, Method> = {
  'auth.test': { tier: 'auth', scopes: [], handle: whoAmI },
  'users.info': { tier: 4, scopes: ['users:read'], handle: userInfo },
};

function whoAmI({ workspace }: Call) {
  const { id, domain, botUser } = workspace.team;
  return {
    url: `https://${domain}.slack.com/`,
    ...{ team: domain, user: 'golive', team_id: id, user_id: botUser, bot_id: workspace.botId, is_enterprise_install: false },
  };
}

function userInfo({ workspace, args }: Call) {
  const user = workspace.user(needed(args, 'user'));
  if (!user) throw new SlackError('user_not_found');
  return { user: shown(user, workspace.team.id) };
}

/** Somebody of another workspace is a stranger here, whatever they are at home. */
function shown({ realName, email, team_id, ...user }: User, team: string) {
  const own = team_id === undefined || team_id === team;
  const name = realName ?? user.name;
  return {
    ...user,
    team_id: team_id ?? team,
    real_name: name,
    ...{ is_admin: false, is_owner: false, is_primary_owner: false, is_app_user: false, is_email_confirmed: true },
    ...(own ? {} : { is_stranger: true }),
    ...{ tz: 'Europe/Berlin', tz_offset: 3600, updated: 1_790_000_000 },
    profile: { real_name: name, display_name: user.name, ...(email === undefined ? {} : { email }) },
  };
}
