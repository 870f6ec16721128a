import { dirname, join, resolve } from 'node:path';
import { deploymentId, type DeploymentName } from '../../domain/ids.ts';
import type { DeploymentView } from '../../domain/view.ts';
import { loadConnections, type CustomerConnection, type LoadedConnections } from './connections.ts';
import { CliError, EXIT, usage, type CliIo } from './io.ts';
import { nearest } from './nearest.ts';
import { readSignedFile, type SignedFile } from './signed-file.ts';
import { golive } from './words.ts';
import type { Systems, Wiring } from './wiring.ts';

/** Options that every verb has. */
export interface CommonOptions {
  connections?: string;
  customer?: string;
  deployment?: string;
  as?: string;
  key?: string;
  role?: string;
  reason?: string;
  json?: boolean;
  timeout?: number;
  yes?: boolean;
}

/** One run of one verb: where it writes, whose deployment it is about, and the systems that it may ask. */
export interface Session {
  io: CliIo;
  options: CommonOptions;
  connections: LoadedConnections;
  connection: CustomerConnection;
  customer: string;
  systems: Systems;
  /** The deployment that the options mean: the named one, or the only one there is. */
  name: () => Promise<DeploymentName>;
  view: () => Promise<DeploymentView>;
  /** Read and verified once. */
  file: () => Promise<SignedFile>;
  /** The copy on this machine where there is one: for a stop, which waits for nothing. */
  nearestFile: () => Promise<SignedFile>;
}

export async function openSession(io: CliIo, options: CommonOptions, wiring: Wiring): Promise<Session> {
  const connections = await loadConnections(options.connections, io.env);
  const customer = theOnly('customer', options.customer, Object.keys(connections.customers), connections.source);
  const connection = connections.customers[customer] as CustomerConnection;
  const systems = wiring(connections, customer);
  const sources = { connection, source: connections.source, systems, signal: io.signal };
  let named: Promise<DeploymentName> | undefined;
  let signed: Promise<SignedFile> | undefined;
  const session: Session = {
    io,
    options,
    connections,
    connection,
    customer,
    systems,
    name: () => (named ??= deploymentOf(session)),
    file: () => (signed ??= session.name().then((name) => readSignedFile(sources, name))),
    nearestFile: async () => readSignedFile({ ...sources, nearest: true }, await session.name()),
    async view() {
      const name = await session.name();
      const view = await (await systems.log()).state(name, io.signal);
      if (view) return view;
      throw new CliError(EXIT.refused, `The log knows nothing of ${deploymentId(name)} yet.`, {
        next: `${golive(session, ['start'])} begins it.`,
        code: 'wrong_state',
      });
    },
  };
  return session;
}

/** Folder in which a person's key is looked for. */
export function keysFolder({ connections, connection }: Session, deployment: string): string | undefined {
  const base = dirname(connections.source);
  if (connection.keysDir !== undefined) return resolve(base, connection.keysDir);
  const file = connection.deployments?.[deployment]?.file;
  return file === undefined ? undefined : join(dirname(resolve(base, file)), 'keys');
}

async function deploymentOf({ options, connection, connections, customer, systems, io }: Session): Promise<DeploymentName> {
  if (options.deployment !== undefined) return { customer, deployment: options.deployment };
  const configured = Object.keys(connection.deployments ?? {});
  if (configured.length > 0) return { customer, deployment: theOnly('deployment', undefined, configured, connections.source) };
  const known = (await (await systems.log()).deployments(io.signal)).filter((d) => d.customer === customer);
  const open = known.filter((d) => d.closedAt === null);
  const candidates = (open.length > 0 ? open : known).map((d) => d.deployment);
  return { customer, deployment: theOnly('deployment', undefined, candidates, 'the log') };
}

function theOnly(what: 'customer' | 'deployment', given: string | undefined, known: readonly string[], where: string): string {
  if (given !== undefined) {
    if (known.includes(given)) return given;
    throw usage(`${where} knows no ${what} ${given}${nearest(given, known)}`, `It has ${known.join(', ') || 'none'}.`);
  }
  const [only] = known;
  if (only === undefined) throw usage(`${where} knows no ${what}.`, `Say which with --${what}.`);
  if (known.length > 1) throw usage(`There is more than one ${what}: ${known.join(', ')}.`, `Say which with --${what}.`);
  return only;
}
