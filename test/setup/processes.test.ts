import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateBucketCommand,
  GetObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { Client, Connection } from '@temporalio/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ProcessFailed, startProcess } from '../../scripts/processes/process.ts';
import { startS3, type S3Server } from '../../scripts/processes/s3.ts';
import { startTemporal } from '../../scripts/processes/temporal.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'golive-processes-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe('a process', () => {
  it('that ends before it is ready is reported with its last words', async () => {
    const start = startProcess({
      name: 'The log',
      command: '/bin/sh',
      args: ['-c', 'echo cannot read the key; exit 7'],
      logFile: join(dir, 'log'),
      ready: async () => false,
    });
    const error: unknown = await start.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ProcessFailed);
    expect(error).toMatchObject({
      message: 'The log ended before it was ready (exit code 7)\ncannot read the key',
    });
  });

  it('that does not exist is reported by name', async () => {
    const start = startProcess({ name: 'The log', command: join(dir, 'nothing'), args: [], logFile: join(dir, 'log') });
    await expect(start).rejects.toThrow('The log cannot be started');
  });

  it('that ignores SIGTERM is killed when its time is over', async () => {
    const stubborn = await startProcess({
      name: 'Stubborn',
      command: '/bin/sh',
      args: ['-c', 'trap "" TERM; while :; do sleep 0.1; done'],
      logFile: join(dir, 'log'),
    });
    await sleep(100);
    expect(await stubborn.stop(300)).toEqual({ code: null, signal: 'SIGKILL' });
    expect(stubborn.running).toBe(false);
  });

  it('ends when its parent is killed with -9', async () => {
    const parent = spawn(process.execPath, ['--import', 'tsx', join(import.meta.dirname, 'parent.process.ts'), dir], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(createInterface({ input: parent.stdout }), 'line')) as [string];
    const child = Number(line);
    expect(isAlive(child)).toBe(true);
    parent.kill('SIGKILL');
    await expect.poll(() => isAlive(child), { timeout: 5_000 }).toBe(false);
  });
});

describe('Temporal', () => {
  it('keeps every workflow through kill -9 and a restart on the same port', async () => {
    const server = await startTemporal({ dir });
    try {
      const connection = await Connection.connect({ address: server.address });
      const client = new Client({ connection });
      await client.workflow.start('waits', { taskQueue: 'nobody', workflowId: 'survivor' });
      const pid = server.pid;
      expect(await server.kill9()).toEqual({ code: null, signal: 'SIGKILL' });
      await server.restart();
      expect(server.pid).not.toBe(pid);
      const description = await client.workflow.getHandle('survivor').describe();
      expect(description.status.name).toBe('RUNNING');
      await connection.close();
    } finally {
      await server.stop();
    }
  });
});

describe('S3', () => {
  const clientOf = (server: S3Server): S3Client =>
    new S3Client({
      endpoint: server.endpoint,
      region: server.region,
      credentials: { accessKeyId: server.accessKey, secretAccessKey: server.secretKey },
      forcePathStyle: true,
    });

  it('keeps every object and its condition through kill -9 and a restart on the same port', async () => {
    const server = await startS3({ dir });
    const s3 = clientOf(server);
    try {
      await s3.send(new CreateBucketCommand({ Bucket: 'kept' }));
      await s3.send(new PutBucketVersioningCommand({ Bucket: 'kept', VersioningConfiguration: { Status: 'Enabled' } }));
      const put = { Bucket: 'kept', Key: 'tiles/0', Body: 'first', IfNoneMatch: '*' };
      await s3.send(new PutObjectCommand(put));
      await server.kill9();
      await server.restart();
      const stored = await s3.send(new GetObjectCommand({ Bucket: 'kept', Key: 'tiles/0' }));
      expect(await stored.Body?.transformToString()).toBe('first');
      await expect(s3.send(new PutObjectCommand(put))).rejects.toMatchObject({ name: 'PreconditionFailed' });
    } finally {
      s3.destroy();
      await server.stop();
    }
  });

  it('has the same credentials when another process starts it on the same folder', async () => {
    const first = await startS3({ dir });
    await first.stop();
    const second = await startS3({ dir });
    await second.stop();
    expect(second.secretKey).toBe(first.secretKey);
  });
});
