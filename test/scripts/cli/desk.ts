import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { TemporalDeployments } from '../../../clients/commands/temporal.ts';
import { generateKeyFile } from '../../../clients/keys/local.ts';
import type { LogReader } from '../../../clients/recorder/reader.ts';
import type { ConnectionsFile } from '../../../scripts/cli/connections.ts';
import type { CliIo } from '../../../scripts/cli/io.ts';
import { runCli } from '../../../scripts/cli/run.ts';
import type { Systems } from '../../../scripts/cli/wiring.ts';
import { engineOf } from './engine.ts';
import type { World } from './world.ts';

export interface Ran {
  code: number;
  out: string;
  err: string;
  json(): Record<string, unknown>;
}

/** A person's terminal in front of a world in memory: the words of a command line in, what it says and its exit code out. */
export interface Desk {
  world: World;
  dir: string;
  connections: string;
  /** Systems that a test replaces. */
  broken: Partial<Systems>;
  golive(...argv: string[]): Promise<Ran>;
  golive(io: Partial<CliIo>, ...argv: string[]): Promise<Ran>;
  /** Says in the connections file where the platform is. */
  connect(platform: NonNullable<ConnectionsFile['customers'][string]['platform']>): Promise<void>;
  close(): Promise<void>;
}

export async function openDesk(world: World): Promise<Desk> {
  const dir = await mkdtemp(join(tmpdir(), 'golive-cli-'));
  for (const person of world.file.people) {
    const signer = await generateKeyFile(join(dir, 'keys', `${person.id}.pem`));
    person.keys = [signer.publicKey];
  }
  await world.upload();
  const connections = join(dir, 'golive.yaml');
  const file: ConnectionsFile = {
    apiVersion: 'golive/v1',
    kind: 'Connections',
    customers: {
      northwind: {
        gateway: 'http://127.0.0.1:1',
        log: { endpoint: 'http://127.0.0.1:1', token: 'token' },
        store: { region: 'local', manifestBucket: 'manifests', auditBucket: 'audit' },
        rootKeys: [world.root.publicKey],
        keysDir: 'keys',
      },
    },
  };
  await writeFile(connections, stringify(file));
  const desk: Desk = {
    world,
    dir,
    connections,
    broken: {},
    golive: (...given: (string | Partial<CliIo>)[]) => {
      const [first, ...rest] = given;
      const io = typeof first === 'object' ? first : {};
      const argv = (typeof first === 'object' ? rest : given) as string[];
      return run(desk, io, argv);
    },
    connect: async (platform) => {
      const customers = Object.fromEntries(Object.entries(file.customers).map(([name, c]) => [name, { ...c, platform }]));
      await writeFile(connections, stringify({ ...file, customers }));
    },
    close: () => rm(dir, { recursive: true, force: true }),
  };
  return desk;
}

async function run(desk: Desk, io: Partial<CliIo>, argv: string[]): Promise<Ran> {
  let out = '';
  let err = '';
  const code = await runCli(
    argv.includes('--connections') ? argv : [...argv, '--connections', desk.connections],
    {
      stdout: (text) => void (out += text),
      stderr: (text) => void (err += text),
      isTTY: false,
      now: () => desk.world.nowMs,
      columns: 100,
      ...io,
    },
    () => ({ ...systemsOf(desk.world), ...desk.broken }),
  );
  return { code, out, err, json: () => JSON.parse(out) as Record<string, unknown> };
}

function systemsOf(world: World): Systems {
  const log: LogReader = world.log;
  return {
    log: async () => log,
    recorder: async () => world.log,
    platform: async () => ({
      cohorts: async () => [],
      agents: async () => ({ agents: [], next: null }),
      fences: async () => ({ generation: 0, fences: [] }),
      deployments: async () => [],
      limits: async () => ({ mintPerHour: 1500 }),
    }),
    lowering: () => Promise.reject(new Error('nobody lowers here')),
    manifests: async () => world.store,
    audit: async () => world.store,
    commands: async () => engineOf(world),
    temporal: async () =>
      ({ start: async () => (world.starts++ === 0 ? 'started' : 'already-started') }) as unknown as TemporalDeployments,
    close: async () => undefined,
  };
}
