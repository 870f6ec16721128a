import type { EscalationLevel } from '../../../domain/notices/entries.ts';
import { openedByStop } from '../../../domain/incident/incident.ts';
import { command } from '../../domain/fold/samples.ts';
import { rowsOf } from '../../../domain/runbook/rows.ts';
import { COHORTS, evidence, World } from './world.ts';

const ALL = COHORTS.map((c) => c.id);
const GROUPS = {
  'sales-ic': ['sales-ic-research', 'sales-ic-production'],
  'hr-lead': ['hr-lead-research', 'hr-lead-coordination'],
};
const isWaived = (id: string) =>
  rowsOf('provision')
    .concat(rowsOf('validate'), rowsOf('golive'))
    .find((r) => r.id === id)?.waivedBecause !== undefined;
const settleAll = async (world: World, window: 'provision' | 'validate' | 'golive', until = 72) => {
  for (const r of rowsOf(window).filter((one) => one.duePlanHours <= until))
    await world.settle([r.id], undefined, isWaived(r.id) ? 'waived' : 'met');
};

/** The same deployment at moments of its 72 hours, as its log would tell it. */
export const MOMENTS: Record<string, () => Promise<World>> = {
  async countdown() {
    const world = await new World().open();
    await world.settle(['C1'], undefined, 'waived', 'not built yet');
    await world.settle(['C2']);
    await world.order('ceo', { kind: 'approve', scope: { level: 'set', names: [] }, args: { decision: 'approve' } });
    world.nowMs += 90_000;
    return world;
  },

  async minting() {
    const world = await started();
    await settleAll(world, 'provision', 4);
    await world.phase(ALL, 'minting');
    await world.phase(['hr-lead-research'], 'isolated', {
      code: 'smoke_failed',
      reason: 'The smoke sample got DENY.',
      liftedBy: 'golive retry --cohort hr-lead-research',
    });
    await mint(world, 6, 9, 48);
    await world.add('watch-item', { id: 'W1.10', text: 'Minting is slower than 1,500 an hour', owner: 'connector-standby' });
    await world.add(
      'task.opened',
      {
        taskId: 'hr-lead-research/set-aside',
        owner: 'connector-standby',
        code: 'smoke_failed',
        sentence: 'The smoke sample did not get ALLOW.',
        next: 'Look at the connector; then golive retry --cohort hr-lead-research.',
      },
      { cohort: 'hr-lead-research' },
    );
    return world;
  },

  async signing() {
    const world = await inShadow();
    world.nowMs = World.at(38.5);
    await world.groupEvidence(GROUPS);
    world.nowMs = World.at(39);
    await world.order('customer-lead', { kind: 'confirm', scope: { level: 'row', names: ['W2.08'] } });
    await world.settle(['W2.08'], 39);
    await world.signAll(['customer-lead'], ['sales-ic', 'hr-lead']);
    await world.signAll(['security-lead'], ['sales-ic', 'hr-lead']);
    world.nowMs = World.at(41.25);
    return world;
  },

  async escalated() {
    const world = (await MOMENTS.signing?.()) ?? new World();
    const {
      role: owner,
      what,
      since,
      id: about,
    } = { role: 'cfo' as const, what: 'sign 2 cohort groups', since: new Date(World.at(39)).toISOString(), id: 'sign/cfo' };
    const raise = async (hours: number, level: EscalationLevel, told: string[], escalation = `${about}/1`, over = {}) => {
      world.nowMs = World.at(hours);
      await world.add('escalation.raised', { escalation, about, what, owner, level, told, since, ...over });
    };
    await world.settle(['W2.07'], 42);
    const sample = { about: 'confirm-W2.09/security-lead', what: 'check a sample of the log and confirm the report' };
    await raise(42.25, 'on-call', [world.holder('security-lead'), world.holder('arx-standby')], `${sample.about}/1`, {
      ...sample,
      owner: 'security-lead',
    });
    await raise(46.25, 'on-call', [world.holder('cfo'), world.holder('arx-standby')]);
    await raise(46.5, 'deployment-lead', [world.holder('cfo'), world.holder('deployment-lead')]);
    await world.order('arx-standby', {
      kind: 'ack',
      scope: { level: 'deployment', names: [] },
      args: { escalation: `${sample.about}/1`, handTo: world.holder('operations-lead') },
    });
    world.nowMs = World.at(47);
    return world;
  },

  async waves() {
    const world = await inShadow();
    world.nowMs = World.at(39);
    await world.groupEvidence(GROUPS);
    await world.settle(['W2.08'], 39);
    await world.signAll(['customer-lead', 'security-lead', 'cfo'], ['sales-ic', 'hr-lead']);
    await world.settle(['W2.07', 'W2.09', 'W2.11'], 42);
    await world.pass('gate-2', 47);
    world.nowMs = World.at(48);
    await world.phase(ALL, 'signed-off');
    const authority = await world.order('deployment-lead', { kind: 'promote', scope: { level: 'wave', names: ['research'] } });
    const cohorts = ['hr-lead-research', 'sales-ic-research'];
    await world.add('wave.started', { wave: 'research', shape: 'research', cohorts, ramp: [100], authority });
    await raise(world, cohorts, 'raise', { mode: 'live', livePercent: 100 });
    await world.phase(cohorts, 'ramping');
    await world.add('wave.step', { wave: 'research', percent: 100, planHours: 48 });
    await settleAll(world, 'golive', 50);
    world.nowMs = World.at(52);
    await world.phase(cohorts, 'live');
    await world.add('wave.closed', { wave: 'research', live: 2, left: [] });
    await world.settle(['W3.04'], 52);
    world.nowMs = World.at(53.95);
    await world.order('security-lead', {
      kind: 'hold',
      id: '20260310t101500000-hold-0123456789',
      scope: { level: 'cohort', names: ['hr-lead-coordination'] },
      reason: 'audit finding 12',
      args: { releasedBy: 'security-lead' },
    });
    return world;
  },

  async stopped() {
    const world = await started();
    world.nowMs = World.at(2.5);
    await world.order('deployment-lead', {
      kind: 'clock',
      scope: { level: 'deployment', names: [] },
      args: { clock: 'stop' },
      reason: 'HRIS is down',
    });
    world.nowMs = World.at(20);
    return world;
  },

  /** A cohort was rolled back because it wrote too much, and nobody has its incident in hand yet. */
  async 'rolled-back'() {
    const world = await MOMENTS.waves?.();
    if (!world) throw new Error('unreachable');
    const scope = { level: 'cohort' as const, names: ['sales-ic-research'] };
    const order = command({
      ...{ id: 'trigger-write-rate-1', kind: 'rollback', person: 'golive', role: 'machine', scope },
      ...{ args: { trigger: 'write-rate' }, reason: 'write rate 3.4 × expected' },
    });
    const at = (ms: number) => new Date(world.nowMs + ms).toISOString();
    await world.add('command.applied', { command: order, envelope: evidence(1), fenceGeneration: 2, latencyMs: 3 });
    await world.add('hold.added', {
      ...{ holdId: order.id, scope, ceiling: 'shadow', why: order.reason, releasedBy: 'deployment-lead' },
      ...{ by: 'rollback', liftedBy: 'promote' },
    });
    await world.add('stop.flipped', {
      ...{ stop: order.id, kind: 'rollback', scope, ceiling: 'shadow', fenceGeneration: 2, flipped: scope.names, left: [] },
      ...{ handedInAt: at(0), fencedAt: at(30), lastAt: at(240), outcomes: { applied: 1, 'not-applied': 0, unknown: 0 } },
      evidence: evidence(2),
    });
    const opened = openedByStop(order, 50);
    if (opened !== null) await world.add('incident.opened', opened);
    world.nowMs += 5000;
    return world;
  },

  async closed() {
    const world = await MOMENTS.waves?.();
    if (!world) throw new Error('unreachable');
    await settleAll(world, 'golive', 66);
    await world.settle(['W3.14'], 67, 'missed', 'it did not happen in its window');
    await world.settle(['W3.15'], 70.5, 'late');
    await world.settle(['W3.16'], 72);
    await world.phase(ALL, 'handed-over');
    await world.phase(['hr-lead-coordination'], 'held', { reason: 'audit finding 12', liftedBy: 'golive release' });
    await world.pass('gate-3', 72);
    await world.add('deployment.closed', { result: 'live-with-exceptions' });
    return world;
  },
};

async function started(): Promise<World> {
  const world = await (await new World().open()).start();
  world.nowMs = World.at(0.05);
  await world.order('customer-lead', {
    kind: 'approve',
    scope: { level: 'deployment', names: [] },
    args: { decision: 'approve' },
  });
  return world;
}

async function inShadow(): Promise<World> {
  const world = await started();
  await settleAll(world, 'provision');
  await mint(world, 4, 8, 100);
  await world.pass('gate-1', 24);
  await raise(world, ALL, 'run', { mode: 'shadow' });
  await world.phase(ALL, 'shadow');
  await settleAll(world, 'validate', 38);
  return world;
}

/** Credentials, evenly from one plan hour to another. */
async function mint(world: World, from: number, to: number, count: number): Promise<void> {
  let n = 0;
  for (const c of COHORTS) {
    for (let i = 0; i < c.agents && n < count; i++) {
      world.nowMs = World.at(from + ((to - from) * n++) / count);
      const agent = `${c.id}-${i}`;
      for (const operation of ['create', 'bind', 'mint', 'smoke'] as const) {
        const data = {
          operation,
          key: `northwind/q1/${c.id}/${agent}/${operation}/1`,
          result: 'applied' as const,
          intent: 1,
          ...(operation === 'smoke' ? { verdict: 'ALLOW' } : {}),
        };
        await world.add('outcome', data, { cohort: c.id, agent });
      }
    }
  }
  world.nowMs = World.at(to);
}

/** What the platform was told to do with whole cohorts. */
async function raise(
  world: World,
  cohorts: string[],
  operation: 'run' | 'raise',
  to: { mode: 'shadow' | 'live'; livePercent?: number },
): Promise<void> {
  for (const cohort of cohorts) {
    for (let i = 0; i < (COHORTS.find((c) => c.id === cohort)?.agents ?? 0); i++) {
      const agent = `${cohort}-${i}`;
      await world.add(
        'outcome',
        { operation, key: `northwind/q1/${cohort}/${agent}/${operation}/1`, result: 'applied', intent: 1, ...to },
        { cohort, agent },
      );
    }
  }
}
