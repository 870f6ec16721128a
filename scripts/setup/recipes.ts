import { chmod, mkdir, readdir, rename, stat, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { Environment } from '../environment.ts';
import { isTemporalServerAtLeast } from './check.ts';
import { run } from './run.ts';

export type ToolName = 'temporal' | 'versitygw' | 'timeSkippingServer' | 'tesseraFsck';
export type Progress = (message: string) => void;

/** What a tool is called, how a user points to one, and how it is made where there is none. */
export interface Recipe {
  label: string;
  version: string;
  /** The variable that points to an executable of the user's own. */
  variable: string;
  pointedTo: (environment: Environment) => string | undefined;
  /** Name on PATH and, within the folder that `build` fills, of the executable. */
  executable: string;
  /** Reads the output of `--version` of an executable that is the user's own. Not given: it is taken as it is. */
  isGoodVersion?: (output: string) => boolean;
  /** What `build` needs, for the one sentence that is said when it is not there. */
  needs: string;
  build: (folder: string, progress: Progress, environment: Environment) => Promise<void>;
}

export const recipes: Record<ToolName, Recipe> = {
  temporal: {
    label: 'Temporal CLI',
    version: '1.5.1',
    variable: 'TEMPORAL_CLI',
    pointedTo: (environment) => environment.temporalCli,
    executable: 'temporal',
    isGoodVersion: isTemporalServerAtLeast(1, 29),
    needs: 'Go',
    build: async (folder, progress, environment) => {
      if (environment.temporalDownload && (await downloadTemporal(folder, progress))) return;
      await goInstall('github.com/temporalio/cli/cmd/temporal@v1.5.1', folder, progress, environment);
    },
  },
  versitygw: {
    label: 'versitygw',
    version: '1.7.0',
    variable: 'VERSITYGW',
    pointedTo: (environment) => environment.versitygw,
    executable: 'versitygw',
    needs: 'Go',
    build: (folder, progress, environment) =>
      goInstall('github.com/versity/versitygw/cmd/versitygw@v1.7.0', folder, progress, environment),
  },
  tesseraFsck: {
    label: "Tessera's fsck",
    version: '1.0.4',
    variable: 'TESSERA_FSCK',
    pointedTo: (environment) => environment.tesseraFsck,
    // Not `fsck`: that is what every machine calls the tool for its disks.
    executable: 'tessera-fsck',
    needs: 'Go',
    build: async (folder, progress, environment) => {
      await goInstall('github.com/transparency-dev/tessera/cmd/fsck@v1.0.4', folder, progress, environment);
      await rename(join(folder, 'fsck'), join(folder, 'tessera-fsck'));
    },
  },
  timeSkippingServer: {
    label: 'Temporal time-skipping test server',
    version: '1.38.0',
    variable: 'TEMPORAL_TEST_SERVER',
    pointedTo: (environment) => environment.timeSkippingServer,
    executable: 'temporal-test-server',
    needs: 'Java 17 and Maven',
    build: async (folder, progress, environment) => {
      await writeFile(join(folder, 'pom.xml'), POM);
      progress('Maven resolves io.temporal:temporal-test-server');
      await run('mvn', ['-q', '-B', 'dependency:copy-dependencies', '-DoutputDirectory=lib', '-DincludeScope=runtime'], {
        cwd: folder,
        env: { PATH: pathOf(environment) },
      });
      const launcher = join(folder, 'temporal-test-server');
      await writeFile(launcher, LAUNCHER);
      await chmod(launcher, 0o755);
    },
  },
};

const pathOf = (environment: Environment): string => environment.path.join(delimiter);

async function goInstall(module: string, folder: string, progress: Progress, environment: Environment): Promise<void> {
  let packages = 0;
  let last = 0;
  progress(`go install ${module}`);
  await run('go', ['install', '-v', module], {
    cwd: folder,
    env: { GOBIN: folder, PATH: pathOf(environment) },
    onLine: (line) => {
      const fetched = line.startsWith('go: downloading');
      if (!fetched) packages++;
      // A cold build prints over a thousand lines; a person wants to see that it moves, a log file wants few lines.
      if (Date.now() - last < 2_000) return;
      last = Date.now();
      progress(fetched ? line.slice(4) : `compiled ${packages} packages`);
    },
  });
}

/** The SDK's own download, tried only when asked for: many machines may reach package registries and nothing else. */
async function downloadTemporal(folder: string, progress: Progress): Promise<boolean> {
  progress('the SDK downloads the Temporal CLI');
  try {
    const { TestWorkflowEnvironment } = await import('@temporalio/testing');
    const downloads = join(folder, 'download');
    await mkdir(downloads);
    const server = await TestWorkflowEnvironment.createLocal({
      server: { executable: { type: 'cached-download', downloadDir: downloads } },
    });
    await server.teardown();
    for (const name of await readdir(downloads)) {
      const file = join(downloads, name);
      if (((await stat(file)).mode & 0o111) === 0) continue;
      const launcher = join(folder, 'temporal');
      await writeFile(launcher, `#!/bin/sh\nexec "$(dirname "$0")/download/${name}" "$@"\n`);
      await chmod(launcher, 0o755);
      return true;
    }
  } catch (error) {
    progress(`download failed (${error instanceof Error ? error.message : String(error)}), building instead`);
  }
  return false;
}

const POM = `<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>golive.tools</groupId>
  <artifactId>temporal-test-server</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>io.temporal</groupId>
      <artifactId>temporal-test-server</artifactId>
      <version>1.38.0</version>
    </dependency>
    <dependency>
      <groupId>org.slf4j</groupId>
      <artifactId>slf4j-nop</artifactId>
      <version>1.7.36</version>
    </dependency>
  </dependencies>
</project>
`;

const LAUNCHER = `#!/bin/sh
here=$(cd "$(dirname "$0")" && pwd)
exec "\${JAVA_HOME:+$JAVA_HOME/bin/}java" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx512m -cp "$here/lib/*" io.temporal.testserver.TestServer "$@"
`;
