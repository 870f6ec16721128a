import type { Client } from '@temporalio/client';
import { envelopeText, signJson } from '../../audit/envelope.ts';
import { sha256Digest } from '../../audit/keys.ts';
import { loadKeyFile } from '../../clients/keys/local.ts';
import type { LogReader } from '../../clients/recorder/reader.ts';
import { COMMAND_PAYLOAD_TYPE, type Command } from '../../domain/command.ts';
import { deploymentWorkflowId, type DeploymentName } from '../../domain/ids.ts';
import type { Shape } from '../../domain/mode.ts';
import type { Role } from '../../domain/roles.ts';
import { runbookCanonical } from '../../domain/runbook/canonical.ts';
import { sawNothing } from '../../domain/stop/stop.ts';
import type { DeploymentView } from '../../domain/view.ts';
import { WORKFLOW_NAMES } from '../../workflows/messages/names.ts';
import { runCli } from '../cli/run.ts';
import type { Rehearsal } from '../rehearsal/setup.ts';
import { controlPlatform } from '../stack/control.ts';

/** Something that a person does, or that breaks, once its moment has come. */
export interface Step {
  what: string;
  when(view: DeploymentView, plan: number): boolean;
  act(view: DeploymentView): Promise<void>;
}

/** What the steps have to do with. */
export interface Stage {
  name: DeploymentName;
  log: LogReader;
  signal: AbortSignal;
  say: (line: string) => void;
  /** A command line of whoever holds the role. */
  golive: (role: Role, ...words: string[]) => Promise<void>;
  /** An order as a signal to the deployment itself, past every tool. */
  signalled: (order: Pick<Command, 'kind' | 'role' | 'scope'>) => Promise<void>;
  /** Changes the world around the customer. */
  control: (action: Record<string, unknown>) => Promise<void>;
  /** A cohort of that shape which goes its way in shadow and which no step has taken yet; '' when there is none. */
  take: (view: DeploymentView, shape: Shape) => string;
  /** One of a cohort's agents. */
  agentOf: (cohort: string) => string;
}

export function onStage(given: {
  rehearsal: Rehearsal;
  name: DeploymentName;
  log: LogReader;
  client: Client;
  signal: AbortSignal;
  say: (line: string) => void;
}): Stage {
  const { rehearsal, name, log, client, signal, say } = given;
  const { stack, file, customer } = rehearsal;
  const holder = (role: Role): string => file.people.find((p) => p.roles.includes(role))?.id ?? '';
  const address = ['--customer', name.customer, '--deployment', name.deployment, '--connections', stack.connectionsFile];
  const taken = new Set<string>();
  return {
    ...{ name, log, signal, say },
    async golive(role, ...words) {
      const io = {
        stdout: () => undefined,
        stderr: (text: string) => say(text.trim()),
        isTTY: false,
        now: () => Date.now(),
        signal,
      };
      await runCli([...words, '--reason', 'for the record', '--as', holder(role), '--role', role, ...address], io);
    },
    async signalled(order) {
      const now = Date.now();
      const person = holder(order.role);
      const { environment, logOrigin, version } = file;
      const command: Command = {
        ...{
          v: 1,
          id: `signalled-${now}`,
          ...name,
          environment,
          logOrigin,
          person,
          ...order,
          args: {},
          reason: 'for the record',
        },
        ...{ issuedAt: new Date(now).toISOString(), expiresAt: new Date(now + 3_600_000).toISOString() },
        saw: sawNothing(sha256Digest(runbookCanonical()), version),
      };
      const signer = await loadKeyFile(customer.paths.keys[person] ?? '');
      const envelope = envelopeText(await signJson({ payloadType: COMMAND_PAYLOAD_TYPE, value: command, signers: [signer] }));
      const handle = client.workflow.getHandle(deploymentWorkflowId(name));
      await handle.signal(WORKFLOW_NAMES.commandSignal, { envelope, handedInAt: new Date(now).toISOString() });
    },
    control: (action) => controlPlatform(stack, action, signal),
    take({ cohorts }, shape) {
      const well = Object.values(cohorts).find(
        (c) => c.shape === shape && !taken.has(c.id) && (c.phase === 'shadow' || c.phase === 'signed-off'),
      );
      if (well) taken.add(well.id);
      return well?.id ?? '';
    },
    agentOf: (cohort) => customer.set.manifests.find(({ manifest }) => manifest.name === cohort)?.manifest.agents[0]?.id ?? '',
  };
}
