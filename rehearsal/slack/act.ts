import { setTimeout as sleep } from 'node:timers/promises';
import type { Act } from './act.schema.ts';
import { deliver, type Answer } from './deliver.ts';
import { SlackError } from './error.ts';
import { changeView, shownView } from './methods/views.ts';
import { blockActions, buttonIn, common, stateOf, viewSubmission } from './payloads.ts';
import { newResponseUrl, said } from './response-url.ts';
import type { Delivery, Slack } from './slack.ts';
import type { View, Workspace } from './workspace.ts';

export interface Acted {
  /** Slack took one of the answers for one; otherwise it shows the user that something went wrong. */
  acked: boolean;
  answers: Answer[];
  trigger: string;
  /** What the app opened with the trigger. */
  views: ReturnType<typeof shownView>[];
  /** After a submit: the modal as it stands, null when it was closed. */
  view?: ReturnType<typeof shownView> | null;
}

interface Sent {
  kind: Delivery['kind'];
  what: string;
  value: string;
  view: string | null;
  url: string;
  form: Record<string, string>;
}

/** Somebody does something in Slack: the app is told, signed, and what it answers is shown to them. */
export async function carryOut(slack: Slack, given: Act): Promise<Acted> {
  const workspace = slack.workspace(given.team);
  const trigger = workspace.newTrigger(given.user, Date.now());
  const sent = requestOf(slack, workspace, given, trigger);
  const answers = await Promise.all(
    Array.from({ length: given.duplicates + 1 }, (_, retry) => send(slack, workspace, given, { ...sent, trigger, retry })),
  );
  const answer = answers.find((a) => a.acked);
  if (given.type === 'command' && answer) said(workspace, given.channel, given.user, answer.body);
  if (given.type === 'submit' && answer) answered(workspace, given.view, answer.body);
  const views = await opened(workspace, trigger, answer === undefined ? 0 : given.type === 'submit' ? 0 : given.patienceMs);
  const after = given.type === 'submit' ? workspace.views.get(given.view) : undefined;
  return {
    acked: answer !== undefined,
    ...{ answers, trigger, views: views.map(shownView) },
    ...(given.type === 'submit' ? { view: after?.open ? shownView(after) : null } : {}),
  };
}

function requestOf(slack: Slack, workspace: Workspace, given: Act, trigger: string): Sent {
  const base = common(workspace, given.user, trigger, given.forge.team);
  const { interactions, commands } = workspace.team;
  const interaction = (payload: unknown) => ({ url: interactions, form: { payload: JSON.stringify(payload) } });
  if (given.type === 'command') {
    const { command, text } = given;
    const channel = workspace.channel(given.channel);
    const form = {
      ...{ token: base.token, team_id: base.team.id, team_domain: base.team.domain, channel_id: channel.id },
      ...{ channel_name: channel.name, user_id: base.user.id, user_name: base.user.name, command, text },
      ...{ api_app_id: base.api_app_id, is_enterprise_install: 'false', trigger_id: trigger },
      response_url: newResponseUrl(slack, workspace, channel.id, given.user),
    };
    return { kind: 'command', what: `${command} ${text}`.trim(), value: '', view: null, url: commands, form };
  }
  if (given.type === 'submit') {
    const view = openView(workspace, given.view, given.user);
    const payload = viewSubmission(base, view, stateOf(view, given.values));
    const what = view.callback_id ?? '';
    return { kind: 'view_submission', what, value: view.private_metadata ?? '', view: view.id, ...interaction(payload) };
  }
  const ts = workspace.nextTs(Date.now());
  const place = 'view' in given ? { view: openView(workspace, given.view, given.user) } : messageAt(slack, workspace, given);
  const found = buttonIn('view' in place ? place.view.blocks : place.message.blocks, given.action_id, given.value);
  const payload = blockActions(base, { ...found, value: given.value, ts }, place);
  const value = given.value ?? found.button.value ?? '';
  const view = 'view' in place ? place.view.id : null;
  return { kind: 'block_actions', what: given.action_id, value, view, ...interaction(payload) };
}

function messageAt(slack: Slack, workspace: Workspace, given: { channel: string; ts: string; user: string }) {
  const channel = workspace.channel(given.channel);
  const message = workspace.message(channel.id, given.ts);
  if (!message || (message.onlyFor !== undefined && message.onlyFor !== given.user)) throw new SlackError('message_not_found');
  return { message, channelName: channel.name, responseUrl: newResponseUrl(slack, workspace, channel.id, given.user) };
}

function openView(workspace: Workspace, id: string, user: string): View {
  const view = workspace.views.get(id);
  if (!view?.open || view.user !== user) throw new SlackError('view_not_found');
  return view;
}

async function send(slack: Slack, workspace: Workspace, given: Act, sent: Sent & { trigger: string; retry: number }) {
  const { url, form, trigger, retry, kind, what, value, view } = sent;
  const at = new Date().toISOString();
  const answer = await deliver(workspace.team, { url, form, retry, forge: given.forge });
  slack.record({
    ...{ at, team: workspace.team.id, user: given.user, kind, what, value, view, trigger, retry },
    ...{ forged: Object.keys(given.forge).length > 0, ...answer },
  });
  return answer;
}

/** https://docs.slack.dev/surfaces/modals: what an app may answer to a submit. */
function answered(workspace: Workspace, id: string, body: string): void {
  const view = workspace.views.get(id);
  if (!view) return;
  const { response_action: action, view: next } = jsonOf(body) as { response_action?: string; view?: unknown };
  if (action === 'errors') return;
  if (action === 'update') changeView(workspace, view, next, Date.now());
  else workspace.views.put(id, { ...view, open: false });
}

function jsonOf(body: string): object {
  try {
    return JSON.parse(body) as object;
  } catch {
    return {};
  }
}

/** An app may open its view before it answers or after; the trigger decides how long. */
async function opened(workspace: Workspace, trigger: string, patienceMs: number): Promise<View[]> {
  const until = Date.now() + patienceMs;
  while (Date.now() < until && workspace.isAlive(trigger, Date.now())) await sleep(20);
  return workspace.views.all().filter((v) => v.trigger === trigger);
}
