import { DeleteObjectCommand, GetObjectRetentionCommand, S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { createS3Store, type BucketOptions, type S3Store } from '../../../clients/store/s3.ts';
import { sharedS3, uniqueName } from '../../support/servers/shared.ts';

const text = (bytes: Uint8Array | undefined): string | undefined => bytes && new TextDecoder().decode(bytes);

async function bucket(options: BucketOptions): Promise<{ store: S3Store; name: string; client: S3Client }> {
  const { endpoint, region, accessKey, secretKey } = sharedS3();
  const name = uniqueName('versions');
  const credentials = { accessKeyId: accessKey, secretAccessKey: secretKey };
  const store = createS3Store({ endpoint, region, bucket: name, credentials });
  await store.ensureBucket(options);
  return { store, name, client: new S3Client({ endpoint, region, credentials, forcePathStyle: true }) };
}

describe('a bucket with versioning', () => {
  it('remembers what an object was before it was replaced, and that it was deleted', async () => {
    const { store } = await bucket({ versioning: true });
    for (const body of ['one', 'two', 'three']) await store.put('log/checkpoint', body);
    await store.put('log/tile', 'x');
    await store.put('other', 'x');
    await store.remove('log/tile');
    const found = await store.versions('log/');
    expect(found.map(({ key, isLatest, deleteMarker, size }) => [key, isLatest, deleteMarker, size])).toEqual([
      ['log/checkpoint', true, false, 5],
      ['log/checkpoint', false, false, 3],
      ['log/checkpoint', false, false, 3],
      ['log/tile', true, true, 0],
      ['log/tile', false, false, 1],
    ]);
    const bodies = await Promise.all(found.slice(0, 3).map(({ key, versionId }) => store.getVersion(key, versionId)));
    expect(bodies.map(text)).toEqual(['three', 'two', 'one']);
    expect(await store.get('log/tile')).toBeUndefined();
    expect(await store.getVersion('log/checkpoint', '01KAK0000000000000000000AA')).toBeUndefined();
  });

  it('lists more versions than fit into one answer', async () => {
    const { store } = await bucket({ versioning: true });
    for (let i = 0; i < 1_050; i += 50) await Promise.all(Array.from({ length: 50 }, (_, k) => store.put(`many/${i + k}`, 'x')));
    await store.put('many/7', 'y');
    expect(await store.versions('many/')).toHaveLength(1_051);
  }, 60_000);

  it('may be asked for again', async () => {
    const { store } = await bucket({ versioning: true });
    await store.ensureBucket({ versioning: true });
  });
});

describe('a bucket without versioning', () => {
  it('gives each object as its only version', async () => {
    const { store } = await bucket({});
    await store.put('a', 'one');
    await store.put('a', 'two');
    const [only, ...more] = await store.versions('');
    expect([only?.isLatest, more]).toEqual([true, []]);
    expect(text(await store.getVersion('a', only?.versionId ?? ''))).toBe('two');
  });
});

describe('a bucket with Object Lock', () => {
  it.each(['governance', 'compliance'] as const)('keeps an object put with %s until its time', async (mode) => {
    const { store, name, client } = await bucket({ objectLock: true });
    const until = new Date(Math.ceil(Date.now() / 1_000) * 1_000 + 60_000);
    const put = await store.put('tile/0/000', 'hash', { if: 'absent', retention: { mode, until } });
    expect(put.status).toBe('stored');
    const [version] = await store.versions('tile/');
    const at = { Bucket: name, Key: 'tile/0/000', VersionId: version?.versionId };
    const { Retention } = await client.send(new GetObjectRetentionCommand(at));
    expect(Retention).toEqual({ Mode: mode.toUpperCase(), RetainUntilDate: until });
    await expect(client.send(new DeleteObjectCommand(at))).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
    expect(text(await store.get('tile/0/000'))).toBe('hash');
  });

  it('without it, an object that is to be kept is refused, not kept for less', async () => {
    const { store } = await bucket({ versioning: true });
    const retention = { mode: 'governance' as const, until: new Date(Date.now() + 60_000) };
    await expect(store.put('tile/0/000', 'hash', { retention })).rejects.toMatchObject({ code: 'store_unreachable' });
  });
});
