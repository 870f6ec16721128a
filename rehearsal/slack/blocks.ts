import { z } from 'zod';
import { invalid } from './error.ts';

/** Block Kit as far as golive draws with it, with the sizes that Slack allows: https://docs.slack.dev/reference/block-kit */
const plain = (max: number) =>
  z.strictObject({ type: z.literal('plain_text'), text: z.string().min(1).max(max), emoji: z.boolean().optional() });
const text = (max: number) =>
  z.union([
    plain(max),
    z.strictObject({ type: z.literal('mrkdwn'), text: z.string().min(1).max(max), verbatim: z.boolean().optional() }),
  ]);
const id = z.string().min(1).max(255);
const confirm = z.strictObject({
  title: plain(100),
  text: text(300),
  confirm: plain(30),
  deny: plain(30),
  style: z.enum(['primary', 'danger']).optional(),
});
const button = z.strictObject({
  type: z.literal('button'),
  text: plain(75),
  action_id: id.optional(),
  value: z.string().max(2000).optional(),
  url: z.url().max(3000).optional(),
  style: z.enum(['primary', 'danger']).optional(),
  confirm: confirm.optional(),
  accessibility_label: z.string().max(75).optional(),
});
const option = z.strictObject({ text: text(75), value: z.string().max(150), description: plain(75).optional() });
const options = z.array(option).min(1).max(100);
const input = z.union([
  z.strictObject({
    type: z.literal('plain_text_input'),
    action_id: id.optional(),
    placeholder: plain(150).optional(),
    initial_value: z.string().max(3000).optional(),
    multiline: z.boolean().optional(),
    min_length: z.number().int().min(0).max(3000).optional(),
    max_length: z.number().int().min(1).max(3000).optional(),
    focus_on_load: z.boolean().optional(),
  }),
  z.strictObject({
    type: z.literal('static_select'),
    action_id: id.optional(),
    options,
    initial_option: option.optional(),
    placeholder: plain(150).optional(),
  }),
  z.strictObject({
    type: z.literal('radio_buttons'),
    action_id: id.optional(),
    options: options.max(10),
    initial_option: option.optional(),
  }),
  z.strictObject({
    type: z.literal('checkboxes'),
    action_id: id.optional(),
    options: options.max(10),
    initial_options: options.optional(),
  }),
]);
const block_id = id.optional();
const block = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('header'), text: plain(150), block_id }),
  z.strictObject({
    type: z.literal('section'),
    text: text(3000).optional(),
    fields: z.array(text(2000)).min(1).max(10).optional(),
    accessory: button.optional(),
    block_id,
    expand: z.boolean().optional(),
  }),
  z.strictObject({ type: z.literal('context'), elements: z.array(text(2000)).min(1).max(10), block_id }),
  z.strictObject({ type: z.literal('divider'), block_id }),
  z.strictObject({
    type: z.literal('actions'),
    elements: z
      .array(z.union([button, input]))
      .min(1)
      .max(25),
    block_id,
  }),
  z.strictObject({
    type: z.literal('input'),
    label: plain(2000),
    element: input,
    hint: plain(2000).optional(),
    optional: z.boolean().optional(),
    dispatch_action: z.boolean().optional(),
    block_id,
  }),
]);
export type Block = z.output<typeof block>;

const view = z.strictObject({
  type: z.literal('modal'),
  title: plain(24),
  submit: plain(24).optional(),
  close: plain(24).optional(),
  blocks: z.array(block).max(100),
  callback_id: z.string().max(255).optional(),
  private_metadata: z.string().max(3000).optional(),
  external_id: z.string().max(255).optional(),
  clear_on_close: z.boolean().optional(),
  notify_on_close: z.boolean().optional(),
  submit_disabled: z.boolean().optional(),
});
export type ViewPayload = z.output<typeof view>;

const firstProblem = (error: z.ZodError, field: string): string => {
  const [issue] = error.issues;
  return `${issue?.message ?? 'invalid'} [json-pointer:/${[field, ...(issue?.path ?? [])].join('/')}]`;
};

/** The blocks of a message, each with an id, as Slack gives them one. */
export function checkBlocks(given: unknown): Block[] {
  const parsed = z.array(block).max(50).safeParse(given);
  if (!parsed.success) throw invalid('invalid_blocks', firstProblem(parsed.error, 'blocks'));
  return named(parsed.data, 'invalid_blocks');
}

export function checkView(given: unknown): ViewPayload {
  const parsed = view.safeParse(given);
  if (!parsed.success) throw invalid('invalid_arguments', firstProblem(parsed.error, 'view'));
  const { blocks, submit } = parsed.data;
  if (submit === undefined && blocks.some((b) => b.type === 'input')) {
    throw invalid('invalid_arguments', 'missing required field: submit [json-pointer:/view]');
  }
  return { ...parsed.data, blocks: named(blocks, 'invalid_arguments') };
}

function named(blocks: Block[], error: string): Block[] {
  const taken = new Set<string>();
  return blocks.map((b, i) => {
    const block_id = b.block_id ?? `b${i}`;
    if (taken.has(block_id)) throw invalid(error, `\`block_id\` already exists: ${block_id}`);
    taken.add(block_id);
    return { ...b, block_id };
  });
}
