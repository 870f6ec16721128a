import type { Args } from '../args.ts';
import type { Tier } from '../limits.ts';
import type { Workspace } from '../workspace.ts';

export interface Call {
  workspace: Workspace;
  args: Args;
  now: number;
  /** Where Slack itself listens. */
  origin: string;
}

export interface Method {
  tier: Tier | 'posting';
  /** One of them is needed; none: any token will do. */
  scopes: string[];
  handle(call: Call): Record<string, unknown>;
}
