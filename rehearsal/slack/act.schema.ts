import { z } from 'zod';

const who = {
  /** Missing: the only workspace. */
  team: z.string().optional(),
  user: z.string(),
  /** Sent so many times more, at once, as retries. */
  duplicates: z.number().int().min(0).max(20).default(0),
  /** How long a view is waited for that the app may open. */
  patienceMs: z.number().int().min(0).max(3_000).default(3_000),
  forge: z
    .strictObject({ ageSeconds: z.number().optional(), secret: z.string().optional(), team: z.string().optional() })
    .default({}),
};

/** POST /control/act: what somebody does in Slack. */
export const act = z.union([
  z.strictObject({
    type: z.literal('click'),
    ...who,
    channel: z.string(),
    ts: z.string(),
    action_id: z.string(),
    /** Which button, where several share an action; or one that the message does not hold: a forged value. */
    value: z.string().optional(),
  }),
  z.strictObject({ type: z.literal('click'), ...who, view: z.string(), action_id: z.string(), value: z.string().optional() }),
  z.strictObject({
    type: z.literal('submit'),
    ...who,
    view: z.string(),
    /** What was typed or chosen, by action_id. */
    values: z.record(z.string(), z.union([z.string(), z.array(z.string())])).default({}),
  }),
  z.strictObject({
    type: z.literal('command'),
    ...who,
    command: z.string().startsWith('/'),
    text: z.string().default(''),
    channel: z.string(),
  }),
]);
export type Act = z.output<typeof act>;
