import { pino } from 'pino';
import { openSigner } from '../../clients/keys/open.ts';
import { ConfigError, quietAwsSdk } from '../config.ts';
import { readWitnessConfig } from './config.ts';
import { Memory, MemoryDamaged } from './memory.ts';
import { createWitnessServer } from './server.ts';
import { Witness } from './witness.ts';

/**
 * `golive witness`: cosigns what a log says of itself, as long as it never takes anything back. In production it is the
 * customer's, on a machine and under a key of the customer's. Its settings are the variables in config.ts.
 * It ends with 0 when it was asked to, and with 1 when it may not go on.
 */
async function main(): Promise<void> {
  quietAwsSdk();
  const { config, sources } = readWitnessConfig();
  const logger = pino({ name: 'golive-witness', level: config.logLevel }, pino.destination({ fd: 2, sync: true }));
  logger.debug({ settings: sources }, 'Settings and where they came from');
  const asked = new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });

  const signer = await openSigner(config.key).catch((error: unknown) => {
    throw new ConfigError(`GOLIVE_WITNESS_KEY: ${error instanceof Error ? error.message : String(error)}`);
  });
  const memory = await Memory.open(config.state);
  const witness = new Witness({ ...config, signer, memory });
  let damaged: (damage: MemoryDamaged) => void = () => {};
  const damage = new Promise<MemoryDamaged>((resolve) => (damaged = resolve));
  const app = createWitnessServer({ witness, memory, logger, onDamage: (error) => damaged(error) });
  await app.listen({ port: config.port, host: config.host });
  const remembered = Object.fromEntries([...memory.logs].map(([origin, { checkpoint }]) => [origin, checkpoint.size]));
  logger.info({ port: config.port, witness: witness.vkey, remembered }, 'The witness is open');

  const ended = await Promise.race([damage, asked]);
  if (ended) {
    logger.fatal(ended.message);
    process.exitCode = 1;
  }
  await app.close();
  await witness.idle();
  logger.info('The witness is closed');
}

main().catch((error: unknown) => {
  const known = error instanceof ConfigError || error instanceof MemoryDamaged;
  process.stderr.write(`golive witness: ${known ? error.message : String((error as Error).stack ?? error)}\n`);
  process.exit(1);
});
