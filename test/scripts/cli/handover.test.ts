import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { putJsonEvidence } from '../../../clients/store/evidence.ts';
import { handoverPack } from '../../../domain/handover/pack.ts';
import { openDesk, type Desk } from './desk.ts';
import { World } from './world.ts';

let desk: Desk;
beforeEach(async () => {
  desk = await openDesk(await new World().open());
  await desk.world.start();
});
afterEach(() => desk.close());

const compiled = async (): Promise<string> => {
  const pack = handoverPack(await desk.world.view(), desk.world.file);
  const evidence = await putJsonEvidence(desk.world.store, '', pack);
  await desk.world.add('evidence', { subject: 'accept:W3.13', summary: 'the hand-over pack', evidence });
  return evidence.digest;
};

describe('golive handover', () => {
  it('says before T+66 that there is none yet, and when there will be', async () => {
    const ran = await desk.golive('handover');
    expect(ran.code).toBe(5);
    expect(ran.err).toContain('T+66:00');
  });

  it('shows what the Operations Lead is to accept, with its digest and the order for it', async () => {
    const digest = await compiled();
    const ran = await desk.golive('handover');
    expect(ran.code).toBe(0);
    expect(ran.out).toContain('# northwind/q1: hand-over to Operations');
    expect(ran.out).toContain('## How to stop');
    expect(ran.err).toContain(digest);
    expect(ran.err).toContain('golive confirm W3.13');
    expect((await desk.golive('handover', '--json')).json()).toMatchObject({ digest, pack: { customer: 'northwind' } });
    const path = join(desk.dir, 'handover.md');
    expect((await desk.golive('handover', '--out', path)).out).toBe('');
    expect(await readFile(path, 'utf8')).toContain('## Whom to call');
  });

  it('shows the document that was written, though something has changed since, and no other one', async () => {
    await compiled();
    await desk.world.add('watch-item', { id: 'later', text: 'came later', owner: 'cfo' });
    desk.broken = { audit: async () => desk.world.store };
    expect((await desk.golive('handover')).out).not.toContain('came later');
    desk.broken = { audit: async () => ({ ...desk.world.store, get: async () => Buffer.from('{}') }) };
    const ran = await desk.golive('handover');
    expect(ran.code).toBe(1);
    expect(ran.err).toContain('is not in the audit bucket, or it is another document');
  });
});
