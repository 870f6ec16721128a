import { mkdtemp, rm } from 'node:fs/promises';
import type { FastifyInstance } from 'fastify';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { verifierOf, type Verifier } from '../../../audit/tlog/note.ts';
import { temporarySigner } from '../../../clients/keys/local.ts';
import { Memory } from '../../../workers/witness/memory.ts';
import { createWitnessServer } from '../../../workers/witness/server.ts';
import { Witness } from '../../../workers/witness/witness.ts';

export const WITNESS = 'witness.acme.example/golive';

export interface TestWitness {
  url: string;
  verifier: Verifier;
  stop(): Promise<void>;
  restart(options: { forgetting: boolean }): Promise<void>;
  close(): Promise<void>;
}

/** The real witness, in this process, for one log. */
export async function witnessOf(log: Verifier): Promise<TestWitness> {
  const signer = temporarySigner();
  const dir = await mkdtemp(join(tmpdir(), 'golive-witness-'));
  const state = join(dir, 'state.json');
  const start = async (port: number): Promise<FastifyInstance> => {
    const memory = await Memory.open(state);
    const witness = new Witness({ name: WITNESS, signer, logs: [log], memory });
    const app = createWitnessServer({ witness, memory, logger: pino({ level: 'silent' }), onDamage: () => {} });
    await app.listen({ port, host: '127.0.0.1' });
    return app;
  };
  let app = await start(0);
  const url = app.listeningOrigin;
  return {
    url,
    verifier: verifierOf(WITNESS, 'witness', signer.publicKey),
    stop: async () => void (await app.close()),
    async restart({ forgetting }) {
      await app.close();
      if (forgetting) await rm(state);
      app = await start(Number(new URL(url).port));
    },
    async close() {
      await app.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
