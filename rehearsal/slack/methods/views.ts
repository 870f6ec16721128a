import { randomBytes } from 'node:crypto';
import { composite, text } from '../args.ts';
import { checkView, type ViewPayload } from '../blocks.ts';
import { SlackError } from '../error.ts';
import type { View, Workspace } from '../workspace.ts';
import { needed } from './chat.ts';
import type { Call, Method } from './method.ts';

const LARGEST_VIEW = 250_000;

export const views: Record<string, Method> = {
  'views.open': { tier: 4, scopes: [], handle: open },
  'views.update': { tier: 4, scopes: [], handle: update },
};

function open({ workspace, args, now }: Call) {
  const trigger = needed(args, 'trigger_id');
  const view = viewIn(composite(args, 'view'));
  const { external_id } = view;
  if (external_id && workspace.views.all().some((v) => v.external_id === external_id)) {
    throw new SlackError('duplicate_external_id');
  }
  const user = workspace.exchange(trigger, now);
  const id = `V0${randomBytes(5).toString('hex').toUpperCase()}`;
  const kept = workspace.views.put(id, {
    ...view,
    ...{ id, team_id: workspace.team.id, app_id: workspace.team.appId, bot_id: workspace.botId },
    ...{ hash: hashAt(now), external_id: external_id ?? '', root_view_id: id, previous_view_id: null },
    ...{ state: { values: {} }, user, trigger, open: true },
  });
  return { view: shownView(kept) };
}

function update({ workspace, args, now }: Call) {
  const external = text(args, 'external_id');
  const known =
    external === undefined
      ? workspace.views.get(needed(args, 'view_id'))
      : workspace.views.all().find((v) => v.external_id === external);
  if (!known?.open) throw new SlackError('not_found');
  const hash = text(args, 'hash');
  if (hash !== undefined && hash !== known.hash) throw new SlackError('hash_conflict');
  return { view: shownView(changeView(workspace, known, composite(args, 'view'), now)) };
}

/** Another picture in the same modal: by the app's call, or by its answer to a submit. */
export function changeView(workspace: Workspace, known: View, given: unknown, now: number): View {
  const view = viewIn(given);
  return workspace.views.put(known.id, {
    ...known,
    ...{ submit: undefined, close: undefined, callback_id: undefined, private_metadata: undefined },
    ...view,
    external_id: view.external_id ?? known.external_id,
    hash: hashAt(now),
    state: { values: {} },
  });
}

/** What the app sees of a view. */
export function shownView({ user: _user, trigger: _trigger, open: _open, ...view }: View) {
  return {
    ...view,
    ...{ callback_id: view.callback_id ?? '', private_metadata: view.private_metadata ?? '' },
    ...{ submit: view.submit ?? null, close: view.close ?? null, app_installed_team_id: view.team_id },
    ...{ clear_on_close: view.clear_on_close ?? false, notify_on_close: view.notify_on_close ?? false },
  };
}

function viewIn(given: unknown): ViewPayload {
  const view = checkView(given);
  if (JSON.stringify(view).length > LARGEST_VIEW) throw new SlackError('view_too_large');
  return view;
}

const hashAt = (now: number): string => `${Math.floor(now / 1000)}.${randomBytes(4).toString('hex')}`;
