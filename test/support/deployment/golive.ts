import type { PlannedCohort } from '../../../domain/entry.ts';
import { SHAPES, type Shape } from '../../../domain/mode.ts';
import { ROWS } from '../../../domain/runbook/rows.ts';
import { WAVES } from '../../../domain/runbook/waves.ts';
import { exposure } from '../../../domain/wave.ts';
import { gate, isolate, phase } from './provision.ts';
import { evidenceOf, type Script } from './script.ts';
import type { Troubles } from './troubles.ts';

/** T+48 to T+72: three waves, a catch-up, hand-over, brief, close. */
export function goLive(script: Script, troubles: Troubles, signed: readonly PlannedCohort[]): void {
  for (const { id } of ROWS.filter((r) => r.window === 'golive' && r.waivedBecause !== undefined))
    script.settle(48.05, id, 'waived');
  holds(script, troubles, signed);
  const live: PlannedCohort[] = [];
  for (const shape of SHAPES) {
    const cohorts = signed.filter((c) => c.shape === shape && troubles.of[c.id] !== 'hold');
    const { opensAt, promoted, stable } = WAVES[shape];
    script.order(opensAt - 0.05, `promote-${shape}`, 'promote', 'deployment-lead', { level: 'wave', names: [shape] });
    script.settle(opensAt + 0.08, promoted);
    live.push(...wave(script, opensAt, shape, shape, cohorts, troubles));
    script.settle(opensAt + 5.6, stable, 'met', `${cohorts.length} cohorts`);
  }
  const back = signed.filter((c) => troubles.of[c.id] === 'caught-up');
  if (back.length > 0) {
    script.order(66.4, 'promote-again', 'promote', 'operations-lead', { level: 'cohort', names: back.map((c) => c.id) });
    for (const c of back)
      script.say(
        66.45,
        `${c.id}/task-closed`,
        'task.closed',
        { taskId: `${c.id}/set-aside`, how: 'promoted again, with a ramp of its own' },
        { cohort: c.id },
      );
    live.push(...wave(script, 66.5, 'catch-up', 'catch-up', back, { of: {}, unsigned: null }));
  }
  script.settle(55.9, 'W3.06', 'met', 'the first real escalation');
  script.say(55.6, 'writes/first', 'writes.approved', {
    ...{ first: 0, count: 100, writes: [] },
    evidence: evidenceOf('writes/0'),
  });
  script.settle(55.7, 'W3.07');
  script.settle(60.9, 'W3.11');
  script.order(66.1, 'confirm-W3.13', 'confirm', 'operations-lead', { level: 'row', names: ['W3.13'] });
  script.settle(66.15, 'W3.13');
  for (const c of live) phase(script, 71.6, c, 'handed-over');
  if (Object.keys(troubles.of).length > 0) exceptions(script);
  else {
    script.settle(57.3, 'W3.14');
    script.order(69.2, 'confirm-W3.15', 'confirm', 'cfo', { level: 'row', names: ['W3.15'] });
    script.settle(69.3, 'W3.15');
  }
  script.evidence(71.95, 'ceo-brief', 'the brief for the CEO');
  script.settle(71.96, 'W3.16');
  gate(script, 72.02, 72.03, 'gate-3');
  for (const { id } of ROWS.filter((r) => r.window === 'after')) script.settle(72.05, id, 'waived');
  const result = live.length === script.cast.cohorts.length ? 'live' : 'live-with-exceptions';
  script.say(72.06, 'closed', 'deployment.closed', { result, brief: { ref: 'brief', digest: script.cast.setDigest } });
}

/** A row that was waived by two roles, and a fact that did not come about. */
function exceptions(script: Script): void {
  const reason = 'the schedule is confirmed at the board meeting on Friday';
  const scope = { level: 'row' as const, names: ['W3.15'] };
  script.order(69.2, 'waive-1', 'waive', 'cfo', scope, { reason });
  script.order(69.4, 'waive-2', 'waive', 'deployment-lead', scope, { reason });
  script.settle(69.5, 'W3.15', 'waived', `${script.cast.person('cfo')}: ${reason}`);
  const why = 'it did not happen in its window';
  script.settle(72.01, 'W3.14', 'missed', why);
  script.say(72.01, 'watch/W3.14', 'watch-item', {
    id: 'W3.14',
    text: `W3.14 was missed: A real manager made the first decision. ${why}`,
    owner: 'operations-lead',
  });
}

/** One that stands, one that was released, and two orders that were refused. */
function holds(script: Script, troubles: Troubles, signed: readonly PlannedCohort[]): void {
  for (const cohort of signed.filter((c) => troubles.of[c.id] === 'hold')) {
    const id = `hold-${cohort.id}`;
    const why = 'access review of its connector is not finished';
    const scope = { level: 'cohort' as const, names: [cohort.id] };
    script.order(47.5, id, 'hold', 'security-lead', scope, { reason: why });
    script.say(
      47.51,
      `hold/${id}`,
      'hold.added',
      { holdId: id, scope, ceiling: 'shadow', why, releasedBy: 'security-lead' },
      { actor: script.cast.person('security-lead') },
    );
    phase(script, 47.52, cohort, 'held', {
      reason: `Held by ${script.cast.person('security-lead')}: ${why}.`,
      liftedBy: `golive release ${id}, by the Security Lead`,
    });
  }
  if (Object.keys(troubles.of).length === 0) return;
  const [first] = signed;
  const scope = { level: 'group' as const, names: [first?.group ?? ''] };
  script.order(42, 'hold-brief', 'hold', 'operations-lead', scope, { reason: 'waiting for the new on-call list' });
  script.say(
    42.01,
    'hold/hold-brief',
    'hold.added',
    { holdId: 'hold-brief', scope, ceiling: 'shadow', why: 'waiting for the new on-call list', releasedBy: 'operations-lead' },
    { actor: script.cast.person('operations-lead') },
  );
  script.order(43, 'release-brief', 'release', 'operations-lead', scope, { args: { holdId: 'hold-brief' } });
  script.say(43.01, 'hold/hold-brief/released', 'hold.released', {
    holdId: 'hold-brief',
    by: script.cast.person('operations-lead'),
  });
  const refuse = {
    scope: { level: 'gate' as const, names: ['gate-2'] },
    envelope: { ref: 'refused', digest: script.cast.setDigest },
  };
  script.say(
    46.5,
    'refused-1',
    'command.refused',
    {
      commandId: 'go-early',
      kind: 'go',
      ...refuse,
      code: 'exit_not_met',
      sentence: 'W2.11 is neither met nor waived.',
      latencyMs: 95,
    },
    { actor: script.cast.person('deployment-lead') },
  );
  script.say(
    45.9,
    'refused-2',
    'command.refused',
    {
      commandId: 'sign-twice',
      kind: 'sign',
      ...refuse,
      code: 'role_not_held',
      sentence: 'That person does not hold that role.',
      latencyMs: 71,
    },
    { actor: script.cast.person('atlas-operator') },
  );
  script.say(64, 'watch/latency', 'watch-item', {
    id: 'latency',
    text: 'p95 of the coordination wave was 140 ms, above its target of 100 ms.',
    owner: 'operations-lead',
  });
}

/** A ramp; who is unstable leaves it half-way. Returns who is live at its end. */
function wave(
  script: Script,
  opens: number,
  id: string,
  shape: Shape | 'catch-up',
  cohorts: readonly PlannedCohort[],
  troubles: Troubles,
): PlannedCohort[] {
  const { ramp } = script.cast.file.limits;
  const order = id === 'catch-up' ? 'command/promote-again' : `command/promote-${id}`;
  if (cohorts.length === 0) return [];
  script.say(opens + 0.02, `wave/${id}`, 'wave.started', (at) => ({
    wave: id,
    shape,
    cohorts: cohorts.map((c) => c.id),
    ramp,
    authority: at(order),
  }));
  for (const c of cohorts) phase(script, opens + 0.03, c, 'ramping');
  const leaves = ramp[Math.floor(ramp.length / 2)] ?? 100;
  let inside = [...cohorts];
  const left: string[] = [];
  ramp.forEach((percent, n) => {
    const at = opens + 0.05 + n * 0.25;
    for (const cohort of inside) raise(script, at, cohort, percent, ramp[n - 1] ?? 0, order);
    script.say(at + 0.02, `wave/${id}/${percent}`, 'wave.step', { wave: id, percent, planHours: at });
    for (const cohort of [...inside]) {
      const bad = percent === leaves && ['unstable', 'caught-up'].includes(troubles.of[cohort.id] ?? '');
      const verdict = {
        subject: `wave:${id}:${percent}:${cohort.id}`,
        verdict: bad ? ('fail' as const) : ('pass' as const),
        reasons: bad ? ['error rate 1.3 %'] : [],
        samples: 40 + cohort.agents,
      };
      script.say(at + 0.2, `wave/${id}/${percent}/${cohort.id}`, 'verdict', verdict, { cohort: cohort.id });
      if (!bad) continue;
      isolate(script, at + 0.21, cohort, 'not_stable', 'error rate 1.3 %', 'held');
      inside = inside.filter((c) => c !== cohort);
      left.push(cohort.id);
    }
  });
  script.say(opens + 5.5, `wave/${id}/closed`, 'wave.closed', { wave: id, live: inside.length, left });
  for (const c of inside) phase(script, opens + 5.45, c, 'live');
  return inside;
}

function raise(script: Script, hours: number, cohort: PlannedCohort, percent: number, before: number, order: string): void {
  const agents = script.cast.agents(cohort);
  const known = new Set(exposure(agents, before));
  const risen = exposure(agents, percent).filter((a) => !known.has(a));
  const intent = `${cohort.id}/raise/${order}/${percent}/intent`;
  const key = `${script.cast.file.customer}/${cohort.id}/raise/${percent}`;
  script.say(hours, intent, 'intent', (at) => ({ operation: 'raise', key, agents: risen, authority: at(order) }), {
    cohort: cohort.id,
  });
  for (const agent of risen) {
    script.say(
      hours + 0.01,
      `${cohort.id}/${agent}/raise/${order}/${percent}/outcome`,
      'outcome',
      (at) => ({
        operation: 'raise',
        key: `${key}/${agent}`,
        result: 'applied',
        intent: at(intent),
        mode: 'live',
        livePercent: percent,
      }),
      { cohort: cohort.id, agent },
    );
  }
}
