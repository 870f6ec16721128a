import { setTimeout as sleep } from 'node:timers/promises';
import { clickId } from '../../audit/click.ts';
import { sha256Digest } from '../../audit/keys.ts';
import { followStop } from '../../clients/platform/seen.ts';
import { answerInLog, type Answer } from '../../clients/recorder/answer.ts';
import type { Command, Scope } from '../../domain/command.ts';
import type { DeploymentFile, Person } from '../../domain/deployment-file.ts';
import { scopeWords } from '../../domain/describe/command.ts';
import { list, number } from '../../domain/describe/words.ts';
import { SHAPES } from '../../domain/mode.ts';
import { runbookCanonical } from '../../domain/runbook/canonical.ts';
import { rolesAllowed } from '../../domain/runbook/commands.ts';
import { holdsRole } from '../../domain/set/approval.ts';
import { sawNothing } from '../../domain/stop/stop.ts';
import type { DeploymentView } from '../../domain/view.ts';
import { handInSigned, whisper, within, type Call } from './call.ts';
import { openDeployments } from './customer.ts';
import { personOf } from './identity.ts';
import type { Slash } from './payload.ts';
import { privately, type AckSlash } from './telling.ts';
import { answerWords, HANDED_IN, notRecorded, UNANSWERED } from './words.ts';

/** What can be stopped from here in a line. A terminate is final, a shutdown is the customer's: both are for the command line. */
const SLACK_STOPS = ['pause', 'rollback', 'halt'] as const;
export type SlackStop = (typeof SLACK_STOPS)[number];
export const isSlackStop = (word: string | undefined): word is SlackStop =>
  (SLACK_STOPS as readonly (string | undefined)[]).includes(word);

const VALID_MS = 3_600_000;
const AT_ONCE_MS = 1500;
const AFTER_ACK_MS = 300;
const FOLLOW_MS = 60_000;

/** Deployments that a stop may be about: the open ones; with log or bucket away, those whose file was believed before. */
export async function stoppable(call: Call): Promise<DeploymentFile[]> {
  const known = (): DeploymentFile[] => call.c.remembered().filter((file) => file.slack?.team === call.c.team);
  const open = await within(call, openDeployments(call.c, call.signal)).catch(known);
  return open.length > 0 ? open : known();
}

export interface Asked {
  kind: SlackStop;
  file: DeploymentFile;
  person: Person;
  words: string[];
}

/** It only takes away, so a line is enough, and nothing that is down keeps anybody from it. */
export async function stop(call: Call, slash: Slash, asked: Asked, ack: AckSlash): Promise<void> {
  const [name, ...why] = asked.words;
  if (name === undefined) return ack(privately(`/golive ${asked.kind} <cohort, group, wave or all> <reason>`));
  const view = await viewOf(call, asked.file);
  const scope = scopeFrom(name.slice(0, 200), view);
  if (typeof scope === 'string') return ack(privately(notRecorded(scope)));
  const command = stopOrder(call, slash, { ...asked, scope, reason: why.join(' ').slice(0, 2000) });
  const began = Date.now();
  const digest = await handInSigned(call, command, (words) =>
    ack(privately(`${words} With golive ${asked.kind} --direct on a command line nothing of the engine is needed.`)),
  );
  if (digest === undefined) return;
  const told = outcome(call, command, { digest, began });
  const first = await Promise.race([told, sleep(AT_ONCE_MS, undefined, { ref: false })]);
  if (first !== undefined) return ack(privately(first));
  await ack(privately(HANDED_IN));
  await sleep(AFTER_ACK_MS);
  await whisper(call, { responseUrl: slash.response_url, channel: slash.channel_id }, await told);
}

/** For the names only; a log that does not answer at once is not waited for. */
const viewOf = ({ c }: Call, { customer, deployment }: DeploymentFile): Promise<DeploymentView | undefined> =>
  c.log.state({ customer, deployment }, AbortSignal.timeout(VIEW_WITHIN_MS)).catch(() => undefined);
const VIEW_WITHIN_MS = 700;

const LEVELS = ['cohort', 'group', 'agent'] as const;

/** `all`, a wave, a group, a cohort; or `cohort:name`, which is taken as it stands. */
function scopeFrom(name: string, view: DeploymentView | undefined): Scope | string {
  if (name === 'all') return { level: 'deployment', names: [] };
  if (SHAPES.some((shape) => shape === name)) return { level: 'wave', names: [name] };
  for (const level of LEVELS) if (name.startsWith(`${level}:`)) return { level, names: [name.slice(level.length + 1)] };
  const explicit = 'say cohort:NAME, group:NAME or agent:NAME, and it is taken as it stands.';
  if (view === undefined) return `the log does not answer, so the name cannot be looked up; ${explicit}`;
  const cohorts = Object.values(view.cohorts);
  if (cohorts.some((c) => c.id === name)) return { level: 'cohort', names: [name] };
  if (cohorts.some((c) => c.group === name)) return { level: 'group', names: [name] };
  return `there is no cohort, group or wave ${name}; ${explicit}`;
}

function stopOrder(
  { c, caller, now }: Call,
  slash: Slash,
  { kind, file, person, scope, reason }: Asked & { scope: Scope; reason: string },
): Command {
  const may = rolesAllowed(kind, scope.level, null);
  const at = now();
  const { customer, deployment, environment, logOrigin } = file;
  return {
    v: 1,
    id: clickId({ ...caller, deployment, kind, cards: [], scope, args: {}, click: slash.trigger_id }),
    ...{ kind, customer, deployment, environment, logOrigin, person: person.id, scope, reason, args: {} },
    // Somebody without such a role is told so by the engine, and the log knows of it.
    role: may.find((role) => holdsRole(person, role)) ?? person.roles[0] ?? 'deployment-lead',
    issuedAt: new Date(at).toISOString(),
    expiresAt: new Date(at + VALID_MS).toISOString(),
    saw: sawNothing(sha256Digest(runbookCanonical()), file.version),
    attestation: { channel: 'slack', team: c.team, user: caller.user, cards: [] },
  };
}

/** What the platform itself says, and the log where it has an answer; in words for who ordered it. */
async function outcome(call: Call, command: Command, { digest, began }: { digest: string; began: number }): Promise<string> {
  const { c, ending, metrics } = call;
  let answer: Answer | undefined;
  const logged = answerInLog(c.log, { command, envelopeDigest: digest }, { waitMs: FOLLOW_MS, signal: ending })
    .catch(() => undefined)
    .then((found) => (answer = found));
  const at = { deployment: command.deployment, commandId: command.id, kind: command.kind as SlackStop, scope: command.scope };
  const seen =
    c.platform &&
    (await followStop(c.platform, at, {
      waitMs: FOLLOW_MS,
      signal: ending,
      ended: () => answer?.kind === 'command.refused',
    }).catch(() => undefined));
  if (seen?.fence === undefined || seen.fence === null) await logged;
  metrics.answered(answer?.kind === 'command.refused' ? 'refused' : answer || seen?.fence ? 'applied' : 'unanswered');
  if (answer?.kind === 'command.refused' || !seen?.fence) return answer === undefined ? UNANSWERED : answerWords(answer);
  const { fence, left, downAt } = seen;
  const down =
    downAt === null ? `not down yet: ${list(left, 5)}` : `all of it is down, ${number(downAt - began)} ms after the order`;
  const recorded = answer === undefined ? 'The log has it as soon as it answers.' : answerWords(answer);
  return `Fence #${fence.generation} stands at the platform: ${scopeWords(command.scope)} at most ${fence.ceiling}; ${down}. ${recorded}`;
}

/** The person, if they are of this deployment; nobody else stops anything from here. */
export const stopper = (call: Call, file: DeploymentFile): Person | undefined => {
  const person = personOf(file, call.caller);
  if (person === undefined) {
    call.refusals.count('unknown_user');
    call.metrics.clicked('unknown_user');
  }
  return person;
};
