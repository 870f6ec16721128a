import { envelopeText, signJson } from '../../audit/envelope.ts';
import { sha256Hex } from '../../audit/keys.ts';
import type { Commands } from '../../clients/commands/port.ts';
import { own } from '../../domain/authority/context.ts';
import { ruleMs } from '../../domain/clock.ts';
import { COMMAND_PAYLOAD_TYPE } from '../../domain/command.ts';
import { deploymentId } from '../../domain/ids.ts';
import { machineOrder, type MachineOrder } from '../../domain/stop/machine-order.ts';
import type { TimeRuleId } from '../../domain/runbook/time-rules.ts';
import type { Act } from '../../domain/stop/triggers/decide.ts';
import type { CommandView, DeploymentView } from '../../domain/view.ts';
import type { Deployment } from '../deployment.ts';
import { runbookDigest } from '../runbook-digest.ts';

type Fire = Extract<Act, { act: 'fire' }>;

/** One firing, and so its order, has one name, whoever looks: the row, its subject, and the firing before it. */
export const firingId = (d: Deployment, { row, subject, after }: Fire): string =>
  `trigger-${row}-${sha256Hex(`${deploymentId(d.name)}/${row}/${subject}/${after}`).slice(0, 16)}`;

/** Does the deployment file believe the key that this worker has? Without that nothing is stopped by itself. */
export async function mayOrder(d: Deployment): Promise<boolean> {
  const signer = await d.tenant.machine?.();
  return signer !== undefined && d.file.machine?.includes(signer.publicKey) === true;
}

export const stopOf = (d: Deployment, fire: Fire & { kind: NonNullable<Fire['kind']> }): MachineOrder => ({
  id: firingId(d, fire),
  kind: fire.kind as MachineOrder['kind'],
  scope: fire.subject === 'deployment' ? { level: 'deployment', names: [] } : { level: 'cohort', names: fire.cohorts },
  args: { trigger: fire.row },
  reason: fire.because,
});

type Resume = Extract<Act, { act: 'resume' }>;

const resumeOf = (d: Deployment, { stop, cohorts, connector }: Resume): MachineOrder => ({
  id: `resume-${sha256Hex(`${deploymentId(d.name)}/${stop}/${cohorts.join(' ')}`).slice(0, 16)}`,
  kind: 'resume',
  scope: { level: 'cohort', names: [...cohorts] },
  args: { holdId: stop },
  reason: `${connector} answers again`,
});

/** After the first refusal it waits so long, then twice as long each time, at most so many times. */
const REFUSED: TimeRuleId = 'connector-steady';
const DOUBLED_AT_MOST = 4;

/** What stood in the way of a resume may be over later: refused, it is given again under a new name. `refused`: the last answer. */
export function nextResume(
  d: Deployment,
  { commands }: DeploymentView,
  act: Resume,
): { order: MachineOrder | null; refused?: CommandView } {
  const order = resumeOf(d, act);
  const idOf = (n: number) => (n === 0 ? order.id : `${order.id}-${n}`);
  let n = 0;
  while (own(commands, idOf(n))?.outcome === 'refused') n++;
  const refused = n === 0 ? undefined : own(commands, idOf(n - 1));
  if (refused === undefined) return { order };
  const againMs = Date.parse(refused.at) + ruleMs(REFUSED, d.file.speed) * 2 ** Math.min(n - 1, DOUBLED_AT_MOST);
  return { order: d.now() < againMs ? null : { ...order, id: idOf(n) }, refused };
}

/** Signed with the engine's own key and handed in where people's orders are. Handed in again it is still one order. */
export async function give(commands: Pick<Commands, 'handIn'>, d: Deployment, order: MachineOrder): Promise<void> {
  const signer = await d.tenant.machine?.();
  if (signer === undefined) return;
  const nowMs = d.now();
  const saw = { manifestSetDigest: d.setDigest, runbookDigest };
  const value = machineOrder(order, { file: d.file, saw, nowMs });
  const envelope = await signJson({ payloadType: COMMAND_PAYLOAD_TYPE, value, signers: [signer] });
  await commands.handIn({ envelope: envelopeText(envelope), handedInAt: new Date(nowMs).toISOString() }, d.signal);
}
