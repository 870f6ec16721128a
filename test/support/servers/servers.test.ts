import { CreateBucketCommand, ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { Worker } from '@temporalio/worker';
import { describe, expect, it } from 'vitest';
import { SEARCH_ATTRIBUTES } from '../../../domain/ids.ts';
import { connectToSharedTemporal, sharedS3, uniqueName } from './shared.ts';
import type { sleeper } from './sleeper.workflow.ts';
import { timeSkippingEnvironment } from './timeSkipping.ts';

const workflowsPath = new URL('./sleeper.workflow.ts', import.meta.url).pathname;

describe('the servers that tests share', () => {
  it('Temporal knows every search attribute and keeps histories for 45 days', async () => {
    const temporal = await connectToSharedTemporal();
    const { client } = temporal;
    const { customAttributes } = await client.connection.operatorService.listSearchAttributes({ namespace: 'default' });
    const { config } = await client.workflowService.describeNamespace({ namespace: 'default' });
    await temporal.close();
    expect(Object.keys(customAttributes)).toEqual(expect.arrayContaining(Object.keys(SEARCH_ATTRIBUTES)));
    expect(Number(config?.workflowExecutionRetentionTtl?.seconds)).toBe(45 * 86_400);
  });

  it('S3 makes a bucket for whoever asks with the right key', async () => {
    const { endpoint, region, accessKey, secretKey } = sharedS3();
    const s3 = new S3Client({
      endpoint,
      region,
      credentials: { accessKeyId: accessKey, secretAccessKey: secretKey },
      forcePathStyle: true,
    });
    const bucket = uniqueName('mine');
    await s3.send(new CreateBucketCommand({ Bucket: bucket }));
    const { Buckets } = await s3.send(new ListBucketsCommand({}));
    expect(Buckets?.map(({ Name }) => Name)).toContain(bucket);
    s3.destroy();
  });
});

describe('the time-skipping server', () => {
  it('lets 72 hours pass in seconds, and knows our search attributes', async () => {
    const environment = await timeSkippingEnvironment();
    try {
      const taskQueue = uniqueName('sleeper');
      const worker = await Worker.create({ connection: environment.nativeConnection, taskQueue, workflowsPath });
      const result = await worker.runUntil(
        environment.client.workflow.execute<typeof sleeper>('sleeper', { taskQueue, workflowId: uniqueName('sleeper') }),
      );
      expect(result).toBe('awake');
    } finally {
      await environment.teardown();
    }
  });
});
