import { describe, expect, it } from 'vitest';
import { applyOrder } from '../../activities/control/command.ts';
import { prerequisites } from '../../activities/control/prerequisites.ts';
import { canonicalJson, envelopeText } from '../../audit/envelope.ts';
import { sha256Digest } from '../../audit/keys.ts';
import type { Cluster } from '../../clients/cluster/port.ts';
import { ClientError } from '../../clients/error.ts';
import { parseManifest } from '../../clients/manifests/parse.ts';
import type { Platform } from '../../clients/platform/port.ts';
import { INDEX_KEY } from '../../domain/set/limits.ts';
import { deploymentFile, freeze, keyAt, manifests, memorySource, signerOf, type Files } from '../audit/signed-set.ts';
import { newOffice, NOW, type Office } from './office/office.ts';
import { WitnessedLog } from './office/witnessed.ts';

const POLICY = { policyTypes: ['Egress'] };
const parsed = [...manifests()].flatMap(([key, text]) => parseManifest(Buffer.from(text), key).manifest ?? []);
const managers = [...new Set(parsed.flatMap((m) => m.agents.map((a) => a.managerEmail)))];
const named = [...new Set(parsed.flatMap((m) => m.connectors))];
const connector = (id: string, deployed = true) => ({ id, deployed, up: true, identity: 'svc' });
const away = () => Promise.reject(new ClientError('platform_unreachable', 'GET …: no answer'));

interface World {
  platform?: Partial<Platform>;
  cluster?: Partial<Cluster>;
  files?: (files: Files) => void;
  /** What the log publishes when it is asked to, and what the bucket then holds. */
  witness?: (log: WitnessedLog) => Promise<string | null>;
  quorum?: boolean;
}

/** Everything is as it should be, but for what the test says. */
async function world({ platform, cluster, files: spoil, witness = signedNow, quorum = true }: World): Promise<Office> {
  const o = newOffice({
    file: {
      ...deploymentFile,
      cluster: { ...deploymentFile.cluster, networkPolicyDigest: sha256Digest(canonicalJson(POLICY)) },
    },
    platform: {
      hris: async () => ({ authenticated: true, employees: 40 }),
      connectors: async () => ({ connectors: named.map((id) => connector(id)) }),
      queues: async () => ({ queues: managers.map((manager) => ({ manager, open: 0, oldestAt: null })) }) as never,
      fences: async () => ({ generation: 0, fences: [] }),
      ...platform,
    },
    cluster: {
      pods: async () => [{ name: 'atlas-api-0', phase: 'Running' }],
      networkPolicy: async () => POLICY,
      ...cluster,
    },
  });
  const log = new WitnessedLog(o, { quorum });
  o.log.publish = async () => {
    const text = await witness(log);
    if (text !== null) await log.publish(text);
    return text ?? '';
  };
  const files = await freeze();
  spoil?.(files);
  o.d.source = memorySource(files);
  await o.write('watch-item', 'w', { id: 'w', text: 'opened', owner: 'cfo' });
  return o;
}

const signedNow = (log: WitnessedLog) => log.checkpoint(7, NOW);

const missingIn = async (given: World) =>
  Object.fromEntries(
    (await prerequisites((await world(given)).d)).flatMap((c) => (c.missing === null ? [] : [[c.row, c.missing]])),
  );

describe('the prerequisites', () => {
  it('are met when everything is as it should be, each with what was found', async () => {
    const checks = await prerequisites((await world({})).d);
    expect(checks.map((c) => [c.row, c.missing])).toEqual(
      ['P1', 'P2', 'P3', 'P4', 'P5', 'P6', 'P7', 'P8'].map((row) => [row, null]),
    );
    expect(checks.every((c) => c.found !== '')).toBe(true);
  });

  const cases: [string, World, Record<string, unknown>][] = [
    [
      'a pod that does not run',
      { cluster: { pods: async () => [{ name: 'api-0', phase: 'Pending' }] } },
      { P1: 'api-0 is Pending' },
    ],
    ['no pod at all', { cluster: { pods: async () => [] } }, { P1: 'no pod in arx-atlas' }],
    ['no network policy', { cluster: { networkPolicy: async () => undefined } }, { P2: 'no network policy p in arx-atlas' }],
    [
      'another network policy than was reviewed',
      { cluster: { networkPolicy: async () => ({ policyTypes: [] }) } },
      { P2: expect.stringContaining('reviewed was') },
    ],
    [
      'a flipped byte',
      { files: (files) => void files.set(keyAt(0), Buffer.from('x')) },
      { P3: expect.any(String), P4: 'the set is not verified' },
    ],
    ['no index', { files: (files) => void files.delete(INDEX_KEY) }, { P3: expect.any(String), P4: 'the set is not verified' }],
    [
      'an approval less',
      {
        files: (files) =>
          [...files.keys()]
            .filter((k) => k.includes('approvals/'))
            .slice(0, 1)
            .forEach((k) => files.delete(k)),
      },
      { P4: expect.stringContaining('no valid approval by') },
    ],
    [
      'a connector that is not deployed',
      { platform: { connectors: async () => ({ connectors: named.map((id, i) => connector(id, i > 0)) }) } },
      { P5: `not deployed: ${named[0] ?? ''}` },
    ],
    [
      'HRIS that refuses us',
      { platform: { hris: async () => ({ authenticated: false, employees: 0 }) } },
      { P6: 'HRIS does not authenticate' },
    ],
    [
      'an empty HRIS',
      { platform: { hris: async () => ({ authenticated: true, employees: 0 }) } },
      { P6: 'HRIS lists no employees' },
    ],
    [
      'a manager without a queue',
      { platform: { queues: async () => ({ queues: [] }) } },
      { P7: expect.stringContaining(`no queue for ${managers.length} manager`) },
    ],
    [
      'a cluster that does not answer',
      { cluster: { pods: away, networkPolicy: away } },
      { P1: expect.stringContaining('does not answer'), P2: expect.stringContaining('does not answer') },
    ],
    [
      'a platform that does not answer',
      { platform: { connectors: away, hris: away, queues: away } },
      { P5: expect.any(String), P6: expect.any(String), P7: expect.any(String) },
    ],
    ['a log that publishes nothing', { witness: async () => null }, { P8: 'there is no checkpoint in the audit bucket' }],
    [
      'a log that does not answer',
      { witness: () => Promise.reject(new ClientError('recorder_unreachable', 'no answer')) },
      { P8: expect.stringContaining('The log does not answer') },
    ],
    [
      'a witness that does not sign',
      { witness: (log) => log.checkpoint(7, null) },
      { P8: 'witness.acme.example/golive did not sign the log of 7 entries' },
    ],
    [
      'a witness whose signature is older than five minutes',
      { witness: (log) => log.checkpoint(7, NOW - 301_000) },
      { P8: expect.stringContaining('too old: 7 entries signed by witness.acme.example/golive') },
    ],
    [
      'another log key than the pinned one',
      { witness: (log) => log.checkpoint(7, NOW, { by: 'nobody' }) },
      { P8: 'the checkpoint of log.acme.example/golive is not signed with the key of log.acme.example/golive' },
    ],
    ['a policy without a witness', { quorum: false }, { P8: 'the audit policy names no witness' }],
  ];
  it.each(cases)('name %s', async (_what, given, missing) => {
    expect(await missingIn(given)).toEqual(missing);
  });

  it('that cannot be looked at refuse the clock by name, so that no other order waits behind it', async () => {
    const o = await world({ cluster: { pods: away } });
    const lead = deploymentFile.startedBy;
    const start = o.draft(lead, 'deployment-lead', 'clock', { args: { clock: 'start' } });
    const { environment, logOrigin } = deploymentFile;
    const text = envelopeText(await o.sign({ ...start, ...o.d.name, environment, logOrigin }, signerOf(lead)));
    expect(await applyOrder(o.d, { envelope: text, handedInAt: '' })).toMatchObject({ outcome: 'refused' });
    const [answer] = o.log.all.flatMap((e) => (e.kind === 'command.refused' ? [e.data.sentence] : []));
    expect(answer).toContain('P1: The platform does not answer.');
  });

  it('that two people waived are not asked for again', async () => {
    const missing = { witness: async () => null, cluster: { pods: away } };
    const o = await world(missing);
    await o.write('milestone', 'milestone/P8', { row: 'P8', status: 'waived', dueAt: '', duePlanHours: 0 });
    const lead = deploymentFile.startedBy;
    const start = o.draft(lead, 'deployment-lead', 'clock', { args: { clock: 'start' } });
    const { environment, logOrigin } = deploymentFile;
    const text = envelopeText(await o.sign({ ...start, ...o.d.name, environment, logOrigin }, signerOf(lead)));
    await applyOrder(o.d, { envelope: text, handedInAt: new Date(NOW - 250).toISOString() });
    const [refused] = o.log.all.flatMap((e) => (e.kind === 'command.refused' ? [e.data] : []));
    expect(refused?.sentence).toContain('P1: ');
    expect(refused?.sentence).not.toContain('P8');
    expect(refused).toMatchObject({ handedInAt: new Date(NOW - 250).toISOString(), latencyMs: 250 });
  });

  it('stand in the log with T-0, also when the worker died between the answer and what follows from it', async () => {
    let pods = [{ name: 'atlas-api-0', phase: 'Running' }];
    const o = await world({ cluster: { pods: async () => pods } });
    for (const row of ['C1', 'C2', 'C3', 'C4'])
      await o.write('milestone', `milestone/${row}`, { row, status: 'met', dueAt: '', duePlanHours: 0 });
    const { recorder } = o.d.tenant;
    const dies: typeof recorder.add = (entries, signal) =>
      entries.some((e) => e.kind === 'clock.started') ? Promise.reject(new Error('killed')) : recorder.add(entries, signal);
    o.d.tenant.recorder = { ...recorder, add: dies };
    const lead = deploymentFile.startedBy;
    const { customer, deployment, environment, logOrigin } = deploymentFile;
    const start = o.draft(lead, 'deployment-lead', 'clock', { args: { clock: 'start' } });
    const here = { ...start, customer, deployment, environment, logOrigin };
    const order = { envelope: envelopeText(await o.sign(here, signerOf(lead))), handedInAt: '' };
    await expect(applyOrder(o.d, order)).rejects.toThrow('killed');

    o.d.tenant.recorder = recorder;
    pods = [{ name: 'atlas-api-0', phase: 'Pending' }];
    expect(await applyOrder(o.d, order)).toMatchObject({ outcome: 'applied' });
    const met = o.log.all.flatMap((e) =>
      e.kind === 'milestone' && e.data.status === 'met' ? [[e.data.row, e.data.reason]] : [],
    );
    expect(Object.fromEntries(met)).toMatchObject({
      P1: 'met when the order was applied',
      P6: expect.any(String) as string,
      P8: expect.any(String) as string,
    });
    expect(o.log.all.filter((e) => e.kind === 'clock.started').length).toBe(1);
  });
});
