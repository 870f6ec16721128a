import { canonicalJson } from '../../domain/runbook/canonical-json.ts';
import type { ExitAttestation } from '../../domain/stop/exit.ts';
import { readExit } from '../exit.ts';
import { evidencePath } from './envelopes.ts';
import type { Found } from './finding.ts';
import { fileAt, type DeploymentState, type Exit } from './rules/state.ts';

/** The document is signed by the engine's own key, and is about just the termination and the agents that its entry names. */
export function checkExit(state: DeploymentState, exit: Exit, bytes: Uint8Array, found: Found): void {
  const { index, data } = exit;
  const file = fileAt(state, index);
  if (!file) return; // said elsewhere
  const invalid = (why: string): void =>
    found.finding('attestation_invalid', `${data.subject}: ${why}`, { index, file: evidencePath(data.evidence.digest) });
  const attested = readExit(bytes, file.machine ?? []);
  if (typeof attested === 'string') return invalid(attested);
  const { customer, deployment, environment, logOrigin } = file;
  const wrong = differing(attested, {
    ...{ customer, deployment, environment, logOrigin, stop: data.stop },
    ...{ subject: { cohort: exit.cohort ?? '', agent: exit.agent ?? null, agents: data.agents } },
    order: orderIn(state, data.stop),
  });
  if (wrong !== undefined) invalid(`its ${wrong} is not what the log says`);
}

/** The order as an attestation repeats it; undefined when the log has none. */
function orderIn({ orders, answers }: DeploymentState, id: string): ExitAttestation['order'] | undefined {
  const order = orders.get(answers.get(id) ?? -1);
  return order && { index: order.index, person: order.command.person, reason: order.command.reason, envelope: order.envelope };
}

type Said = Pick<ExitAttestation, 'customer' | 'deployment' | 'environment' | 'logOrigin' | 'stop' | 'subject'>;

const differing = (attested: ExitAttestation, said: Said & { order: ExitAttestation['order'] | undefined }): string | undefined =>
  (Object.keys(said) as (keyof typeof said)[]).find(
    (field) => said[field] !== undefined && canonicalJson(attested[field]) !== canonicalJson(said[field]),
  );
