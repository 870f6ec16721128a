import type { Config } from './config.ts';
import { SlackError } from './error.ts';
import type { Table, Tables } from './tables.ts';
import { Workspace, type ResponseUrl } from './workspace.ts';

/** One request that Slack sent to the app, and what came back. */
export interface Delivery {
  n: number;
  at: string;
  team: string;
  user: string;
  kind: 'block_actions' | 'view_submission' | 'command';
  /** action_id, callback_id or the command with its text. */
  what: string;
  /** Button value or private_metadata. */
  value: string;
  view: string | null;
  trigger: string;
  retry: number;
  forged: boolean;
  ms: number;
  status: number | null;
  body: string;
  /** A 200 within three seconds: what Slack takes for an answer. */
  acked: boolean;
  error?: string;
}

/** What came in at a webhook that is not Slack's. */
export interface Received {
  at: string;
  sink: string;
  authorization: string | null;
  body: unknown;
}

export const PARTS = ['api', 'teams', 'pager'] as const;
export type Part = (typeof PARTS)[number];

/** All workspaces, and what the rehearsal wants to know of them afterwards. */
export class Slack {
  readonly config: Config;
  readonly workspaces: Workspace[];
  readonly deliveries: Table<Delivery>;
  readonly received: Table<Received>;
  /** Not on disk: they are forgotten after half an hour anyway. */
  readonly responseUrls = new Map<string, ResponseUrl>();
  readonly calls: Record<string, { calls: number; ratelimited: number }> = {};
  readonly downUntil: Record<Part, number> = { api: 0, teams: 0, pager: 0 };
  /** Where Slack itself listens, for response URLs. */
  origin = '';

  constructor(config: Config, tables: Tables) {
    this.config = config;
    this.workspaces = config.teams.map((team) => new Workspace(team, tables));
    this.deliveries = tables.table('deliveries');
    this.received = tables.table('received');
  }

  byToken(token: string): Workspace | undefined {
    return this.workspaces.find((w) => w.team.botToken === token);
  }

  /** By id; the only one needs no name. */
  workspace(team: string | null | undefined): Workspace {
    const [only] = this.workspaces;
    const found = team == null && this.workspaces.length === 1 ? only : this.workspaces.find((w) => w.team.id === team);
    if (!found) throw new SlackError('team_not_found');
    return found;
  }

  isDown(part: Part, now: number): boolean {
    return now < this.downUntil[part];
  }

  record(delivery: Omit<Delivery, 'n'>): Delivery {
    const n = this.deliveries.all().length + 1;
    return this.deliveries.put(String(n), { n, ...delivery });
  }
}
