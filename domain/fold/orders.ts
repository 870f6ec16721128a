import type { EntryData, RecordedEntry } from '../entry.ts';
import type { CommandView, DeploymentView } from '../view.ts';
import { isRevoked, orderAmongPeople } from './people.ts';
import { own, placeOf, put } from './record.ts';

export function commandApplied(view: DeploymentView, entry: RecordedEntry, data: EntryData['command.applied']): void {
  const { command } = data;
  if (own(view.commands, command.id)) return; // the same id gets the first answer
  put(view.commands, command.id, {
    id: command.id,
    kind: command.kind,
    scope: command.scope,
    person: command.person,
    role: command.role,
    outcome: 'applied',
    code: null,
    sentence: null,
    reason: command.reason,
    args: command.args,
    issuedAt: command.issuedAt,
    expiresAt: command.expiresAt,
    envelope: data.envelope,
    handedInAt: data.handedInAt ?? null,
    askedAt: data.askedAt ?? null,
    attestation: command.attestation ?? null,
    delegation: command.delegation ?? null,
    fenceGeneration: data.fenceGeneration,
    latencyMs: data.latencyMs,
    ...placeOf(entry),
  });
  orderAmongPeople(view, entry, data);
  if (command.kind === 'approve' && command.scope.level === 'set') approved(view, entry, command);
}

/** A person counts once per digest, with what he said last. */
function approved(view: DeploymentView, entry: RecordedEntry, command: EntryData['command.applied']['command']): void {
  const { manifestSetDigest } = command.saw;
  view.approvals = view.approvals.filter((a) => a.person !== command.person || a.manifestSetDigest !== manifestSetDigest);
  view.approvals.push({
    person: command.person,
    role: command.role,
    decision: command.args.decision ?? 'approve',
    manifestSetDigest,
    commandId: command.id,
    ...placeOf(entry),
  });
}

export function commandRefused(view: DeploymentView, entry: RecordedEntry, data: EntryData['command.refused']): void {
  if (own(view.commands, data.commandId)) return;
  put(view.commands, data.commandId, {
    id: data.commandId,
    kind: data.kind,
    scope: data.scope ?? null,
    person: entry.actor,
    role: null,
    outcome: 'refused',
    code: data.code,
    sentence: data.sentence,
    reason: null,
    args: {},
    issuedAt: null,
    expiresAt: null,
    envelope: data.envelope,
    handedInAt: data.handedInAt ?? null,
    askedAt: null,
    attestation: null,
    delegation: null,
    fenceGeneration: null,
    latencyMs: data.latencyMs,
    ...placeOf(entry),
  });
}

export function groupEvidence(view: DeploymentView, entry: RecordedEntry, data: EntryData['group.evidence']): void {
  const { group, cohorts, agents, evidence } = data;
  put(view.groupEvidence, group, { group, cohorts, agents, evidence, ...placeOf(entry) });
  for (const signOff of view.signOffs) {
    if (signOff.group === group) signOff.current = signOff.boundTo === evidence.digest && !isRevoked(view, signOff.delegation);
  }
}

export function signOff(view: DeploymentView, entry: RecordedEntry, data: EntryData['sign-off']): void {
  const shown = own(view.groupEvidence, data.group);
  const command = commandAt(view, data.commandIndex);
  const delegation = command?.delegation ?? null;
  view.signOffs.push({
    group: data.group,
    role: data.role,
    person: command?.person ?? entry.actor,
    delegation,
    decision: data.decision,
    channel: data.channel,
    boundTo: data.boundTo,
    commandIndex: data.commandIndex,
    current: (shown === undefined || shown.evidence.digest === data.boundTo) && !isRevoked(view, delegation),
    ...placeOf(entry),
  });
}

/** The command whose answer stands at an index of the log. */
export const commandAt = (view: DeploymentView, index: number): CommandView | undefined =>
  Object.values(view.commands).find((command) => command.index === index);
