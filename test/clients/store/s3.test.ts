import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createS3Store, type S3Store } from '../../../clients/store/s3.ts';
import { uniqueName } from '../../support/servers/shared.ts';
import { freshS3Store } from './stores.ts';

/** An S3 that answers as it is told, for what a real one does once in a million. */
let server: Server | undefined;
async function scripted(answers: number[], requestTimeoutMs?: number): Promise<{ store: S3Store; asked: () => number }> {
  let asked = 0;
  server = createServer((request, response) => {
    const status = answers[Math.min(asked++, answers.length - 1)] ?? 200;
    request.resume();
    if (status === 0) return; // never answers
    request.on('end', () => {
      const name = status === 409 ? 'ConditionalRequestConflict' : status === 412 ? 'PreconditionFailed' : 'SlowDown';
      response
        .writeHead(status, { etag: '"e"' })
        .end(status === 200 ? '' : `<Error><Code>${name}</Code><Message>told so</Message></Error>`);
    });
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const store = createS3Store({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    bucket: 'any',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    requestTimeoutMs,
  });
  return { store, asked: () => asked };
}
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

describe('a put that races another', () => {
  it('is repeated until one of them has won', async () => {
    const { store, asked } = await scripted([409, 409, 412]);
    expect(await store.put('k', 'v', { if: 'absent' })).toEqual({ status: 'exists' });
    expect(asked()).toBe(3);
  });

  it('gives up after a while', async () => {
    const { store } = await scripted([409]);
    await expect(store.put('k', 'v', { if: 'absent' })).rejects.toMatchObject({ code: 'store_unreachable' });
  });
});

describe('an S3 that does not do its work', () => {
  it('is told from an object that is not there', async () => {
    const { store } = await scripted([503]);
    await expect(store.get('k')).rejects.toMatchObject({ name: 'ClientError', code: 'store_unreachable' });
  });

  it('does not keep us waiting', async () => {
    const { store } = await scripted([0], 100);
    await expect(store.put('k', 'v')).rejects.toMatchObject({ code: 'store_unreachable' });
  });

  it('lets go at a signal', async () => {
    const { store } = await scripted([0]);
    const stop = new AbortController();
    setTimeout(() => stop.abort(new Error('enough')), 50);
    await expect(store.get('k', stop.signal)).rejects.toThrow('enough');
  });
});

describe('a bucket', () => {
  it('that is missing is an error, not an empty answer', async () => {
    const other = await freshS3Store();
    const name = uniqueName('bucket');
    await other.ensureBucket();
    const store = await freshS3Store(name);
    await store.ensureBucket();
    expect(await store.list('')).toEqual([]);
  });
});
