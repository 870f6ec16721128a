import { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Deployment } from '../../../activities/deployment.ts';
import { attest } from '../../../activities/stop-after/attest.ts';
import { land, TOO_EARLY } from '../../../activities/stop-after/land.ts';
import { readEnvelope, verifyEnvelope } from '../../../audit/envelope.ts';
import { publicKey, sha256Hex } from '../../../audit/keys.ts';
import { temporarySigner } from '../../../clients/keys/local.ts';
import { httpPlatform } from '../../../clients/platform/http.ts';
import { getEvidence } from '../../../clients/store/evidence.ts';
import type { Scope } from '../../../domain/command.ts';
import type { EvidenceRef } from '../../../domain/entry.ts';
import { EXIT_PAYLOAD_TYPE, type ExitAttestation } from '../../../domain/stop/exit.ts';
import { STOPS, type StoppingKind } from '../../../domain/stop/stop.ts';
import { RunningPlatform } from '../../rehearsal/running-platform.ts';
import { COHORT, namesOf, Steps } from '../../rehearsal/steps.ts';
import { specOf } from '../../rehearsal/world.ts';
import { newOffice, SET, type Office } from '../office/office.ts';

const SPEED = 1440;
const AGENTS = 10;
const MACHINE = temporarySigner();
const EVIDENCE: EvidenceRef = { ref: '', digest: SET };
const COHORT_ONLY: Scope = { level: 'cohort', names: [COHORT] };
const iso = () => new Date().toISOString();
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

let platform: RunningPlatform;
beforeAll(async () => {
  platform = await RunningPlatform.start({ guests: 8, speed: SPEED });
});
afterAll(() => platform.stop());

let o: Office;
let d: Deployment;

/** Agents that write by themselves, live at the reference platform, and a log that knows of them. */
beforeEach(async () => {
  platform.nextGuest();
  const steps = new Steps(platform);
  await steps.provision(specOf(COHORT, { agents: AGENTS, shape: 'coordination' }));
  await steps.flip(COHORT, 'shadow', { run: true });

  const name = { customer: platform.customer, deployment: 'q4' };
  o = newOffice({
    name,
    platform: httpPlatform({ endpoint: platform.endpoint, key: `${platform.customer}-forward` }),
    file: { speed: SPEED },
  });
  const bytes = Buffer.from(`manifest of ${platform.customer}`);
  const agents = namesOf(COHORT, AGENTS).map((id) => ({ id, managerEmail: 'm1@acme.test' }));
  d = {
    ...o.d,
    index: [{ key: `manifests/${COHORT}.yaml`, sha256: sha256Hex(bytes), size: bytes.length, agents: AGENTS }],
    source: {
      list: async () => [],
      get: async () => bytes,
      parse: () => ({ manifest: { name: COHORT, agents, fallbackOwner: 'otto@acme.example' } as never }),
    },
    now: () => Date.now(),
    tenant: { ...o.d.tenant, machine: async () => MACHINE },
  };
  o.setNow(Date.now());
  const cohorts = [{ id: COHORT, group: 'it-ic', shape: 'coordination' as const, agents: AGENTS }];
  await o.write('plan.recorded', 'plan', { cohorts, managers: 3, plan: EVIDENCE, forecastMintHours: 1 });
  const wave = { wave: 'coordination', shape: 'coordination', cohorts: [COHORT], ramp: [100], authority: 0 } as const;
  await o.write('wave.started', 'wave', { ...wave, cohorts: [COHORT], ramp: [100] });
  await steps.flip(COHORT, 'live', { livePercent: 100 });
});

/** As the stop path leaves it: fence and flips at the platform (unless `flip` is false), the order and its flips in the log. */
async function stop(kind: StoppingKind, scope: Scope = COHORT_ONLY, { flip = true } = {}): Promise<string> {
  const { ceiling } = STOPS[kind];
  const { deployment } = d.name;
  const order = o.draft('sam', 'security-lead', kind, { scope, reason: 'odd writes' });
  const handedInAt = iso();
  let generation = 0;
  if (flip) {
    const scopes = scope.names.map((name) => ({ level: scope.level as 'cohort' | 'agent', deployment, name }));
    generation = await d.tenant.platform.fence({ scopes, ceiling, commandId: order.id });
    for (const name of scope.names) {
      if (scope.level === 'agent')
        await d.tenant.platform.setAgentMode({ deployment, agent: name }, { key: `${order.id}/${name}`, mode: ceiling });
      else
        await d.tenant.platform.setMode(
          { deployment, cohort: name, ifMatch: '*' },
          { key: `${order.id}/${name}`, mode: ceiling, livePercent: 0, generation: 0 },
        );
    }
  }
  const at = iso();
  await o.applied(order, { fence: generation });
  await o.write('stop.flipped', `stop/${order.id}/flipped`, {
    ...{ stop: order.id, kind, scope, ceiling, fenceGeneration: generation, handedInAt, fencedAt: at, lastAt: at },
    ...{ outcomes: { applied: 1, 'not-applied': 0, unknown: 0 }, flipped: scope.names, left: [], evidence: EVIDENCE },
  });
  return order.id;
}
/** As Temporal does it: what came too early is done again when it says. */
async function landed(id: string): ReturnType<typeof land> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await new MockActivityEnvironment({ attempt }).run(land, d, id);
    } catch (error) {
      if (!(error instanceof ApplicationFailure) || error.type !== TOO_EARLY) throw error;
      await wait(Number(error.nextRetryDelay));
    }
  }
}
const attested = (id: string) => new MockActivityEnvironment({ attempt: 1 }).run(attest, d, id);

describe('after a rollback', () => {
  it('there is an incident, the writes since the flip have an owner, and the platform shows that it has landed', async () => {
    await wait(1500);
    const id = await stop('rollback');
    expect(await landed(id)).toEqual({ verdict: 'pass' });

    const view = await d.view();
    expect(view.incidents[`incident-${id}`]?.opened).toMatchObject({ severity: 3, stop: id, owner: 'deployment-lead' });
    const { questionable, landed: shown } = view.stops[id] ?? {};
    const all = { from: '2026-01-01T00:00:00.000Z', to: iso(), limit: 1000 };
    const { total } = await d.tenant.platform.commits('q4', { cohort: COHORT, ...all });
    expect(total).toBeGreaterThan(0);
    expect(questionable).toMatchObject({ count: total, owner: 'otto', owners: ['otto'], incident: `incident-${id}` });
    expect(shown?.checks.map((c) => [c.name, c.verdict])).toEqual([
      ['no-writes', 'pass'],
      ['errors', 'pass'],
      ['latency', 'pass'],
      ['smoke', 'pass'],
    ]);
    expect(view.figures.operations.smoke).toMatchObject({ applied: 1 });

    // A second worker, or the same one after it died, says the same.
    const size = o.log.all.length;
    expect(await landed(id)).toEqual({ verdict: 'pass' });
    expect(o.log.all).toHaveLength(size);
  });

  it('that did not take hold, it has not landed, and somebody has to act', async () => {
    const id = await stop('rollback', COHORT_ONLY, { flip: false });
    expect(await landed(id)).toEqual({ verdict: 'fail' });
    const view = await d.view();
    expect(view.stops[id]?.landed?.checks).toContainEqual(expect.objectContaining({ name: 'no-writes', verdict: 'fail' }));
    expect(Object.values(view.tasks)).toMatchObject([
      { taskId: `landing/${id}/${COHORT}`, code: 'not_landed', cohort: COHORT, closed: null },
    ]);
  });
});

describe('after a halt', () => {
  it('nobody is asked for a smoke test: it has landed when nothing is written any more', async () => {
    const id = await stop('halt');
    expect(await landed(id)).toEqual({ verdict: 'pass' });
    const view = await d.view();
    expect(view.stops[id]?.landed?.checks.map((c) => c.name)).toEqual(['no-writes']);
    expect(view.figures.operations.smoke).toBeUndefined();
  });
});

describe('whoever is terminated', () => {
  const document = async (evidence: EvidenceRef | undefined): Promise<ExitAttestation> => {
    const bytes = evidence && (await getEvidence(d.tenant.audit, evidence));
    const envelope = readEnvelope(JSON.parse(Buffer.from(bytes ?? []).toString('utf8')));
    if ('problem' in envelope) throw new Error(envelope.detail);
    const verified = verifyEnvelope(envelope, [publicKey(MACHINE.publicKey)], EXIT_PAYLOAD_TYPE);
    if ('problem' in verified) throw new Error(verified.detail);
    return JSON.parse(Buffer.from(verified.payload).toString('utf8')) as ExitAttestation;
  };

  it('leaves a document signed by the engine: what they did, what was revoked, and that nothing remains', async () => {
    await wait(1000);
    const id = await stop('terminate');
    expect(await attested(id)).toEqual({ documents: 1 });
    const [entry] = (await d.view()).stops[id]?.attested ?? [];
    expect(entry).toMatchObject({ subject: COHORT, agents: AGENTS });
    const exit = await document(entry?.evidence);
    expect(exit).toMatchObject({
      ...{ stop: id, order: { person: 'sam', reason: 'odd writes' }, subject: { cohort: COHORT, agent: null, agents: AGENTS } },
      ...{ revoked: { credentials: AGENTS }, remains: { notTerminated: 0, validCredentials: 0 } },
    });
    expect(exit.did.writesCommitted).toBeGreaterThan(0);
    expect((await d.view()).figures.operations.revoke).toMatchObject({ applied: AGENTS });
    expect((await d.tenant.platform.cohorts('q4', undefined, COHORT))[0]).toMatchObject({ credentialled: 0, revoked: AGENTS });
  });

  it('alone, leaves the others of the cohort as they are', async () => {
    const id = await stop('terminate', { level: 'agent', names: [`${COHORT}-3`] });
    expect(await attested(id)).toEqual({ documents: 1 });
    const exit = await document((await d.view()).stops[id]?.attested[0]?.evidence);
    expect(exit).toMatchObject({
      subject: { agent: `${COHORT}-3`, agents: 1 },
      remains: { notTerminated: 0, validCredentials: 0 },
    });
    expect((await d.tenant.platform.cohorts('q4', undefined, COHORT))[0]).toMatchObject({
      credentialled: AGENTS - 1,
      byMode: { live: AGENTS - 1 },
    });
  });

  it('has no attestation without a key of the engine, and somebody is told', async () => {
    d = { ...d, tenant: { ...o.d.tenant } };
    const id = await stop('terminate');
    expect(await attested(id)).toEqual({ documents: 0 });
    expect(Object.values((await d.view()).tasks)).toMatchObject([{ taskId: `exit/${id}`, code: 'authority_missing' }]);
    expect((await d.tenant.platform.cohorts('q4', undefined, COHORT))[0]).toMatchObject({ credentialled: 0 });
  });
});
