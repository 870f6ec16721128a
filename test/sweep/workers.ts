import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { startProcess, type ManagedProcess } from '../../scripts/processes/process.ts';
import { root } from '../../scripts/stack/root.ts';
import { ACTIVITIES } from './tag.ts';

/** How many processes there are of each kind: when one dies the next goes on, while the first is started again. */
const COPIES = { control: 5, engine: 4, stop: 3 };
type Kind = keyof typeof COPIES;

interface Given {
  /** Of the stack. */
  dir: string;
  /** Where activities' own calls to Temporal go. */
  relay: string;
  temporal: { address: string; namespace: string };
}

/** Bundled, because they are started hundreds of times, with the tags in front. */
async function bundled(kind: Kind): Promise<string> {
  const outfile = join(root, '.golive', `swept-${kind}.mjs`);
  await build({
    stdin: {
      contents: `import './test/sweep/tag.process.ts'; import './workers/${kind}/main.ts';`,
      resolveDir: root,
      loader: 'ts',
    },
    ...{ bundle: true, platform: 'node', format: 'esm', outfile, sourcemap: 'external', logLevel: 'error' },
    external: ['@temporalio/core-bridge', 'source-map'],
    plugins: [withoutWebpack],
    banner: {
      js: [
        "import { createRequire as of } from 'node:module';",
        'const require = of(import.meta.url);',
        'const __dirname = import.meta.dirname;',
      ].join(' '),
    },
  });
  return outfile;
}

/** Of Temporal's own bundler, which our workers have no use for: their workflows come bundled. */
const withoutWebpack: Plugin = {
  name: 'without-webpack',
  setup(bundler) {
    bundler.onLoad({ filter: /@temporalio\/worker\/lib\/workflow\/bundler\.js$/ }, () => ({
      contents: 'exports.defaultWorkflowInterceptorModules = [];',
    }));
  },
};

export async function startKinds(given: Given): Promise<ManagedProcess[]> {
  const kinds = Object.keys(COPIES) as Kind[];
  return (await Promise.all(kinds.map((kind) => startKind(kind, given)))).flat();
}

async function startKind(kind: Kind, { dir, relay, temporal }: Given): Promise<ManagedProcess[]> {
  const file = await bundled(kind);
  const env = {
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    GOLIVE_TENANTS_FILE: join(dir, kind === 'stop' ? 'tenants-stop.json' : 'tenants.json'),
    GOLIVE_BUILD_DIR: join(root, '.golive', 'build'),
  };
  return Promise.all(
    Array.from({ length: COPIES[kind] }, (_, n) => {
      const name = `${kind}-swept-${n + 1}`;
      const own: Record<string, string> = kind === 'stop' ? { GOLIVE_STOP_CACHE_DIR: join(dir, name) } : {};
      const logFile = join(dir, 'logs', `${name}.log`);
      const args = [file, relay];
      return startProcess({ name, command: process.execPath, args, cwd: root, logFile, env: { ...env, ...own } });
    }),
  );
}

/** The activities that the workers of a stack have, by their own word. */
export async function activitiesOf(dir: string): Promise<string[]> {
  const names = new Set<string>();
  for (const kind of Object.keys(COPIES)) {
    const text = await readFile(join(dir, 'logs', `${kind}-swept-1.log`), 'utf8');
    for (const line of text.split('\n').filter((l) => l.includes(ACTIVITIES)))
      for (const name of (JSON.parse(line) as Record<string, string[]>)[ACTIVITIES] ?? []) names.add(name);
  }
  return [...names].sort();
}

export interface Kept {
  /** Workers that ended although nobody killed them. */
  readonly fell: string[];
  stop(): Promise<void>;
}

/** Whatever dies is started again at once, as a service manager would; ends when the last of them has been stopped. */
export function keepAlive(workers: readonly ManagedProcess[]): Kept {
  const fell: string[] = [];
  let stopped = false;
  const all = workers.map(async (worker) => {
    while (!stopped) {
      const { code, signal } = await worker.exited;
      if (stopped) break;
      if (signal !== 'SIGKILL') fell.push(`${worker.name} ended by itself (${signal ?? `exit code ${code}`})`);
      await worker.restart();
    }
    await worker.stop();
  });
  return {
    fell,
    async stop() {
      stopped = true;
      await Promise.all(workers.map((worker) => worker.stop()));
      await Promise.all(all);
    },
  };
}
