import type { StoppingKind } from '../../domain/stop/stop.ts';
import type { DeploymentView, HoldView } from '../../domain/view.ts';
import type { Stage, Step } from './stage.ts';
import { promote } from './troubles.ts';

/** Longer than a stop may take until somebody has to see to it. */
const AWAY_MS = 62_000;

/** A stop of that kind over a cohort or an agent which still stands, once its flips are in the log. */
const standing = (view: DeploymentView, kind: StoppingKind, name: string): HoldView | undefined =>
  Object.values(view.holds).find(
    (h) => h.kind === kind && h.released === null && h.scope.names.includes(name) && view.stops[h.holdId]?.flipped != null,
  );
const isOver = (view: DeploymentView, kind: StoppingKind, cohort: string): boolean =>
  Object.values(view.holds).some((h) => h.kind === kind && h.released !== null && h.scope.names.includes(cohort));

/** Every stop with what takes it back: in shadow, in the middle of a ramp, and of who was live. */
export function stops(stage: Stage): Step[] {
  const { golive } = stage;
  let [stopped, ramping, live] = ['', '', ''];
  return [
    {
      what: 'a cohort in shadow is paused',
      when: ({ cohorts }) => Object.values(cohorts).some((c) => c.shape === 'coordination' && c.phase === 'shadow'),
      act(view) {
        stopped = stage.take(view, 'coordination');
        return golive('arx-standby', 'pause', '--cohort', stopped);
      },
    },
    {
      what: 'it goes on',
      when: (view) => standing(view, 'pause', stopped) !== undefined,
      act: (view) => golive('deployment-lead', 'resume', standing(view, 'pause', stopped)?.holdId ?? ''),
    },
    {
      what: 'it is halted, and its first flip is not answered',
      when: (view) => isOver(view, 'pause', stopped) && view.cohorts[stopped]?.mode === 'shadow',
      async act() {
        await stage.control({ action: 'refuse-next', operation: 'mode', n: 1 });
        await golive('arx-standby', 'halt', '--cohort', stopped);
      },
    },
    {
      what: 'it gets new credentials, and two lift the halt',
      when: (view) => standing(view, 'halt', stopped) !== undefined,
      async act(view) {
        const halt = standing(view, 'halt', stopped)?.holdId ?? '';
        await golive('connector-standby', 'reissue', '--cohort', stopped);
        await golive('security-lead', 'lift', halt);
        await golive('deployment-lead', 'lift', halt);
      },
    },
    {
      what: 'platform and log are compared, and somebody halts who may not',
      when: (view) => isOver(view, 'halt', stopped),
      async act() {
        await golive('arx-standby', 'reconcile', '--cohort', stopped);
        await stage.signalled({ kind: 'halt', role: 'cfo', scope: { level: 'cohort', names: [stopped] } });
      },
    },
    {
      what: 'a cohort is rolled back in the middle of its ramp',
      when: (view) => (view.waves['research']?.steps.length ?? 0) > 0,
      act(view) {
        [ramping = '', live = ''] = view.waves['research']?.cohorts ?? [];
        return golive('arx-standby', 'rollback', '--cohort', ramping);
      },
    },
    {
      what: 'it is promoted again',
      when: (view) => view.cohorts[ramping]?.phase === 'held',
      act: (view) => promote(stage, view, 'cohort', ramping),
    },
    {
      what: 'a cohort that is live is rolled back',
      when: (view) => view.waves['research']?.closed != null && view.cohorts[live]?.mode === 'live',
      act: () => golive('arx-standby', 'rollback', '--cohort', live),
    },
    {
      what: 'it is promoted again',
      when: (view) => standing(view, 'rollback', live) !== undefined,
      act: (view) => promote(stage, view, 'cohort', live),
    },
  ];
}

/** An agent that is stopped alone, and comes back alone. */
export function aloneStopped(stage: Stage): Step[] {
  let agent = '';
  return [
    {
      what: 'an agent is rolled back',
      when: (view) => (view.waves['production']?.closed?.live ?? 0) > 0,
      act(view) {
        const cohort = view.waves['production']?.cohorts.find((id) => view.cohorts[id]?.phase === 'live');
        agent = stage.agentOf(cohort ?? '');
        return stage.golive('arx-standby', 'rollback', '--agent', agent);
      },
    },
    {
      what: 'it is promoted again',
      // Not while the right to promote is handed over.
      when: (view, plan) => standing(view, 'rollback', agent) !== undefined && (plan < 65 || plan > 66),
      act: (view) => promote(stage, view, 'agent', agent),
    },
  ];
}

/** Nobody waits for it any more: somebody ends, and a stop finds the platform away for longer than its limit. */
export function afterTheClose(stage: Stage): Step[] {
  const held = (view: DeploymentView) => Object.values(view.cohorts).find((c) => c.phase === 'held');
  return [
    {
      what: 'the cohort that was held is ended',
      when: (view) => held(view) !== undefined,
      act: (view) => stage.golive('arx-standby', 'terminate', '--cohort', held(view)?.id ?? ''),
    },
    {
      what: 'all is halted while the platform is away',
      when: () => true,
      async act() {
        await stage.control({ action: 'unavailable-for', ms: AWAY_MS });
        await stage.golive('arx-standby', 'halt', '--all', '--yes');
      },
    },
  ];
}
