import { envelopeDigest, envelopeText, parseEnvelope, type Envelope } from '../../audit/envelope.ts';
import { openOrder } from '../../audit/signed-order.ts';
import { putEvidence } from '../../clients/store/evidence.ts';
import type { OrderContext, Refusal, Signer } from '../../domain/authority/context.ts';
import { planHours } from '../../domain/clock.ts';
import type { Command } from '../../domain/command.ts';
import type { EvidenceRef, NewEntry, RecordedEntry } from '../../domain/entry.ts';
import { FAILURES } from '../../domain/failure.ts';
import { waitingFor } from '../../domain/waiting.ts';
import { askedSince } from '../../domain/waiting/asked.ts';
import type { DeploymentView } from '../../domain/view.ts';
import type { CommandResult, HandedIn } from '../contract.ts';
import type { Deployment } from '../deployment.ts';
import { record } from '../entries.ts';
import { runbookDigest } from '../runbook-digest.ts';
import type { Effects } from './effect.ts';
import { effectsOf } from './effects.ts';
import { prerequisites, type Check } from './prerequisites.ts';

/** Since when an order was under way, and how long. */
export interface Taken {
  latencyMs: number;
  handedInAt?: string;
}

export interface OpenedOrder {
  envelope: Envelope;
  command: Command;
  signer: Signer;
  taken: Taken;
}

/** What came, as far as it can be understood: an order with its signer, or why it is none. */
export type Opened = OpenedOrder | { text: string; envelope?: Envelope; taken: Taken; problem: Refusal };

export function openHandedIn(d: Deployment, { envelope: text, handedInAt }: HandedIn): Opened {
  // Said by whoever handed it in, so it may be no time at all.
  const handedInMs = Date.parse(handedInAt);
  const taken: Taken = Number.isNaN(handedInMs)
    ? { latencyMs: 0 }
    : { latencyMs: Math.max(0, d.now() - handedInMs), handedInAt: new Date(handedInMs).toISOString() };
  const envelope = parseEnvelope(text);
  if ('problem' in envelope) return { text, taken, problem: failure('malformed_command', envelope.detail) };
  const { signer, command } = openOrder(envelope, d.file) ?? {};
  if (signer && command) return { envelope, command, signer, taken };
  return { text, envelope, taken, problem: failure(signer ? 'malformed_command' : 'signature_invalid') };
}

const failure = (code: 'malformed_command' | 'signature_invalid', detail = ''): Refusal => ({
  verdict: 'refused',
  code,
  sentence: `${FAILURES[code].sentence} ${detail}`.trim(),
});

/** The answer to an order stands in the log under this id. */
export const answerId = ({ name }: Deployment, { id }: Command): string => `${name.customer}/${name.deployment}/command/${id}`;

/** What an order is judged against, but for who signed it and how far the deployment is. */
export const contextOf = (d: Deployment, view: DeploymentView): Omit<OrderContext, 'signer'> => ({
  file: d.file,
  nowIso: new Date(d.now()).toISOString(),
  manifestSetDigest: d.setDigest,
  runbookDigest,
  planHours: planHours(view.clock, d.now()),
  among: view,
});

const keepEnvelope = (d: Deployment, envelope: Envelope): Promise<EvidenceRef> =>
  putEvidence(d.tenant.audit, d.tenant.auditPrefix, envelopeText(envelope), {
    contentType: 'application/json',
    signal: d.signal,
  });

export async function appliedEntry(
  d: Deployment,
  { envelope, command, taken }: OpenedOrder,
  { fenceGeneration, evidence }: { fenceGeneration: number; evidence?: EvidenceRef },
  view: DeploymentView,
): Promise<NewEntry> {
  const ref = await keepEnvelope(d, envelope);
  const askedAt = askedSince(waitingFor(view, d.file, d.now()), command, view);
  return d.entry(
    'command.applied',
    `command/${command.id}`,
    {
      ...{ command, envelope: ref, fenceGeneration },
      ...(evidence === undefined ? {} : { evidence }),
      ...(askedAt === undefined ? {} : { askedAt }),
      ...taken,
    },
    { actor: command.person },
  );
}

export async function refusedEntry(
  d: Deployment,
  { envelope, command, taken }: { envelope: Envelope; command?: Command; taken: Taken },
  { code, sentence }: Refusal,
): Promise<NewEntry> {
  const kept = await keepEnvelope(d, envelope);
  // Without a valid signature the id is the envelope's own: nobody can use up an id that belongs to somebody else's order.
  const signed = command !== undefined && code !== 'signature_invalid' && code !== 'unknown_person';
  return d.entry(
    'command.refused',
    signed ? `command/${command.id}` : `command-unsigned/${envelopeDigest(envelope)}`,
    {
      commandId: command?.id ?? envelopeDigest(envelope),
      kind: command?.kind ?? 'unknown',
      ...(command ? { scope: command.scope } : {}),
      code,
      sentence,
      envelope: kept,
      ...taken,
    },
    { actor: command?.person ?? 'unknown' },
  );
}

/** What is no order of anybody's. What is not even an envelope is kept as it came, cut to what an entry may hold. */
export async function refuseUnopened(
  d: Deployment,
  { text, envelope, taken, problem }: Exclude<Opened, OpenedOrder>,
): Promise<CommandResult> {
  if (envelope !== undefined) {
    const entry = await refusedEntry(d, { envelope, taken }, problem);
    await record(d.tenant.recorder, [entry], d.signal);
    return { outcome: 'refused', id: envelopeDigest(envelope), code: problem.code };
  }
  const kept = await putEvidence(d.tenant.audit, d.tenant.auditPrefix, text.slice(0, 65_536), { signal: d.signal });
  const { code, sentence } = problem;
  const data = { commandId: kept.digest, kind: 'unknown', code, sentence, envelope: kept, ...taken };
  const entry = d.entry('command.refused', `command-unreadable/${kept.digest}`, data, { actor: 'unknown' });
  await record(d.tenant.recorder, [entry], d.signal);
  return { outcome: 'refused', id: kept.digest, code };
}

/** What the workflow hears of an order that was applied. */
export const appliedResult = (
  { id, kind, scope, args }: Command,
  index: number,
  { clock, promotes = [] }: Pick<Effects, 'clock' | 'promotes'> = {},
): CommandResult => ({
  ...{ outcome: 'applied', id, kind, scope, index },
  ...(clock === undefined ? {} : { clock }),
  ...(promotes.length === 0 ? {} : { promotes }),
  ...(args.decision === 'reject' ? { rejected: true } : {}),
});

/** The first answer again. What followed from it is written again too, under the same ids: the first attempt may have died in between. */
export async function answeredBefore(d: Deployment, entry: RecordedEntry, view: DeploymentView): Promise<CommandResult> {
  if (entry.kind === 'command.refused') return { outcome: 'refused', id: entry.data.commandId, code: entry.data.code };
  if (entry.kind !== 'command.applied') return { outcome: 'repeated', id: entry.id };
  const { command } = entry.data;
  const effects = await effectsOf(d, command, view, await metBefore(d, command, view), entry.data.evidence);
  await record(d.tenant.recorder, effects.entries(entry.index), d.signal);
  const { promotes = [] } = effects;
  return appliedResult(command, entry.index, command.kind === 'clock' ? { clock: (await d.view()).clock } : { promotes });
}

/** T-0 stands in the log with its prerequisites or not at all. Where it does not yet, they were met when the order was applied. */
async function metBefore(d: Deployment, { kind, args }: Command, { clock, milestones }: DeploymentView): Promise<Check[]> {
  if (kind !== 'clock' || args.clock !== 'start' || clock.startedAtMs !== null) return [];
  const checks = (await prerequisites(d)).filter(({ row }) => milestones[row] === undefined);
  return checks.map((c) => (c.missing === null ? c : { ...c, found: 'met when the order was applied' }));
}
