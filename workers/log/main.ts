import { pino } from 'pino';
import { openSigner } from '../../clients/keys/open.ts';
import { createS3Store } from '../../clients/store/s3.ts';
import { ConfigError, quietAwsSdk } from '../config.ts';
import { readLogConfig } from './config.ts';
import { LogDamaged } from './damage.ts';
import { openLog, untilStoreAnswers } from './process.ts';

/**
 * `golive log`: the only writer of the log. Its settings are the variables in config.ts.
 * It ends with 0 when it was asked to, with 1 when it could not begin or had halted; nothing that it acknowledged depends on
 * how it ends.
 */
const SHUTDOWN_GRACE_MS = 8_000;

async function main(): Promise<void> {
  quietAwsSdk();
  const { config, sources } = readLogConfig();
  const logger = pino({ name: 'golive-log', level: config.logLevel }, pino.destination({ fd: 2, sync: true }));
  logger.debug({ settings: sources }, 'Settings and where they came from');

  const stopping = new AbortController();
  const asked = new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => (stopping.abort(), resolve()));
  });

  const signer = await openSigner(config.key).catch((error: unknown) => {
    throw new ConfigError(`GOLIVE_LOG_KEY: ${error instanceof Error ? error.message : String(error)}`);
  });
  const audit = createS3Store(config.s3);
  const work = createS3Store(config.workS3);
  const open = async () => {
    if (config.createBucket) {
      await audit.ensureBucket({ versioning: true, objectLock: config.retention !== undefined }, stopping.signal);
      await work.ensureBucket({}, stopping.signal);
    }
    return openLog({ audit, work, signer }, config, logger, stopping.signal);
  };
  const started = performance.now();
  const log = await untilStoreAnswers(open, logger, stopping.signal);
  await log.app.listen({ port: config.port, host: config.host });
  logger.info(
    { port: config.port, bucket: config.s3.bucket, loadedMs: Math.round(performance.now() - started) },
    'The log is open',
  );

  // A restart by itself would take the lock back from whoever has it: so it stays, serves readers, and waits for a person.
  void log.halted.then((damage) => {
    logger.fatal(damage.message);
    process.exitCode = 1;
  });
  await asked;
  await log.close(SHUTDOWN_GRACE_MS);
  audit.close();
  work.close();
  logger.info('The log is closed');
}

main().catch((error: unknown) => {
  const asked = error instanceof Error && error.name === 'AbortError';
  const known = error instanceof ConfigError || error instanceof LogDamaged;
  if (!asked) process.stderr.write(`golive log: ${known ? error.message : String((error as Error).stack ?? error)}\n`);
  process.exit(asked ? 0 : 1);
});
