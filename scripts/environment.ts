import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/** The one place outside workers/ that reads the environment; everything else takes values as arguments. */
export interface Environment {
  /** Executables that the user points to; each wins over what is on PATH. */
  temporalCli?: string;
  versitygw?: string;
  timeSkippingServer?: string;
  tesseraFsck?: string;
  chromium?: string;
  /** Built and resolved tools live here and are shared by all clones on the machine. */
  cacheDir: string;
  /** Only when asked for: the SDK may download Temporal's CLI instead of our building it. */
  temporalDownload: boolean;
  path: string[];
}

const text = (name: string): string | undefined => process.env[name]?.trim() || undefined;

export const environment: Environment = {
  temporalCli: text('TEMPORAL_CLI'),
  versitygw: text('VERSITYGW'),
  timeSkippingServer: text('TEMPORAL_TEST_SERVER'),
  tesseraFsck: text('TESSERA_FSCK'),
  chromium: text('CHROMIUM'),
  cacheDir: text('GOLIVE_CACHE') ?? join(homedir(), '.cache', 'golive'),
  temporalDownload: text('GOLIVE_TEMPORAL_DOWNLOAD') === '1',
  path: (text('PATH') ?? '').split(delimiter).filter(Boolean),
};

/** What a child process sees: our own environment, with additions. */
export const childEnvironment = (additions: Record<string, string> = {}): Record<string, string | undefined> => ({
  ...process.env,
  ...additions,
});

// The AWS SDK warns at every start that it will want a newer Node in 2027; that belongs into no user's terminal.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
