import { z } from 'zod';
import { carryOut } from './act.ts';
import { act } from './act.schema.ts';
import { userSchema } from './config.ts';
import { SlackError } from './error.ts';
import { shownView } from './methods/views.ts';
import { PARTS, type Slack } from './slack.ts';

/** POST /control: how the rehearsal's fault script changes the world. Not part of Slack's API. */
export const controlAction = z.discriminatedUnion('action', [
  /** Nothing of it answers for so long. */
  z.strictObject({ action: z.literal('down-for'), ms: z.number().min(0), part: z.enum(PARTS).default('api') }),
  /** Somebody becomes a guest, is deactivated, or is new. */
  z.looseObject({ action: z.literal('user'), team: z.string().optional(), id: z.string() }),
]);

export interface ControlRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  token: string | null;
  body: string;
}

/** The conductor's and the tests' way in, with a key of its own. Works also while Slack is down for everybody else. */
export async function answerControl(slack: Slack, { method, path, query, token, body }: ControlRequest): Promise<unknown> {
  if (token !== slack.config.controlKey) throw new SlackError('invalid_auth');
  if (method === 'POST' && path === '/control') return change(slack, parsed(controlAction, body));
  if (method === 'POST' && path === '/control/act') {
    if (slack.isDown('api', Date.now())) throw new SlackError('slack_is_down');
    return carryOut(slack, parsed(act, body));
  }
  const workspace = () => slack.workspace(query.get('team'));
  const isFor = (name: string, value: string): boolean => query.get(name) === null || query.get(name) === value;
  if (method === 'GET' && path === '/control/messages') {
    return workspace()
      .messages.all()
      .filter((m) => m.onlyFor === undefined && isFor('channel', m.channel));
  }
  if (method === 'GET' && path === '/control/ephemerals') {
    return workspace()
      .messages.all()
      .filter((m) => m.onlyFor !== undefined && isFor('user', m.onlyFor));
  }
  if (method === 'GET' && path === '/control/views') {
    const views = workspace()
      .views.all()
      .filter((v) => (v.open || query.get('all') === '1') && isFor('user', v.user));
    return views.map((v) => ({ ...shownView(v), user: v.user, open: v.open }));
  }
  if (method === 'GET' && path === '/control/deliveries') return slack.deliveries.all().filter((d) => isFor('team', d.team));
  if (method === 'GET' && path === '/control/sinks') return slack.received.all().filter((r) => isFor('sink', r.sink));
  if (method === 'GET' && path === '/control/calls') return slack.calls;
  throw new SlackError('unknown_method');
}

function change(slack: Slack, given: z.output<typeof controlAction>): unknown {
  if (given.action === 'down-for') {
    slack.downUntil[given.part] = Date.now() + given.ms;
    return { ok: true };
  }
  const { action: _action, team, ...flags } = given;
  const workspace = slack.workspace(team);
  const known = workspace.user(given.id) ?? { name: given.id.toLowerCase() };
  workspace.setUser(parsed(userSchema, JSON.stringify({ ...known, ...flags })));
  return { ok: true };
}

function parsed<T>(schema: z.ZodType<T>, body: string): T {
  const result = schema.safeParse(json(body));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new SlackError('invalid_arguments', { detail: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}` });
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
