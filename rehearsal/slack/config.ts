import { readFileSync } from 'node:fs';
import { z } from 'zod';

const flag = z.boolean().default(false);
const user = z.object({
  id: z.string().regex(/^[UW][A-Z0-9]{2,}$/),
  name: z.string(),
  realName: z.string().optional(),
  email: z.string().optional(),
  /** Missing: the workspace's own. Another one: somebody who takes part over Slack Connect. */
  team_id: z.string().optional(),
  is_bot: flag,
  deleted: flag,
  /** Guests: of several channels, of a single one. */
  is_restricted: flag,
  is_ultra_restricted: flag,
  has_2fa: z.boolean().default(true),
});
const team = z.object({
  id: z.string().regex(/^T[A-Z0-9]{2,}$/),
  domain: z.string(),
  appId: z.string().default('A0GOLIVE'),
  /** Who the app is in this workspace. */
  botUser: z.string().default('U0GOLIVEBOT'),
  botToken: z.string().startsWith('xoxb-'),
  signingSecret: z.string().min(1),
  /** Missing: every scope there is. */
  scopes: z.array(z.string()).optional(),
  /** The app's request URLs. */
  interactions: z.url(),
  commands: z.url(),
  channels: z.array(z.object({ id: z.string(), name: z.string(), private: flag, member: z.boolean().default(true) })),
  users: z.array(user),
});
const configFile = z.object({ controlKey: z.string().min(1), teams: z.array(team).min(1) });

export type User = z.output<typeof user>;
export type Team = z.output<typeof team>;
export type Config = z.output<typeof configFile>;
export const userSchema = user;

export const readConfig = (file: string): Config => configFile.parse(JSON.parse(readFileSync(file, 'utf8')));
