import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { pinBaseline } from '../../../activities/baseline.ts';
import type { Deployment } from '../../../activities/deployment.ts';
import { Watch } from '../../../activities/watch/watch.ts';
import { parseEnvelope } from '../../../audit/envelope.ts';
import { sha256Hex } from '../../../audit/keys.ts';
import { openOrder } from '../../../audit/signed-order.ts';
import { ClientError } from '../../../clients/error.ts';
import { temporarySigner } from '../../../clients/keys/local.ts';
import { httpPlatform } from '../../../clients/platform/http.ts';
import type { Command } from '../../../domain/command.ts';
import type { EvidenceRef } from '../../../domain/entry.ts';
import { causeGoneSubject } from '../../../domain/stop/triggers/standing.ts';
import { judgeStop } from '../../../domain/stop/judge.ts';
import { RunningPlatform } from '../../rehearsal/running-platform.ts';
import { COHORT, Steps } from '../../rehearsal/steps.ts';
import { specOf } from '../../rehearsal/world.ts';
import { newOffice, SET, type Office } from '../office/office.ts';

const SPEED = 1440;
const AGENTS = 40;
const MACHINE = temporarySigner();
const EVIDENCE: EvidenceRef = { ref: '', digest: SET };
const iso = (ms = Date.now()) => new Date(ms).toISOString();
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

let platform: RunningPlatform;
beforeAll(async () => {
  platform = await RunningPlatform.start({ guests: 18, speed: SPEED });
});
afterAll(() => platform.stop());

let o: Office;
let d: Deployment;
let given: Command[];
let watch: Watch;

/** Forty agents, live at the reference platform at T+60, with a baseline of what they did in shadow. */
beforeEach(async () => {
  platform.nextGuest();
  const steps = new Steps(platform);
  const bytes = Buffer.from(`manifest of ${platform.customer}`);
  const volume = { expectedCallsPerHour: 30, expectedWritesPerHour: 3 };
  const manifestDigest = `sha256:${sha256Hex(bytes)}`;
  const spec = specOf(COHORT, { agents: AGENTS, shape: 'coordination', ...volume, manifestDigest });
  await steps.provision(spec);
  await steps.flip(COHORT, 'shadow', { run: true });
  const name = { customer: platform.customer, deployment: 'q4' };
  const key = `${platform.customer}-forward`;
  o = newOffice({
    name,
    platform: httpPlatform({ endpoint: platform.endpoint, key }),
    file: { speed: SPEED, machine: [MACHINE.publicKey] },
  });
  const manifest = {
    name: COHORT,
    connectors: spec.connectors,
    expected: { callsPerHour: 30, writesPerHour: 3 },
    budgetDollars: 1,
  };
  d = {
    ...o.d,
    index: [{ key: `manifests/${COHORT}.yaml`, sha256: sha256Hex(bytes), size: bytes.length, agents: AGENTS }],
    source: { list: async () => [], get: async () => bytes, parse: () => ({ manifest: manifest as never }) },
    now: () => Date.now(),
    tenant: { ...o.d.tenant, machine: async () => MACHINE },
  };
  const since = Date.now();
  await wait(700);
  const startedAt = Date.now() - (60 * 3_600_000) / SPEED;
  o.setNow(startedAt);
  await o.write('clock.started', 'clock', { planHours: 0, speed: SPEED, wallAt: iso(startedAt) });
  o.setNow(Date.now());
  const cohorts = [{ id: COHORT, group: 'it-ic', shape: 'coordination' as const, agents: AGENTS }];
  await o.write('plan.recorded', 'plan', { cohorts, managers: 3, plan: EVIDENCE, forecastMintHours: 1 });
  const baseline = { row: 'W2.03', status: 'met', dueAt: iso(), doneAt: iso(), duePlanHours: 30, donePlanHours: 30 } as const;
  await o.write('milestone', 'W2.03', { ...baseline, evidence: await pinBaseline(d, iso(since), iso()) });
  await steps.flip(COHORT, 'live', { livePercent: 100 });
  given = [];
  watch = watching();
});

/** What is handed in is opened as whoever has the power to stop would open it. */
const watching = (handIn?: () => Promise<{ id: string }>) =>
  new Watch(async () => d, {
    async handIn({ envelope }) {
      if (handIn) return handIn();
      const parsed = parseEnvelope(envelope);
      const opened = 'problem' in parsed ? undefined : openOrder(parsed, d.file);
      if (!opened?.command) throw new Error('what was handed in is no order');
      if (opened.command.kind !== 'resume')
        expect(judgeStop(opened.command, { file: d.file, signer: opened.signer })).toEqual({ verdict: 'applied' });
      given.push(opened.command);
      return { id: opened.command.id };
    },
  });
const past96 = () => Date.now() + (40 * 3_600_000) / SPEED;
const round = () => new MockActivityEnvironment({ attempt: 1 }).run(() => watch.round());
const triggers = async () => Object.values((await d.view()).triggers).map(({ fired, cleared }) => ({ ...fired, cleared }));

async function until<T>(find: () => Promise<T | undefined> | T | undefined): Promise<T> {
  const end = Date.now() + 15_000;
  for (;;) {
    await round();
    const found = await find();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error('nothing was seen');
    await wait(200);
  }
}

describe('the watch at the reference platform', () => {
  it('says nothing of a cohort that does what it did in shadow', async () => {
    for (let i = 0; i < 12; i++) {
      await round();
      await wait(250);
    }
    expect(given).toEqual([]);
    expect(await triggers()).toEqual([]);
  });

  it.each([
    ['write-rate', 'rollback', { action: 'write-rate', factor: 8 }],
    ['critical-level', 'rollback', { action: 'errors', share: 0.2 }],
    ['critical-level', 'rollback', { action: 'latency', ms: 1500, share: 0.2 }],
    ['critical-level', 'rollback', { action: 'unhealthy' }],
    ['wrong-identity', 'halt', { action: 'wrong-identity', connector: 'crm', identity: 'somebody-else' }],
    ['manifest-drift', 'halt', { action: 'drift' }],
  ])('%s: %s', async (row, kind, action) => {
    await platform.control({ ...action, customer: platform.customer, cohort: COHORT });
    const [order] = await until(() => (given.length > 0 ? given : undefined));
    expect(order).toMatchObject({ kind, scope: { level: 'cohort', names: [COHORT] }, args: { trigger: row } });
    const [fired] = await until(async () => ((await triggers()).length > 0 ? triggers() : undefined));
    expect(fired).toMatchObject({ row, subject: COHORT, stop: order?.id, cleared: null });
    await round();
    expect(given).toHaveLength(1);
  });

  it('volume-off stops nobody: a person is asked, until it is as usual again', async () => {
    const change = (action: object) => platform.control({ ...action, customer: platform.customer, cohort: COHORT });
    await change({ action: 'call-volume', factor: 2 });
    const [fired] = await until(async () => ((await triggers()).length > 0 ? triggers() : undefined));
    expect(fired).toMatchObject({ row: 'volume-off', stop: null });
    const task = () => d.view().then(({ tasks }) => tasks[`trigger/volume-off/${COHORT}`]);
    expect(await task()).toMatchObject({ owner: 'deployment-lead', cohort: COHORT, closed: null });
    await change({ action: 'normal' });
    await until(async () => ((await triggers())[0]?.cleared ? true : undefined));
    expect((await task())?.closed).not.toBeNull();
    expect(given).toEqual([]);
  });

  it('pauses who depends on a connector that is out, and lets them go on once it has been back for a while', async () => {
    const connector = (action: string) => platform.control({ action, customer: platform.customer, connector: 'crm' });
    await connector('connector-down');
    const [pause] = await until(() => (given.length > 0 ? given : undefined));
    expect(pause).toMatchObject({ kind: 'pause', scope: { names: [COHORT] }, args: { trigger: 'connector-outage' } });
    await until(async () => ((await triggers()).length > 0 ? true : undefined));
    await connector('connector-up');
    await round();
    expect(given).toHaveLength(1);
    const resume = await until(() => given[1]);
    expect(resume).toMatchObject({ kind: 'resume', scope: { names: [COHORT] }, args: { holdId: pause?.id } });
    const [first, again] = [given[1]?.id, given.at(-1)?.id];
    expect(again).toBe(first);
  });

  it('gives a resume that was refused again later, and tells a person meanwhile', async () => {
    const connector = (action: string) => platform.control({ action, customer: platform.customer, connector: 'crm' });
    await connector('connector-down');
    await until(async () => ((await triggers()).length > 0 ? true : undefined));
    await connector('connector-up');
    const refused = await until(() => given[1]);
    const why = { code: 'unknown_hold', sentence: 'There is no such stop.' } as const;
    const answer = { commandId: refused.id, kind: 'resume' as const, ...why, envelope: EVIDENCE, latencyMs: 1 };
    await o.write('command.refused', `command/${refused.id}`, answer);
    const task = await until(async () => (await d.view()).tasks['trigger/connector-outage/crm']);
    expect(task).toMatchObject({ owner: 'connector-standby', code: 'unknown_hold', closed: null });
    const again = await until(() => given.find(({ id, kind }) => kind === 'resume' && id !== refused.id));
    expect(again).toMatchObject({ scope: refused.scope, args: refused.args });
  });

  it('stops nobody after T+96, and ends', async () => {
    d = { ...d, now: past96 };
    await platform.control({ action: 'unhealthy', customer: platform.customer, cohort: COHORT });
    const over = await until(async () => (await round()) || undefined);
    expect(over).toBe(true);
    expect([given, await triggers()]).toEqual([[], []]);
  });

  it('stays after T+96 until those that it paused go on, although it stops nobody any more', async () => {
    const connector = (action: string) => platform.control({ action, customer: platform.customer, connector: 'crm' });
    await connector('connector-down');
    const { id: pause, scope, reason } = await until(() => given[0]);
    await until(async () => ((await triggers()).length > 0 ? true : undefined));
    const hold = { holdId: pause, scope, ceiling: 'paused' as const, why: reason, by: 'pause' as const };
    await o.write('hold.added', `hold/${pause}`, { ...hold, liftedBy: 'resume', releasedBy: 'connector-standby' });
    d = { ...d, now: past96 };
    await platform.control({ action: 'drift', customer: platform.customer, cohort: COHORT });
    for (let i = 0; i < 5; i++) expect(await round()).toBe(false);
    await connector('connector-up');
    const resume = await until(() => given[1]);
    expect(resume).toMatchObject({ kind: 'resume', args: { holdId: pause } });
    expect(await round()).toBe(false);
    await o.write('hold.released', `hold/${pause}/released`, { holdId: pause, by: resume.id });
    await until(async () => (await round()) || undefined);
    expect(given.map(({ kind }) => kind)).not.toContain('halt');
    expect(await triggers()).toEqual([
      expect.objectContaining({ row: 'connector-outage', cleared: expect.anything() as object }),
    ]);
  });

  it('has Atlas build a drifted cohort again once it is halted, and lays its group before the executives anew', async () => {
    await o.write('group.evidence', 'group', { group: 'it-ic', cohorts: [COHORT], agents: AGENTS, evidence: EVIDENCE });
    await platform.control({ action: 'drift', customer: platform.customer, cohort: COHORT });
    const order = await until(() => given[0]);
    const { deployment } = d.name;
    const generation = await d.tenant.platform.fence({
      scopes: [{ level: 'cohort', deployment, name: COHORT }],
      ...{ ceiling: 'halted', commandId: order.id },
    });
    const flip = { key: `${order.id}/flip`, mode: 'halted', livePercent: 0, generation } as const;
    await d.tenant.platform.setMode({ deployment, cohort: COHORT, ifMatch: '*' }, flip);
    const { id, kind, scope } = order;
    const index = await o.applied(order, { signer: MACHINE, fence: generation });
    const times = { handedInAt: iso(), fencedAt: iso(), lastAt: iso() };
    await o.write('stop.flipped', `stop/${id}/flipped`, {
      ...{ stop: id, kind: kind as 'halt', scope, ceiling: 'halted', fenceGeneration: generation, ...times },
      ...{ outcomes: { applied: 1, 'not-applied': 0, unknown: 0 }, flipped: [COHORT], left: [], evidence: EVIDENCE },
    });
    await until(async () => ((await d.view()).evidence[causeGoneSubject(id)] ? true : undefined));

    const atlas = await d.tenant.platform.atlasAudit(deployment);
    expect(atlas.cohorts).toEqual([expect.objectContaining({ cohort: COHORT, running: atlas.cohorts[0]?.registered })]);
    const view = await d.view();
    expect(view.evidence[`regenerated:${COHORT}`]?.summary).toBe(`${COHORT} runs its signed manifest again`);
    expect(view.figures.operations.regenerate).toMatchObject({ applied: 1, unknown: 0 });
    expect(view.groupEvidence['it-ic']?.index).toBeGreaterThan(index);
    expect(given).toHaveLength(1);
  });

  it('tells a person what it has not seen for too long, until it is seen again', async () => {
    const seeing = d;
    const { tenant } = d;
    const silent = { ...tenant.platform, telemetry: async () => Promise.reject(new ClientError('platform_unreachable', 'away')) };
    d = { ...d, tenant: { ...tenant, platform: silent } };
    const task = async () => (await seeing.view()).tasks['blind/telemetry'];
    await round();
    await round();
    expect(await task()).toBeUndefined();
    d = { ...d, now: () => Date.now() + 10_000 };
    expect(await until(task)).toMatchObject({ owner: 'arx-standby', code: 'watch_blind', closed: null });
    d = { ...seeing, now: d.now };
    await until(async () => ((await task())?.closed ? true : undefined));
    expect(given).toEqual([]);
  });

  it('stops also while the log is away, and writes why when it is back', async () => {
    await round();
    const { recorder } = d.tenant;
    const away = async () => Promise.reject(new ClientError('recorder_unreachable', 'away'));
    d = { ...d, view: away, tenant: { ...d.tenant, recorder: { ...recorder, add: away } } };
    await platform.control({ action: 'errors', share: 0.2, customer: platform.customer, cohort: COHORT });
    const order = await until(() => given[0]);
    expect(order).toMatchObject({ kind: 'rollback' });
    await round();
    expect(given).toHaveLength(1);
    d = { ...d, view: () => o.d.view(), tenant: { ...d.tenant, recorder } };
    await until(async () => ((await triggers()).length > 0 ? true : undefined));
    expect(await triggers()).toEqual([expect.objectContaining({ row: 'critical-level', stop: order.id })]);
  });

  it('gives the same order again when it could not be handed in, also after another worker took over', async () => {
    const failing: string[] = [];
    watch = watching(async () => {
      failing.push('away');
      return Promise.reject(new Error('Temporal does not answer'));
    });
    await platform.control({ action: 'unhealthy', customer: platform.customer, cohort: COHORT });
    await until(() => (failing.length > 1 ? true : undefined));
    expect(await triggers()).toEqual([]);
    watch = watching();
    const order = await until(() => given[0]);
    watch = watching();
    given = [];
    const other = await until(async () => given[0] ?? ((await triggers()).length > 0 ? order : undefined));
    expect(other.id).toBe(order.id);
  });

  it('without a key that the deployment file believes it stops nobody, and asks a person instead', async () => {
    d = { ...d, file: { ...d.file, machine: [temporarySigner().publicKey] } };
    await platform.control({ action: 'unhealthy', customer: platform.customer, cohort: COHORT });
    const [fired] = await until(async () => ((await triggers()).length > 0 ? triggers() : undefined));
    expect(fired).toMatchObject({ row: 'critical-level', stop: null });
    expect(given).toEqual([]);
    expect((await d.view()).tasks[`trigger/critical-level/${COHORT}`]).toMatchObject({ code: 'over_threshold' });
  });
});
