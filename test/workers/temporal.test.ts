import { createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { childrenOf } from '../../workers/temporal.ts';

const silent = createServer();
beforeAll(() => new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve)));
afterAll(() => void silent.close());

it('an activity that asks Temporal for dead workflows does not wait for ever when nothing answers', async () => {
  const connection = Connection.lazy({ address: `127.0.0.1:${(silent.address() as AddressInfo).port}` });
  const begun = Date.now();
  await expect(childrenOf(new Client({ connection }), 300).dead('acme/q4')).rejects.toThrow();
  expect(Date.now() - begun).toBeLessThan(5_000);
  await connection.close();
});
