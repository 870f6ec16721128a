import type { Block } from './blocks.ts';
import { SlackError } from './error.ts';
import { shownView } from './methods/views.ts';
import type { Message, View, Workspace } from './workspace.ts';

/** What Slack writes about who did it, where; the same in every payload. */
export function common(workspace: Workspace, userId: string, trigger: string, team: string | undefined) {
  const user = workspace.user(userId);
  if (!user) throw new SlackError('user_not_found');
  const { id, domain, appId } = workspace.team;
  return {
    team: { id: team ?? id, domain },
    user: { id: user.id, username: user.name, name: user.name, team_id: user.team_id ?? team ?? id },
    ...{ api_app_id: appId, token: 'verification-token', trigger_id: trigger, enterprise: null, is_enterprise_install: false },
  };
}

type Element = Extract<Block, { type: 'actions' }>['elements'][number];
type Button = Extract<Element, { type: 'button' }>;

/** The button that was clicked: by its action, and by its value where several share one. */
export function buttonIn(blocks: readonly Block[] | undefined, action: string, value: string | undefined) {
  const buttons = (blocks ?? []).flatMap((block) => {
    const elements =
      block.type === 'actions' ? block.elements : block.type === 'section' && block.accessory ? [block.accessory] : [];
    return elements.flatMap((e) =>
      e.type === 'button' && e.action_id === action ? [{ block_id: block.block_id ?? '', button: e }] : [],
    );
  });
  const found = buttons.find(({ button }) => value === undefined || button.value === value) ?? buttons[0];
  if (!found) throw new SlackError('action_not_found');
  return found;
}

export function blockActions(
  base: ReturnType<typeof common>,
  clicked: { block_id: string; button: Button; value: string | undefined; ts: string },
  place: { message: Message; channelName: string; responseUrl: string } | { view: View },
) {
  const { block_id, button, ts } = clicked;
  const value = clicked.value ?? button.value;
  const action = { ...button, block_id, ...(value === undefined ? {} : { value }), action_ts: ts };
  if ('view' in place) {
    const view = shownView(place.view);
    return { type: 'block_actions', ...base, container: { type: 'view', view_id: view.id }, view, actions: [action] };
  }
  const { message, channelName, responseUrl } = place;
  const { channel, onlyFor, metadata: _metadata, broadcast: _broadcast, ...shown } = message;
  return {
    type: 'block_actions',
    ...base,
    container: {
      ...{ type: 'message', message_ts: message.ts, channel_id: channel, is_ephemeral: onlyFor !== undefined },
      ...(message.thread_ts === undefined ? {} : { thread_ts: message.thread_ts }),
    },
    channel: { id: channel, name: channelName },
    message: shown,
    state: { values: {} },
    response_url: responseUrl,
    actions: [action],
  };
}

export const viewSubmission = (base: ReturnType<typeof common>, view: View, state: View['state']) => ({
  type: 'view_submission',
  ...base,
  view: { ...shownView(view), state },
  response_urls: [],
});

/** What stands in a modal's fields when it is sent off. A field that must be filled in and is not keeps it from being sent. */
export function stateOf(view: View, values: Record<string, string | string[]>): View['state'] {
  const state: View['state'] = { values: {} };
  for (const block of view.blocks) {
    if (block.type !== 'input') continue;
    const { element, block_id = '' } = block;
    const action = element.action_id ?? '';
    const given = values[action];
    if (!block.optional && (given === undefined || given.length === 0))
      throw new SlackError('required_field_is_empty', { action });
    state.values[block_id] = { [action]: fieldOf(element, given) };
  }
  return state;
}

function fieldOf(element: Extract<Block, { type: 'input' }>['element'], given: string | string[] | undefined) {
  const { type } = element;
  if (type === 'plain_text_input') return { type, value: typeof given === 'string' ? given : null };
  const chosen = element.options.filter((o) => (Array.isArray(given) ? given.includes(o.value) : o.value === given));
  return type === 'checkboxes' ? { type, selected_options: chosen } : { type, selected_option: chosen[0] ?? null };
}
