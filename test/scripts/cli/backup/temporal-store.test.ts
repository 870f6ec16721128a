import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporalClient } from '../../../../clients/commands/temporal.ts';
import { drillTemporal } from '../../../../scripts/cli/backup/drill.ts';
import type { Manifest } from '../../../../scripts/cli/backup/manifest.ts';
import { copyTemporalStore } from '../../../../scripts/cli/backup/temporal-store.ts';
import { startTemporal, type TemporalServer } from '../../../../scripts/processes/temporal.ts';
import { ensureTools } from '../../../../scripts/setup/tools.ts';

let dir: string;
let executable: string;
let server: TemporalServer;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'golive-store-'));
  executable = (await ensureTools(['temporal'])).temporal;
  server = await startTemporal({ dir, executable });
}, 120_000);
afterAll(async () => {
  await server.stop();
  await rm(dir, { recursive: true, force: true });
});

const start = async (...ids: string[]): Promise<void> => {
  const client = temporalClient({ address: server.address, namespace: server.namespace });
  for (const workflowId of ids) await client.workflow.start('anything', { workflowId, taskQueue: 'nobody', args: [] });
  await client.connection.close();
};
const manifest = (...deployments: string[]): Manifest => ({ customer: 'acme', deployments, leftOut: [] }) as unknown as Manifest;

describe("Temporal's own store", () => {
  it('is copied while the server runs, and a server on the copy has its workflows as of then', async () => {
    await start('golive/acme/q3', 'golive/acme/q4');
    const copy = join(dir, 'copy.db');
    expect(await copyTemporalStore(join(dir, 'temporal.db'), copy)).toMatchObject({ by: expect.any(String) as string });
    await start('golive/acme/q5');
    const restored = await drillTemporal(copy, manifest('q3', 'q4'), executable);
    expect(restored).toMatchObject({ ok: true, detail: expect.stringMatching(/q3 running, .*q4 running/) as string });
    expect(await drillTemporal(copy, manifest('q5'), executable)).toMatchObject({ ok: false });
  }, 120_000);

  it('that is not there is not made up', async () => {
    expect(await copyTemporalStore(join(dir, 'other.db'), join(dir, 'none.db'))).toMatchObject({
      why: expect.stringContaining('there is no file') as string,
    });
    expect((await readdir(dir)).filter((name) => /other|none/.test(name))).toEqual([]);
    expect(await drillTemporal(join(dir, 'none.db'), manifest('q3'), executable)).toMatchObject({ ok: null });
  });
});
