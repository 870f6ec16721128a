import { list, roleName } from '../../domain/describe/words.ts';
import type { DeploymentFile } from '../../domain/deployment-file.ts';
import { own } from '../../domain/authority/context.ts';
import { EXECUTIVE_ROLES, STANDING_ROLES } from '../../domain/roles.ts';
import { personById } from '../../domain/set/approval.ts';
import { manifestSetDigestOf } from '../../domain/waiting.ts';
import { holders } from '../../domain/waiting/ask.ts';
import { capacitiesOf, capacityFor } from './capacity.ts';
import { among, giveOrder, openView, within, type Among, type Call } from './call.ts';
import { openDeployments } from './customer.ts';
import { hiddenIn, releaseHidden } from './hidden.ts';
import { attestedOrder, type Clicked } from './orders.ts';
import { typed, type Slash, type Submission } from './payload.ts';
import { mistyped, questionForAll } from './sign.ts';
import { statusLines } from './status.ts';
import { isSlackStop, stop, stoppable, stopper } from './stops.ts';
import { fieldError, inTheModal, privately, toWriter, type AckSlash, type AckView } from './telling.ts';
import { releaseView, toldView } from './views.ts';
import { NOBODY } from './words.ts';

const HELP = [
  '/golive status — how far it is, and who is waited for',
  '/golive who — who holds which role',
  '/golive sign — all that waits for your signature',
  '/golive hold <cohort or group> <reason> — keeps it from rising',
  '/golive rollback|halt|pause <cohort, group, wave or all> <reason> — stops it now',
  '/golive release <hold id> — takes one hold back',
  'With more than one open deployment its name comes first: /golive q4 status',
].join('\n');

export async function wroteSlash(call: Call, slash: Slash, ack: AckSlash): Promise<void> {
  const words = slash.text.trim().split(/\s+/).filter(Boolean);
  if (words.slice(0, 2).some(isSlackStop)) return wroteStop(call, slash, words, ack);
  const open = await within(call, openDeployments(call.c, call.signal));
  const named = open.find(({ deployment }) => deployment === words[0]);
  if (named !== undefined) words.shift();
  const file = named ?? meant(open, slash.channel_id);
  if (file === undefined)
    return ack(
      privately(open.length === 0 ? 'No deployment is open.' : `Which deployment? ${open.map((f) => f.deployment).join(', ')}`),
    );
  const facts = await among(call, file.deployment);
  if (typeof facts === 'string') return ack(privately(NOBODY));
  const [verb = 'help', ...rest] = words;
  call.metrics.clicked(`slash_${['status', 'who', 'sign', 'hold', 'release'].includes(verb) ? verb : 'help'}`);
  switch (verb) {
    case 'status':
      return ack(privately(statusLines(facts, call.now()).join('\n')));
    case 'who':
      return ack(privately(whoLines(file).join('\n')));
    case 'sign': {
      const question = questionForAll(facts, call.now());
      if (question === undefined) return ack(privately('Nothing waits for your signature now.'));
      await ack();
      return openView(call, slash.trigger_id, question);
    }
    case 'hold':
      return hold(call, facts, slash, rest, ack);
    case 'release':
      if (rest[0] === undefined) return ack(privately('Which hold? /golive status lists them.'));
      await ack();
      return openView(call, slash.trigger_id, releaseView(facts, rest[0].slice(0, 200)));
    default:
      return ack(privately(HELP));
  }
}

/** `/golive halt all …`, `/golive q4 halt all …`: on a way of its own, which needs neither log nor bucket. */
async function wroteStop(call: Call, slash: Slash, words: string[], ack: AckSlash): Promise<void> {
  const open = await stoppable(call);
  const [first = '', ...rest] = words;
  const named = isSlackStop(first) ? undefined : open.find(({ deployment }) => deployment === first);
  const [kind, ...about] = named === undefined ? words : rest;
  if (!isSlackStop(kind)) return ack(privately(HELP));
  const file = named ?? meant(open, slash.channel_id);
  if (file === undefined)
    return ack(
      privately(open.length === 0 ? 'No deployment is open.' : `Which deployment? ${open.map((f) => f.deployment).join(', ')}`),
    );
  const person = stopper(call, file);
  if (person === undefined) return ack(privately(NOBODY));
  call.metrics.clicked(`slash_${kind}`);
  return stop(call, slash, { kind, file, person, words: about }, ack);
}

/** The one of this channel, or the only one there is. */
const meant = (open: readonly DeploymentFile[], channel: string): DeploymentFile | undefined => {
  const here = open.filter((file) => file.slack?.channel === channel);
  const among = here.length > 0 ? here : open;
  return among.length === 1 ? among[0] : undefined;
};

/** It only protects, so a line is enough. */
async function hold(call: Call, facts: Among, slash: Slash, [name, ...why]: string[], ack: AckSlash): Promise<void> {
  const reason = why.join(' ').slice(0, 2000);
  if (name === undefined || reason === '')
    return ack(privately('/golive hold <cohort or group> <reason>: the reason stands in the log.'));
  const group = Object.values(facts.view.cohorts).some((cohort) => cohort.group === name);
  const level = group && own(facts.view.cohorts, name) === undefined ? ('group' as const) : ('cohort' as const);
  const given = {
    kind: 'hold' as const,
    scope: { level, names: [name.slice(0, 200)] },
    args: {},
    reason,
    click: slash.trigger_id,
  };
  await giveOrder(call, inFirstRole(call, facts, given), toWriter(call, slash, ack));
}

export async function submittedRelease(call: Call, submission: Submission, ack: AckView): Promise<void> {
  const hidden = hiddenIn(submission, releaseHidden);
  if (hidden === undefined) call.refusals.count('malformed');
  const facts = hidden && (await among(call, hidden.deployment));
  if (hidden === undefined || facts === undefined || typeof facts === 'string')
    return ack({ response_action: 'update', view: toldView(NOBODY) });
  const { view, file } = facts;
  const errors = mistyped(submission, file.deployment, manifestSetDigestOf(view));
  if (Object.keys(errors).length > 0) {
    call.metrics.clicked('mistyped');
    return ack({ response_action: 'errors', errors });
  }
  const reason = typed(submission, 'reason').slice(0, 2000);
  if (reason === '') return ack(fieldError(submission, 'Say why: it stands in the log.'));
  const held = own(view.holds, hidden.hold);
  const { level, names } = held?.scope ?? { level: 'deployment' as const, names: [] };
  const scope = level === 'group' || level === 'cohort' ? { level, names } : { level: 'deployment' as const, names: [] };
  const given = { kind: 'release' as const, scope, args: { holdId: hidden.hold }, reason, click: submission.view.id };
  await giveOrder(call, inFirstRole(call, facts, given, held?.releasedBy), inTheModal(call, submission, ack));
}

/** In the role that is asked for, if it is theirs. */
function inFirstRole(call: Call, facts: Among, given: Omit<Clicked, 'capacity'>, role?: string) {
  const held = capacitiesOf(facts, facts.person, given.kind, call.now());
  const capacity = capacityFor(held, (c) => role === undefined || c.role === role, 'deployment-lead');
  return attestedOrder(facts, call.caller, facts.person, { ...given, capacity }, call.now());
}

/** Who holds which role, and who stands in. */
const whoLines = (file: DeploymentFile): string[] =>
  [...STANDING_ROLES, ...EXECUTIVE_ROLES].map((role) => {
    const names = holders(file, role).map((id) => {
      const person = personById(file, id);
      return `${person?.name ?? id}${person?.roles.includes(role) === true ? '' : ' (deputy)'}`;
    });
    return `${roleName(role)}: ${list(names, 5) || 'nobody'}`;
  });
