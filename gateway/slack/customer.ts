import type { WebClient } from '@slack/web-api';
import type { EnvelopeSigner } from '../../audit/envelope.ts';
import type { Commands } from '../../clients/commands/port.ts';
import type { Looking } from '../../clients/platform/stop.ts';
import type { Recorder } from '../../clients/recorder/port.ts';
import type { LogReader } from '../../clients/recorder/reader.ts';
import type { DeploymentFile } from '../../domain/deployment-file.ts';
import type { DeploymentView } from '../../domain/view.ts';

/** What the gateway needs to serve one customer's Slack. */
export interface SlackCustomer {
  customer: string;
  /** The workspace; nothing is taken from another. */
  team: string;
  signingSecret: string;
  botToken: string;
  web: WebClient;
  /** Where answers may be sent that Slack asks for by URL. */
  answersTo: readonly string[];
  /** The gateway's own key: its word is believed as far as the deployment file says. */
  signer: EnvelopeSigner;
  log: Pick<LogReader, 'deployments' | 'state' | 'find'>;
  notes: Pick<Recorder, 'add'>;
  commands: Commands;
  /** As the root signed it; undefined when there is none that can be believed. */
  file: (deployment: string) => Promise<DeploymentFile | undefined>;
  /** Those that were believed before, the newest of each: for a stop while the bucket is away. */
  remembered: () => DeploymentFile[];
  /** With a key that reads: what a stop did is told from there. Missing: from the log. */
  platform?: Looking;
}

/** One deployment, as far as an answer or an order needs it. */
export interface Facts {
  file: DeploymentFile;
  view: DeploymentView;
}

/** Undefined: no deployment of that name is known and signed for this workspace. */
export async function factsOf(c: SlackCustomer, deployment: string, signal?: AbortSignal): Promise<Facts | undefined> {
  const [file, view] = await Promise.all([c.file(deployment), c.log.state({ customer: c.customer, deployment }, signal)]);
  return file?.slack?.team === c.team && view !== undefined ? { file, view } : undefined;
}

/** Files of all that is open in this workspace, the latest first. */
export async function openDeployments(c: SlackCustomer, signal?: AbortSignal): Promise<DeploymentFile[]> {
  const open = (await c.log.deployments(signal)).filter((d) => d.customer === c.customer && d.closedAt === null);
  const latestFirst = open.sort((a, b) => (b.openedAt ?? '').localeCompare(a.openedAt ?? ''));
  const files = await Promise.all(latestFirst.map((d) => c.file(d.deployment)));
  return files.filter((file) => file?.slack?.team === c.team) as DeploymentFile[];
}
