import { putEvidence, putJsonEvidence } from '../../clients/store/evidence.ts';
import { envelopeText } from '../../audit/envelope.ts';
import { holdAdded } from '../../domain/authority/follow.ts';
import type { EntryData, EvidenceRef, NewEntry } from '../../domain/entry.ts';
import { FAILURES } from '../../domain/failure.ts';
import type { DeploymentName } from '../../domain/ids.ts';
import { holdOfStop } from '../../domain/stop/hold.ts';
import { STOPS } from '../../domain/stop/stop.ts';
import type { Down, FlipsDone, StopMessage, StopVerdict } from '../contract/stop.ts';
import { keptFile } from '../deployment-file.ts';
import { entryWriter, record } from '../entries.ts';
import type { Tenant } from '../ports.ts';
import { openStop, type OpenStop, type RefusedStop } from './open.ts';
import type { KeptFile, StopPorts } from './ports.ts';

/** One stop as it is written about. */
interface Desk {
  name: DeploymentName;
  /** Where the order stands, when that is not here. */
  orderedIn?: string;
  tenant: Tenant;
  now: () => number;
  entry: ReturnType<typeof entryWriter>;
  signal: AbortSignal;
}

const deskOf = (ports: StopPorts, { name }: Pick<StopMessage, 'name'>, signal: AbortSignal): Desk => ({
  name,
  tenant: ports.tenant(name.customer),
  now: () => ports.now(),
  entry: entryWriter(name, () => ports.now()),
  signal,
});

/** The answer to the order, and what follows from it. It is verified here again: the log takes nobody's word for it. */
export async function recordVerdict(
  ports: StopPorts,
  { verdict, ...message }: StopMessage & { verdict: StopVerdict },
  signal: AbortSignal,
): Promise<void> {
  const desk = deskOf(ports, message, signal);
  const opened = await openStop(ports, message, signal);
  const file = await fileEntries(desk, opened.kept);
  if (opened.refusal) {
    await record(desk.tenant.recorder, [...file, await refusedEntry(desk, message, opened)], signal);
    return;
  }
  if (verdict.outcome === 'refused') {
    // By the file that was at hand it was refused, and so nothing was done: that is its answer, whatever the file says now.
    const { code } = verdict;
    const refusal = { verdict: 'refused' as const, code, sentence: FAILURES[code].sentence };
    await record(desk.tenant.recorder, [...file, await refusedEntry(desk, message, { ...opened, refusal })], signal);
    return;
  }
  const flipped = await flippedEntry(desk, message, opened, verdict, 'first');
  const there: NewEntry[] = [];
  for (const other of await elsewhere(ports, message, opened, signal))
    there.push(holdEntry(other, opened), await flippedEntry(other, message, opened, partOf(verdict, other), 'first'));
  await record(
    desk.tenant.recorder,
    [...file, await appliedEntry(desk, message, opened, verdict), holdEntry(desk, opened), flipped, ...there],
    signal,
  );
}

/** What stops a whole customer stands in each of their open deployments: each says so where its own people look. */
async function elsewhere(ports: StopPorts, { name }: StopMessage, { command }: OpenStop, signal: AbortSignal): Promise<Desk[]> {
  if (command.scope.level !== 'customer') return [];
  const { customer, deployment: orderedIn } = name;
  const all = await ports.tenant(customer).log.deployments(signal);
  return all
    .filter((d) => d.customer === customer && d.deployment !== orderedIn && d.openedAt !== null && d.closedAt === null)
    .map(({ deployment }) => ({ ...deskOf(ports, { name: { customer, deployment } }, signal), orderedIn }));
}

/** The flips of one other deployment, by their names there. */
function partOf(down: Down, { name }: Desk): Down {
  const own = `${name.deployment}/`;
  return {
    ...down,
    flipped: down.flipped.flatMap(([subject, ms]) => (subject.startsWith(own) ? [[subject.slice(own.length), ms]] : [])),
    left: down.left.flatMap((one) => (one.subject.startsWith(own) ? [{ ...one, subject: one.subject.slice(own.length) }] : [])),
  };
}

/** What the stragglers did after that; the whole again, so that the later entry says all. */
export async function recordRest(
  ports: StopPorts,
  { down, rest, ...message }: StopMessage & { down: Down; rest: FlipsDone },
  signal: AbortSignal,
): Promise<void> {
  const desk = deskOf(ports, message, signal);
  const opened = await openStop(ports, message, signal);
  if (opened.refusal) return;
  const all = { ...down, flipped: [...down.flipped, ...rest.flipped], left: rest.left };
  const entries = [await flippedEntry(desk, message, opened, all, 'all')];
  for (const other of await elsewhere(ports, message, opened, signal))
    entries.push(await flippedEntry(other, message, opened, partOf(all, other), 'all'));
  await record(desk.tenant.recorder, entries, signal);
}

/** By its keys whoever verifies the log judges the order; a stop may be the first that the log hears of the deployment. */
async function fileEntries(desk: Desk, kept: KeptFile): Promise<NewEntry[]> {
  return (await keptFile({ ...desk, ...kept })).entries;
}

const keepEnvelope = ({ tenant, signal }: Desk, text: string): Promise<EvidenceRef> =>
  putEvidence(tenant.audit, tenant.auditPrefix, text, { contentType: 'application/json', signal });

async function appliedEntry(desk: Desk, message: StopMessage, { command, envelope }: OpenStop, down: Down): Promise<NewEntry> {
  const kept = await keepEnvelope(desk, envelopeText(envelope));
  const data = { command, envelope: kept, fenceGeneration: down.generation, ...taken(message, Date.parse(down.fencedAt)) };
  return desk.entry('command.applied', `command/${command.id}`, data, { actor: command.person });
}

/** Said by whoever handed it in, so it may be no time at all. */
function taken({ handedInAt }: StopMessage, answeredMs: number): { latencyMs: number; handedInAt?: string } {
  const ms = Date.parse(handedInAt);
  return Number.isNaN(ms)
    ? { latencyMs: 0 }
    : { latencyMs: Math.max(0, answeredMs - ms), handedInAt: new Date(ms).toISOString() };
}

function holdEntry({ entry, orderedIn }: Desk, { command }: OpenStop): NewEntry {
  const { kind, subject, data } = holdAdded(holdOfStop(command));
  const at = orderedIn === undefined ? {} : { orderedIn };
  return entry(kind, subject, { ...data, ...at }, { actor: command.person });
}

/** Named in the entry; beyond that, the evidence has them. */
const NAMED = 250;

async function flippedEntry(
  { tenant, entry, orderedIn, signal }: Desk,
  message: StopMessage,
  { command }: OpenStop,
  down: Down,
  which: 'first' | 'all',
): Promise<NewEntry> {
  const { id, kind, scope, args, person } = command;
  const { ceiling } = STOPS[kind];
  const fencedMs = Date.parse(down.fencedAt);
  const at = (afterMs: number): string => new Date(fencedMs + afterMs).toISOString();
  const flips = [...down.flipped.map(([subject, afterMs]) => ({ subject, outcome: 'applied', at: at(afterMs) })), ...down.left];
  const evidence = await putJsonEvidence(tenant.audit, tenant.auditPrefix, { stop: id, kind, scope, ceiling, flips }, signal);
  const last = down.flipped.reduce<number | null>((latest, [, ms]) => Math.max(latest ?? 0, ms), null);
  const count = (outcome: string): number => down.left.filter((one) => one.outcome === outcome).length;
  const data: EntryData['stop.flipped'] = {
    ...{ stop: id, kind, scope, ceiling, fenceGeneration: down.generation },
    handedInAt: taken(message, fencedMs).handedInAt ?? down.fencedAt,
    fencedAt: down.fencedAt,
    lastAt: last === null ? null : at(last),
    outcomes: { applied: down.flipped.length, 'not-applied': count('not-applied'), unknown: count('unknown') },
    flipped: down.flipped.slice(0, NAMED).map(([subject]) => subject),
    left: down.left.slice(0, NAMED).map(({ subject }) => subject),
    evidence,
    ...(orderedIn === undefined ? {} : { orderedIn }),
    ...(args.drill === true ? { drill: true } : {}),
  };
  return entry('stop.flipped', `stop/${id}/flipped/${which}`, data, { actor: person });
}

async function refusedEntry(desk: Desk, message: StopMessage, stop: RefusedStop): Promise<NewEntry> {
  const { id, command, envelope, refusal } = stop;
  const text = envelope === undefined ? message.envelope.slice(0, 65_536) : envelopeText(envelope);
  const kept = await keepEnvelope(desk, text);
  const commandId = envelope === undefined ? kept.digest : id;
  const signed = command !== undefined && id === command.id;
  const place = envelope === undefined ? 'command-unreadable' : signed ? 'command' : 'command-unsigned';
  const data = {
    ...{ commandId, kind: command?.kind ?? 'unknown', code: refusal.code, sentence: refusal.sentence, envelope: kept },
    ...(command ? { scope: command.scope } : {}),
    ...taken(message, desk.now()),
  };
  return desk.entry('command.refused', `${place}/${commandId}`, data, { actor: signed ? command.person : 'unknown' });
}

/** Who the task is for: whoever keeps the platform and the workers running. */
const OWNER = 'arx-standby';

export async function recordOverdue(
  ports: StopPorts,
  { left, over, ...message }: StopMessage & { left: string[]; over: boolean },
  signal: AbortSignal,
): Promise<void> {
  const { tenant, entry } = deskOf(ports, message, signal);
  const opened = await openStop(ports, message, signal);
  if (opened.refusal) return;
  const { id, kind } = opened.command;
  const taskId = `stop/${id}`;
  const code = 'platform_unreachable';
  const named = `${left.slice(0, 5).join(', ')}${left.length > 5 ? ` and ${left.length - 5} more` : ''}`;
  const written = over
    ? entry('task.closed', `task/${taskId}/closed`, { taskId, how: 'all is down' })
    : entry('task.opened', `task/${taskId}`, {
        ...{ taskId, owner: OWNER, code },
        sentence: `The ${kind} ${id} has not reached ${named} within 60 s. ${FAILURES[code].sentence}`,
        next: `Bring them down at the platform itself, or: golive ${kind} --direct. It is tried again all the while.`,
      });
  await record(tenant.recorder, [written], signal);
}
