import { envelopeDigest, envelopeText, parseEnvelope, type Envelope } from '../../audit/envelope.ts';
import { openOrder } from '../../audit/signed-order.ts';
import { putEvidence } from '../../clients/store/evidence.ts';
import { judge } from '../../domain/authority/judge.ts';
import type { Refusal } from '../../domain/authority/context.ts';
import type { Command } from '../../domain/command.ts';
import { planHours } from '../../domain/clock.ts';
import type { RecordedEntry } from '../../domain/entry.ts';
import { FAILURES } from '../../domain/failure.ts';
import { stateViewOf } from '../../domain/state-view.ts';
import { waitingFor } from '../../domain/waiting.ts';
import { askedSince } from '../../domain/waiting/asked.ts';
import type { DeploymentView } from '../../domain/view.ts';
import type { CommandResult } from '../contract.ts';
import { keptFile } from '../deployment-file.ts';
import type { Deployment } from '../deployment.ts';
import { firstIndex, record } from '../entries.ts';
import { runbookDigest } from '../runbook-digest.ts';
import { effectsOf } from './effects.ts';
import { prerequisites } from './prerequisites.ts';

/**
 * One signed order: verified, judged, carried out as far as it concerns the platform's fences and the clock, recorded,
 * answered. Everything it is judged by is read from signed files and the log.
 */
export async function applyEnvelope(d: Deployment, text: string, handedInAt: string): Promise<CommandResult> {
  // Said by whoever handed it in, so it may be no time at all.
  const handedInMs = Date.parse(handedInAt);
  const taken: Taken = Number.isNaN(handedInMs)
    ? { latencyMs: 0 }
    : { latencyMs: Math.max(0, d.now() - handedInMs), handedInAt: new Date(handedInMs).toISOString() };
  const envelope = parseEnvelope(text);
  if ('problem' in envelope) return unreadable(d, text, taken, envelope.detail);
  const { signer, command } = openOrder(envelope, d.file) ?? {};
  if (!signer || !command) {
    return refuse(d, { envelope, id: envelopeDigest(envelope), kind: 'unknown', taken }, signer ? malformed() : unsigned());
  }

  const { recorder, audit, auditPrefix } = d.tenant;
  const view = await d.view();
  const before = await recorder.find(`${d.name.customer}/${d.name.deployment}/command/${command.id}`, d.signal);
  if (before) return answeredBefore(d, before, view);

  const state = stateViewOf(view, d.file, d.setDigest);
  // T-0 asks for the prerequisites as they are now, not as they were when somebody last looked.
  const asked = command.kind === 'clock' && command.args.clock === 'start' && !state.started ? await prerequisites(d) : [];
  const checks = asked.filter((check) => state.milestones[check.row] !== 'waived');
  for (const check of checks) state.milestones[check.row] = check.missing === null ? 'met' : 'pending';
  const judgement = judge(command, {
    file: d.file,
    signer,
    nowIso: new Date(d.now()).toISOString(),
    manifestSetDigest: d.setDigest,
    runbookDigest,
    planHours: planHours(view.clock, d.now()),
    state,
    among: view,
  });
  const what = { envelope, id: command.id, kind: command.kind, command, taken };
  if (judgement.verdict === 'refused') {
    const missing = checks.flatMap((c) => (c.missing === null ? [] : [`${c.row}: ${c.missing}`]));
    return refuse(
      d,
      what,
      missing.length > 0 ? { ...judgement, sentence: `${judgement.sentence} ${missing.join(' ')}`.slice(0, 1500) } : judgement,
    );
  }

  const kept = await keptFile(d, view);
  if (kept.entries.length > 0) await record(recorder, kept.entries, d.signal);
  const effects = await effectsOf(d, command, view, checks);
  const ref = await putEvidence(audit, auditPrefix, envelopeText(envelope), {
    contentType: 'application/json',
    signal: d.signal,
  });
  const { fenceGeneration, evidence, clock } = effects;
  const askedAt = askedSince(waitingFor(view, d.file, d.now()), command, view);
  const applied = d.entry(
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
  const index = firstIndex(await record(recorder, [applied], d.signal));
  await record(recorder, effects.entries(index), d.signal);
  return {
    outcome: 'applied',
    id: command.id,
    kind: command.kind,
    scope: command.scope,
    index,
    ...(clock === undefined ? {} : { clock }),
    ...saidNo(command),
  };
}

const saidNo = ({ args }: Command): { rejected?: true } => (args.decision === 'reject' ? { rejected: true } : {});

interface What {
  envelope: Envelope;
  id: string;
  kind: string;
  command?: Command;
  taken: Taken;
}

/** Since when the order was under way, and how long. */
interface Taken {
  latencyMs: number;
  handedInAt?: string;
}

async function refuse(d: Deployment, what: What, { code, sentence }: Refusal): Promise<CommandResult> {
  const { recorder, audit, auditPrefix } = d.tenant;
  const envelope = await putEvidence(audit, auditPrefix, envelopeText(what.envelope), {
    contentType: 'application/json',
    signal: d.signal,
  });
  // Without a valid signature the id is the envelope's own: nobody can use up an id that belongs to somebody else's order.
  const signed = what.command !== undefined && code !== 'signature_invalid' && code !== 'unknown_person';
  const subject = signed ? `command/${what.id}` : `command-unsigned/${envelopeDigest(what.envelope)}`;
  const entry = d.entry(
    'command.refused',
    subject,
    {
      commandId: what.id,
      kind: what.kind,
      ...(what.command ? { scope: what.command.scope } : {}),
      code,
      sentence,
      envelope,
      ...what.taken,
    },
    { actor: what.command?.person ?? 'unknown' },
  );
  await record(recorder, [entry], d.signal);
  return { outcome: 'refused', id: what.id, code };
}

/** Not even an envelope: kept as it came, cut to what an entry may hold. */
async function unreadable(d: Deployment, text: string, taken: Taken, detail: string): Promise<CommandResult> {
  const kept = await putEvidence(d.tenant.audit, d.tenant.auditPrefix, text.slice(0, 65_536), { signal: d.signal });
  const sentence = `${FAILURES.malformed_command.sentence} ${detail}`;
  await record(
    d.tenant.recorder,
    [
      d.entry(
        'command.refused',
        `command-unreadable/${kept.digest}`,
        { commandId: kept.digest, kind: 'unknown', code: 'malformed_command', sentence, envelope: kept, ...taken },
        { actor: 'unknown' },
      ),
    ],
    d.signal,
  );
  return { outcome: 'refused', id: kept.digest, code: 'malformed_command' };
}

const malformed = (): Refusal => ({
  verdict: 'refused',
  code: 'malformed_command',
  sentence: FAILURES.malformed_command.sentence,
});
const unsigned = (): Refusal => ({
  verdict: 'refused',
  code: 'signature_invalid',
  sentence: FAILURES.signature_invalid.sentence,
});

/** The first answer again. What followed from it is written again too, under the same ids: the first attempt may have died in between. */
async function answeredBefore(d: Deployment, entry: RecordedEntry, view: DeploymentView): Promise<CommandResult> {
  if (entry.kind === 'command.refused') return { outcome: 'refused', id: entry.data.commandId, code: entry.data.code };
  if (entry.kind !== 'command.applied') return { outcome: 'repeated', id: entry.id };
  const { command } = entry.data;
  const effects = await effectsOf(d, command, view, []);
  await record(d.tenant.recorder, effects.entries(entry.index), d.signal);
  const clock = command.kind === 'clock' ? { clock: (await d.view()).clock } : {};
  const { id, kind, scope } = command;
  return { outcome: 'applied', id, kind, scope, index: entry.index, ...clock, ...saidNo(command) };
}
