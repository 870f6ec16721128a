import { cp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createS3Store } from '../../../../clients/store/s3.ts';
import { temporalClient } from '../../../../clients/commands/temporal.ts';
import { filesIn } from '../../../../scripts/cli/backup/manifest.ts';
import { startS3 } from '../../../../scripts/processes/s3.ts';
import { ensureTools } from '../../../../scripts/setup/tools.ts';
import { startStack, type Stack } from '../../../../scripts/stack/stack.ts';
import { TestCustomer, type Answer } from '../../../support/stack/customer.ts';
import { startTestStack, type TestStack } from '../../../support/stack/stack.ts';

/** Plan hours per wall hour: three minutes for the 72 hours. */
const SPEED = 1440;
const WITHIN_MS = 420_000;

let first: TestStack<'acme'>;
let again: Stack | undefined;
let acme: TestCustomer;
let drilled: Answer;
let journalGrew: number;

/** What a machine that is gone takes with it, brought back from the archive; platform and keys are elsewhere. */
async function restored(backup: string): Promise<void> {
  const { dir, customers } = first;
  const { file } = customers.acme;
  await rm(join(dir, 's3'), { recursive: true });
  await rm(join(dir, 'temporal'), { recursive: true });
  await cp(join(backup, 'temporal'), join(dir, 'temporal'), { recursive: true });
  const s3 = await startS3({ dir: join(dir, 's3') });
  const buckets: [string, string, string][] = [
    ['audit', file.audit.bucket, file.audit.prefix],
    ['work', `${file.audit.bucket}-work`, file.audit.prefix],
    ['manifests', file.manifestSet.bucket, ''],
  ];
  for (const [folder, bucket, prefix] of buckets) {
    const credentials = { accessKeyId: s3.accessKey, secretAccessKey: s3.secretKey };
    const store = createS3Store({ endpoint: s3.endpoint, region: s3.region, bucket, credentials });
    await store.ensureBucket({ versioning: folder === 'audit' });
    const under = prefix === '' ? '' : `${prefix}/`;
    for (const path of (await filesIn(join(backup, folder))).filter((p) => p !== 'policy')) {
      await store.put(`${under}${path}`, await readFile(join(backup, folder, path)));
    }
    store.close();
  }
  await s3.stop();
}

describe('a deployment whose log, buckets and Temporal are gone', () => {
  beforeAll(async () => {
    first = await startTestStack(SPEED, { acme: { agents: 60, cohorts: 5, managers: 8, seed: 3 } });
    const { acme: before } = first.customers;
    await before.start();
    before.people();
    await before.until('agents are created', (view) => view.milestones['W1.07'] !== undefined, WITHIN_MS);
    await before.close();
    await Promise.all([first.parts.engine.kill9(), first.parts.control.kill9()]);

    const backup = join(first.dir, 'backup');
    const made = await before.golive('backup', '--out', backup);
    expect(made.stderr).not.toContain('Not in it');
    expect(made.exitCode, made.stderr).toBe(0);
    const was = before.journal().length;
    drilled = await before.golive('restore-drill', backup, '--execute', '--json', '--evidence', join(first.dir, 'drill'));
    journalGrew = before.journal().length - was;
    await first.parts.stop();
    await restored(backup);

    again = await startStack({
      dir: first.dir,
      customers: [{ dir: join(first.dir, 'customers', 'acme'), file: before.file, rootKeys: [before.generated.rootPublicKey] }],
      platformPort: Number(new URL(before.file.platform.endpoint).port),
      tools: await ensureTools(['temporal', 'versitygw']),
      speed: SPEED,
    });
    const client = temporalClient({ address: again.temporal.address, namespace: again.temporal.namespace });
    acme = new TestCustomer({ parts: again, dir: first.dir, client, generated: before.generated });
    acme.people();
  }, WITHIN_MS);
  afterAll(async () => {
    await (acme as TestCustomer | undefined)?.close();
    await again?.stop();
    await first.client.connection.close();
    await rm(first.dir, { recursive: true, force: true });
  });

  it('goes on in a drill too, with the product’s own workers, and the real platform hears nothing of it', () => {
    expect(drilled.exitCode, drilled.stdout + drilled.stderr).toBe(0);
    const { goesOn, steps } = JSON.parse(drilled.stdout) as { goesOn: object[]; steps: { step: string; detail: string }[] };
    expect(goesOn).toEqual([expect.objectContaining({ deployment: 'q4', goesOn: true, stage: 'provision' })]);
    expect(steps.at(-1)?.detail).toContain('goes on: yes');
    expect(journalGrew).toBe(0);
  });

  it(
    'goes on from a backup: people give their orders, the gate opens, every agent runs in shadow',
    async () => {
      const view = await acme.until('agents run in shadow', (v) => v.milestones['W2.01'] !== undefined, WITHIN_MS);
      expect(view.gates['gate-1']).toBeDefined();
      expect(view.agents).toMatchObject({ provisioning: 0, shadow: 60 });
    },
    WITHIN_MS,
  );

  it('does nothing twice, by the journal of the platform', () => {
    expect(acme.done().duplicates).toEqual({ created: 0, minted: 0, raised: 0, keys: 0 });
  });

  it('has a log that verifies from its first entry to its last', async () => {
    const out = join(first.dir, 'archive');
    const archived = await acme.golive('audit', 'archive', '--out', out);
    expect(archived.stderr).toContain('Read back and verified.');
    expect(archived.exitCode).toBe(0);
  }, 120_000);
});
