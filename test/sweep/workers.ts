import { join } from 'node:path';
import { build } from 'esbuild';
import { startProcess, type ManagedProcess } from '../../scripts/processes/process.ts';
import { root } from '../../scripts/stack/root.ts';

/** Bundled, because they are started hundreds of times, with the tags in front. */
async function bundled(worker: string): Promise<string> {
  const outfile = join(root, '.golive', `swept-${worker}.mjs`);
  await build({
    stdin: {
      contents: `import './test/sweep/tag.process.ts'; import './workers/${worker}/main.ts';`,
      resolveDir: root,
      loader: 'ts',
    },
    ...{ bundle: true, platform: 'node', format: 'esm', outfile, logLevel: 'error' },
    external: ['@temporalio/*'],
    banner: { js: "import { createRequire as of } from 'node:module'; const require = of(import.meta.url);" },
  });
  return outfile;
}

/** Several processes of one kind: when one dies the next goes on, while the first is started again. */
export async function startWorkers(
  worker: string,
  dir: string,
  env: Record<string, string>,
  copies: number,
): Promise<ManagedProcess[]> {
  const file = await bundled(worker);
  return Promise.all(
    Array.from({ length: copies }, (_, n) => {
      const name = `${worker}-swept-${n + 1}`;
      const own: Record<string, string> = worker === 'stop' ? { GOLIVE_STOP_CACHE_DIR: join(dir, name) } : {};
      const logFile = join(dir, 'logs', `${name}.log`);
      return startProcess({ name, command: process.execPath, args: [file], cwd: root, logFile, env: { ...env, ...own } });
    }),
  );
}

/** Whatever dies is started again at once, as a service manager would; ends when the last of them has been stopped. */
export function keepAlive(workers: readonly ManagedProcess[]): { stop(): Promise<void> } {
  let stopped = false;
  const all = workers.map(async (worker) => {
    while (!stopped) {
      await worker.exited;
      if (!stopped) await worker.restart();
    }
    await worker.stop();
  });
  return {
    async stop() {
      stopped = true;
      await Promise.all(workers.map((worker) => worker.stop()));
      await Promise.all(all);
    },
  };
}
