import { createServer } from 'node:net';

/**
 * A free TCP port below the range that the system hands out for outgoing connections (32768 and up on Linux).
 * A server that is killed and restarted on its port would otherwise find it taken by somebody's client now and then.
 */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    if (await canListen(port)) return port;
  }
  throw new Error('No free TCP port found between 20000 and 32000');
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** For `ready`: this URL answers with a 2xx. */
export async function answersOk(url: string): Promise<boolean> {
  const response = await fetch(url, { signal: AbortSignal.timeout(1_000) });
  await response.body?.cancel();
  return response.ok;
}

/** Somebody may take a free port before our server does: then the start is tried again, with other ports. */
export async function onFreePorts<T>(start: () => Promise<T>, attempts = 3): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start();
    } catch (error) {
      const portTaken = error instanceof Error && /address (is )?already in use|can't bind/i.test(error.message);
      if (!portTaken || attempt === attempts) throw error;
    }
  }
}
