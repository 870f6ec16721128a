import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { openSigner } from '../../../clients/keys/open.ts';
import { readWitnessConfig } from '../../../workers/witness/config.ts';
import { Memory } from '../../../workers/witness/memory.ts';
import { createWitnessServer } from '../../../workers/witness/server.ts';
import { Witness } from '../../../workers/witness/witness.ts';

/** The witness as it is, but its power is cut at a step of its second replacement of the state file. */
const { config } = readWitnessConfig();
const killAt = process.argv[2] ?? '';
let begun = 0;
const memory = await Memory.open(config.state, (step) => {
  if (step === 'begun') begun++;
  if (step === killAt && begun === 2) process.kill(process.pid, 'SIGKILL');
});
const witness = new Witness({ ...config, signer: await openSigner(config.key), memory });
const app = createWitnessServer({ witness, memory, logger: pino({ level: 'silent' }), onDamage: () => undefined });
await app.listen({ port: config.port, host: config.host });
await sleep(60_000);
process.exit(0);
