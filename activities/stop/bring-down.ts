import { bringDown, type BroughtDown, type StopAtPlatform } from '../../clients/platform/stop.ts';
import { ClientError } from '../../clients/error.ts';
import type { Command } from '../../domain/command.ts';
import type { StoppingKind } from '../../domain/stop/stop.ts';
import type { Down, FlipsDone, StopMessage, StopVerdict } from '../contract/stop.ts';
import { openStop, type OpenStop } from './open.ts';
import type { StopPorts } from './ports.ts';

export async function stopNow(ports: StopPorts, message: StopMessage, signal: AbortSignal): Promise<StopVerdict> {
  const opened = await openStop(ports, message, signal);
  if (opened.refusal) return { outcome: 'refused', id: opened.id, code: opened.refusal.code };
  const { id, kind } = opened.command;
  const { generation, fencedAt, flips } = await atPlatform(ports, opened, signal);
  return { outcome: 'down', id, kind, generation, fencedAt, ...inShort(flips, fencedAt, message.name.deployment) };
}

/** Everybody who still stands higher, again; `down` is what the first try did. */
export async function stopRest(
  ports: StopPorts,
  { down, ...message }: StopMessage & { down: Down },
  signal: AbortSignal,
): Promise<FlipsDone> {
  const opened = await openStop(ports, message, signal);
  if (opened.refusal) throw new ClientError(opened.refusal.code, `order ${opened.id} was carried out before`);
  const { flips } = await atPlatform(ports, opened, signal);
  const rest = inShort(flips, down.fencedAt, message.name.deployment);
  const [first] = rest.left;
  if (first)
    throw new ClientError('platform_unreachable', `${rest.left.length} left, the first is ${first.subject} (${first.code})`);
  // Who is no longer higher was brought down by a call that was never answered, or by another stop.
  const told = new Set(rest.flipped.map(([subject]) => subject));
  const silent = down.left.filter(({ subject }) => !told.has(subject));
  const afterMs = Math.max(0, ports.now() - Date.parse(down.fencedAt));
  return { flipped: [...rest.flipped, ...silent.map(({ subject }): [string, number] => [subject, afterMs])], left: [] };
}

function atPlatform(ports: StopPorts, { command }: OpenStop, signal: AbortSignal): Promise<BroughtDown> {
  const { platform } = ports.tenant(command.customer);
  return bringDown(platform, stopOf(command), { signal, now: () => ports.now() });
}

const stopOf = ({ id, kind, scope, deployment }: Command & { kind: StoppingKind }): StopAtPlatform => ({
  ...{ commandId: id, kind, scope, deployment },
});

function inShort(flips: BroughtDown['flips'], fencedAt: string, own: string): FlipsDone {
  const nameOf = ({ deployment, subject }: BroughtDown['flips'][number]) =>
    deployment === own ? subject : `${deployment}/${subject}`;
  const done: FlipsDone = { flipped: [], left: [] };
  for (const flip of flips) {
    const subject = nameOf(flip);
    if (flip.outcome === 'applied') done.flipped.push([subject, Math.max(0, Date.parse(flip.at) - Date.parse(fencedAt))]);
    else done.left.push({ subject, outcome: flip.outcome, code: flip.code ?? 'platform_unreachable' });
  }
  return done;
}
