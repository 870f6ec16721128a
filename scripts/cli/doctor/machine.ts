import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { environment } from '../../environment.ts';
import { recipes } from '../../setup/recipes.ts';
import type { LoadedConnections } from '../connections.ts';
import type { Check } from './checks.ts';

const NODE_AT_LEAST = [20, 19] as const;

/** What must be right on this very machine. */
export function machineChecks(connections: LoadedConnections, keysDir: string | undefined): Check[] {
  return [
    { what: 'Node', next: `Install Node ${NODE_AT_LEAST.join('.')} or newer.`, look: async () => node(process.versions.node) },
    {
      what: 'tools for a stack on this machine',
      next: 'npm run setup builds them; only golive up and npm run rehearse need them.',
      look: async () => tools(),
    },
    { what: 'connections file', next: `chmod 600 ${connections.source}`, look: () => connectionsMode(connections) },
    ...(keysDir === undefined ? [] : [{ what: 'key files', next: `chmod 600 ${keysDir}/*.pem`, look: () => keyModes(keysDir) }]),
  ];
}

function node(version: string) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [wantMajor, wantMinor] = NODE_AT_LEAST;
  return { ok: major > wantMajor || (major === wantMajor && minor >= wantMinor), detail: version };
}

function tools() {
  const all = (['temporal', 'versitygw'] as const).map((name) => {
    const { executable, version, pointedTo } = recipes[name];
    const built = join(environment.cacheDir, 'tools', `${executable}-${version}`, executable);
    const places = [pointedTo(environment), ...environment.path.map((folder) => join(folder, executable)), built];
    return { executable, found: places.find((place) => place !== undefined && existsSync(place)) };
  });
  const missing = all.filter((tool) => tool.found === undefined).map((tool) => tool.executable);
  return {
    ok: missing.length === 0,
    detail: missing.length > 0 ? `missing: ${missing.join(', ')}` : all.map((tool) => tool.executable).join(', '),
  };
}

/** One with secrets in it is for its owner alone; one with references only may be read by anybody. */
async function connectionsMode({ source, customers }: LoadedConnections) {
  const secrets = Object.values(customers).some(
    (c) => c.log.token !== undefined || c.platform?.key !== undefined || c.store?.secretAccessKey !== undefined,
  );
  const { mode } = await stat(source);
  const open = (mode & 0o077) !== 0;
  return {
    ok: !(secrets && open),
    detail: `${source}, ${secrets ? `with secrets in it, mode ${(mode & 0o777).toString(8)}` : 'secrets by reference'}`,
  };
}

async function keyModes(dir: string) {
  const files = (await readdir(dir)).filter((name) => name.endsWith('.pem'));
  const modes = await Promise.all(files.map(async (name) => ({ name, mode: (await stat(join(dir, name))).mode })));
  const open = modes.filter(({ mode }) => (mode & 0o077) !== 0).map(({ name }) => name);
  return {
    ok: open.length === 0,
    detail: open.length > 0 ? `readable by others: ${open.join(', ')}` : `${files.length} in ${dir}, for their owner alone`,
  };
}
