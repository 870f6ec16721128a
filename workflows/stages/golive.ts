import { condition } from '@temporalio/workflow';
import { SHAPES } from '../../domain/mode.ts';
import { WAVE_HOLD_HOURS, WAVES } from '../../domain/runbook/waves.ts';
import { advance, inBatches, startWave } from '../children.ts';
import { untilPlan, type DeploymentRun } from '../deployment-run.ts';
import type { Promotion } from '../deployment-state.ts';
import { gate } from '../gate.ts';
import { insist } from '../insist.ts';
import { closeDeployment, writeBrief } from '../proxies.ts';
import { settleRows } from '../settle.ts';
import { summary } from '../summary.ts';

/** T+48 to T+72: three waves by shape, hand-over to the customer's operations, the brief, the close. */
export async function goLive(run: DeploymentRun): Promise<void> {
  const { name } = run.input;
  const { state } = run;
  const settled = settleRows(run, 'golive');
  const lateComers = catchUpWaves(run);

  for (const shape of SHAPES) {
    const cohorts = standing(run, 'signed-off', shape);
    if (cohorts.length === 0 || state.waves[shape] === 'closed') {
      state.waveOrders[shape] ??= NO_WAVE;
      continue;
    }
    state.waveOrders[shape] ??= await promotion(run, (o) => o.scope.level === 'wave' && o.scope.names.includes(shape));
    await untilPlan(run, WAVES[shape].opensAt, `wave ${shape} opens`);
    await ramp(run, shape, shape, cohorts, state.waveOrders[shape]);
    await condition(() => state.waves[shape] === 'closed');
  }

  await condition(() => state.confirmed.includes('W3.13'));
  await inBatches(standing(run, 'live'), (cohort) => advance(run, cohort, { to: 'handover' }));
  await untilPlan(run, 72, 'the close, at T+72:00');
  await insist(run, 'the brief for the CEO', () => writeBrief.executeWithOptions(summary('the brief for the CEO'), [{ name }]));
  await settled;
  await gate(run, 'gate-3');

  // A promotion that was given has its wave, and every wave ends before the close.
  await condition(() => state.promotions.length === 0 && Object.values(state.waves).every((wave) => wave === 'closed'));
  // What is not live by now ends here, by name, in shadow; the report lists it with what would lift it.
  await inBatches(
    state.cohorts.filter((c) => !['new', 'live', 'done'].includes(state.standing[c.id] ?? 'new')).map((c) => c.id),
    (cohort) => advance(run, cohort, { to: 'handover' }),
  );
  await insist(run, 'the close', () => closeDeployment.executeWithOptions(summary('the deployment is closed'), [{ name }]));
  state.stage = 'closed';
  run.closing = true;
  await lateComers;
}

/** Nobody was there to go live in the wave of that shape: whoever comes later catches up. */
const NO_WAVE = -1;

const standing = (run: DeploymentRun, is: string, shape?: string): string[] =>
  run.state.cohorts.filter((c) => run.state.standing[c.id] === is && (shape === undefined || c.shape === shape)).map((c) => c.id);

const ramp = (run: DeploymentRun, wave: string, shape: (typeof SHAPES)[number] | 'catch-up', cohorts: string[], grant: number) =>
  startWave(run, {
    name: run.input.name,
    wave,
    shape,
    cohorts,
    authority: { grant },
    ramp: run.state.ramp,
    holdHours: WAVE_HOLD_HOURS,
    speed: run.input.speed,
  });

/** Waits for an order to promote that fits, and takes it, by its place in the log: an order is used once. */
async function promotion(run: DeploymentRun, fits: (order: Promotion) => boolean): Promise<number> {
  const find = () => run.state.promotions.findIndex((o) => fits(o));
  await condition(() => find() >= 0);
  const [order] = run.state.promotions.splice(find(), 1) as [Promotion];
  return order.index;
}

/** Cohorts that were held or came late are promoted by name or group; each such order is a wave with its own ramp. */
async function catchUpWaves(run: DeploymentRun): Promise<void> {
  const { state } = run;
  // A second order for a whole wave is for those whom a stop took back.
  const fits = ({ scope, index }: Promotion) =>
    scope.level !== 'wave' ||
    scope.names.every((shape) => state.waveOrders[shape] !== undefined && state.waveOrders[shape] !== index);
  for (;;) {
    await condition(() => run.state.promotions.some(fits) || run.closing);
    const order = run.state.promotions.find(fits);
    if (order === undefined) return;
    const named = (c: { id: string; group: string; shape: string }) =>
      order.scope.names.includes({ wave: c.shape, group: c.group }[order.scope.level as 'wave' | 'group'] ?? c.id);
    const cohorts = state.cohorts
      .filter((c) => named(c) && ['shadow', 'signed-off'].includes(state.standing[c.id] ?? ''))
      .map((c) => c.id);
    if (cohorts.length > 0) {
      await inBatches(cohorts, (cohort) => advance(run, cohort, { to: 'signed-off' }));
      await ramp(run, `catch-up-${order.index}`, 'catch-up', cohorts, order.index);
    }
    // Only now: a run that ends in between finds the order again.
    state.promotions = state.promotions.filter((o) => o.index !== order.index);
  }
}
