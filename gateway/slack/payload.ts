import { z } from 'zod';

/** What we take of what Slack sends; all else is dropped before anything looks at it. */
const id = z.string().regex(/^[A-Z0-9]{3,40}$/);
const words = z.string().max(4000);
const team = z.object({ id });
const user = z.object({ id, team_id: id.optional() });

const click = z.object({
  type: z.literal('block_actions'),
  team,
  user,
  trigger_id: words.min(1),
  response_url: z.url().max(1000).optional(),
  channel: z.object({ id }).optional(),
  actions: z.tuple([
    z.object({
      type: words,
      action_id: words.min(1),
      block_id: words.optional(),
      value: words.optional(),
      action_ts: words.optional(),
    }),
  ]),
});

const input = z.object({ value: words.nullish(), selected_option: z.object({ value: words }).nullish() });
const submission = z.object({
  type: z.literal('view_submission'),
  team,
  user,
  view: z.object({
    id: words.min(1),
    type: z.literal('modal'),
    callback_id: words.min(1),
    private_metadata: z.string().max(3000),
    state: z.object({ values: z.record(z.string(), z.record(z.string(), input)) }),
  }),
});

const slash = z.object({
  command: z.literal('/golive'),
  text: words.default(''),
  team_id: id,
  user_id: id,
  channel_id: id,
  trigger_id: words.min(1),
  response_url: z.url().max(1000).optional(),
});

export type Click = z.output<typeof click>;
export type Submission = z.output<typeof submission>;
export type Slash = z.output<typeof slash>;
/** Slack asks now and then whether we are there; there is nothing in it to act on. */
export type SlackPayload = Click | Submission | Slash | 'nothing';

/** Undefined: not what Slack sends. */
export function parseInteraction(body: Uint8Array): SlackPayload | undefined {
  const form = formOf(body);
  if (form.has('ssl_check')) return 'nothing';
  const payload = jsonOf(form.get('payload'));
  const type = z.object({ type: z.string() }).safeParse(payload).data?.type;
  if (type === 'block_actions') return click.safeParse(payload).data;
  if (type === 'view_submission') return submission.safeParse(payload).data;
  return type === 'view_closed' ? 'nothing' : undefined;
}

export function parseSlash(body: Uint8Array): SlackPayload | undefined {
  const form = formOf(body);
  return form.has('ssl_check') ? 'nothing' : slash.safeParse(Object.fromEntries(form)).data;
}

export interface Sender {
  /** All workspaces that the request names; there must be but one. */
  teams: string[];
  user: string;
}

export function senderOf(payload: Exclude<SlackPayload, 'nothing'>): Sender {
  if ('command' in payload) return { teams: [payload.team_id], user: payload.user_id };
  const { team: workspace, user: who } = payload;
  return { teams: [workspace.id, ...(who.team_id === undefined ? [] : [who.team_id])], user: who.id };
}

/** What was typed or chosen in a modal's field; block and action have the same id. */
export function typed({ view }: Submission, field: string): string {
  const { values } = view.state;
  const block = Object.hasOwn(values, field) ? values[field] : undefined;
  const given = block && Object.hasOwn(block, field) ? block[field] : undefined;
  return (given?.selected_option?.value ?? given?.value ?? '').trim();
}

const formOf = (body: Uint8Array): URLSearchParams => new URLSearchParams(Buffer.from(body).toString('utf8'));

function jsonOf(text: string | null): unknown {
  try {
    return text === null ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
