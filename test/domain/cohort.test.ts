import fc from 'fast-check';
import { describe, expect, expectTypeOf, it } from 'vitest';
import {
  livePercentOf,
  modeOf,
  newCohort,
  onItsWay,
  transition,
  type CohortEvent,
  type CohortState,
} from '../../domain/cohort.ts';
import { COHORT_PHASES, type CohortPhase } from '../../domain/entry.ts';

const PROVISIONED: CohortEvent[] = [
  { type: 'preflight-passed' },
  { type: 'created' },
  { type: 'bound' },
  { type: 'sample-passed' },
  { type: 'credentialled' },
];
const TO_SHADOW: CohortEvent[] = [...PROVISIONED, { type: 'shadow-started' }];
const TO_SIGNED: CohortEvent[] = [...TO_SHADOW, { type: 'signed' }];
const TO_RAMPING: CohortEvent[] = [...TO_SIGNED, { type: 'promoted' }, { type: 'exposed', livePercent: 25 }];
const TO_LIVE: CohortEvent[] = [...TO_RAMPING, { type: 'exposed', livePercent: 100 }, { type: 'stable' }];

const after = (...events: CohortEvent[]): CohortState => events.reduce(transition, newCohort());
const failed: CohortEvent = { type: 'failed', code: 'smoke_failed', reason: 'three of four got DENY' };
const unknown: CohortEvent = { type: 'outcome-unknown', code: 'side_effect_unknown', reason: 'mint 12' };
const left: CohortEvent = { type: 'left-wave', code: 'not_stable', reason: 'p95 250 ms' };

describe("a cohort's way", () => {
  it('has the phases of the log, and no other', () => {
    expectTypeOf<CohortState['phase']>().toEqualTypeOf<CohortPhase>();
  });

  it('goes through every phase in order', () => {
    const seen = [newCohort().phase];
    let state = newCohort();
    for (const event of [...TO_LIVE, { type: 'handed-over' } as const]) {
      state = transition(state, event);
      if (seen.at(-1) !== state.phase) seen.push(state.phase);
    }
    expect(seen).toEqual([...COHORT_PHASES]);
  });

  it('goes on where it was after a failure was mended', () => {
    const isolated = after(...PROVISIONED.slice(0, 3), failed);
    expect(isolated).toEqual({
      phase: 'isolated',
      from: { phase: 'sampling' },
      code: 'smoke_failed',
      reason: 'three of four got DENY',
    });
    expect(transition(isolated, { type: 'retried' })).toEqual({ phase: 'sampling' });
  });

  it('parks while an outcome is unknown, and resumes', () => {
    const parked = after(...PROVISIONED.slice(0, 4), unknown);
    expect(parked.phase).toBe('parked');
    expect(transition(parked, { type: 'retried' })).toEqual({ phase: 'minting' });
  });

  it('is held in shadow while its group is not signed, and a late signature lifts that', () => {
    const held = after(...TO_SHADOW, { type: 'not-signed', reason: 'CFO has not signed' });
    expect(held).toMatchObject({ phase: 'held', because: 'not-signed', from: { phase: 'shadow' } });
    expect(transition(held, { type: 'signed' })).toEqual({ phase: 'signed-off' });
  });

  it("stays held by somebody's hold when it is signed late", () => {
    const held = after(
      ...TO_SHADOW,
      { type: 'not-signed', reason: '-' },
      { type: 'held', reason: 'audit', liftedBy: 'security-lead' },
    );
    expect(held).toMatchObject({ because: 'hold', liftedBy: 'security-lead' });
    const signed = transition(held, { type: 'signed' });
    expect(signed).toMatchObject({ phase: 'held', because: 'hold', from: { phase: 'signed-off' } });
    expect(transition(signed, { type: 'released' })).toEqual({ phase: 'signed-off' });
  });

  it('keeps what is live when it leaves its wave, and rises again by a promotion of its own', () => {
    const state = after(...TO_RAMPING, left);
    expect([state.phase, modeOf(state), livePercentOf(state)]).toEqual(['held', 'live', 25]);
    expect(transition(state, { type: 'promoted' })).toEqual({ phase: 'ramping', livePercent: 25 });
  });

  it.each([
    ['held', [{ type: 'held', reason: '-' }, { type: 'released' }]],
    ['parked', [unknown, { type: 'retried' }]],
  ] as [string, CohortEvent[]][])('does not slip back into the wave that went on while it was %s', (_, events) => {
    const state = after(...TO_RAMPING, ...events);
    expect(state).toMatchObject({ phase: 'held', because: 'left-wave', from: { phase: 'ramping', livePercent: 25 } });
  });

  it.each<[string, CohortEvent[], CohortEvent]>([
    ['a hold while agents are made', PROVISIONED.slice(0, 2), { type: 'held', reason: '-' }],
    ['a hold on what is live', TO_LIVE, { type: 'held', reason: '-' }],
    ['a promotion of what nobody signed', TO_SHADOW, { type: 'promoted' }],
    ['exposure that falls', TO_RAMPING, { type: 'exposed', livePercent: 10 }],
    ['exposure over everything', TO_RAMPING, { type: 'exposed', livePercent: 101 }],
    ['stability before full exposure', TO_RAMPING, { type: 'stable' }],
    ['a failure on the ramp, where it leaves the wave instead', TO_RAMPING, failed],
    ['a duplicate', TO_SHADOW, { type: 'shadow-started' }],
  ])('does not change by %s', (_, way, event) => {
    const state = after(...way);
    expect(transition(state, event)).toBe(state);
  });
});

const text = fc.constant('because');
const code = fc.constantFrom('smoke_failed', 'not_stable', 'side_effect_unknown');
const simple = fc
  .constantFrom(
    'preflight-passed',
    'created',
    'bound',
    'sample-passed',
    'credentialled',
    'shadow-started',
    'signed',
    'promoted',
    'stable',
    'handed-over',
    'released',
    'retried',
  )
  .map((type): CohortEvent => ({ type }));
const anyEvent: fc.Arbitrary<CohortEvent> = fc.oneof(
  { weight: 6, arbitrary: simple },
  { weight: 2, arbitrary: fc.constantFrom(5, 25, 100).map((livePercent): CohortEvent => ({ type: 'exposed', livePercent })) },
  { weight: 1, arbitrary: fc.record({ type: fc.constantFrom('not-signed', 'rejected', 'held'), reason: text }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constantFrom('failed', 'outcome-unknown', 'left-wave'), code, reason: text }) },
);
/** Mostly the right order, with noise between: random events alone would hardly ever come as far as live. */
const anyWay = fc
  .array(fc.array(anyEvent, { maxLength: 3 }), { minLength: TO_LIVE.length, maxLength: TO_LIVE.length })
  .map((noise) => TO_LIVE.flatMap((event, i) => [event, ...(noise[i] ?? [])]));

const history = (events: CohortEvent[]): CohortState[] =>
  events.reduce<CohortState[]>((states, event) => [...states, transition(states.at(-1) ?? newCohort(), event)], [newCohort()]);

describe('whatever happens to a cohort', () => {
  it('is never live without having been signed off', () => {
    fc.assert(
      fc.property(anyWay, (events) => {
        const states = history(events);
        const live = states.findIndex((s) => livePercentOf(s) > 0);
        if (live >= 0) expect(states.slice(0, live).some((s) => onItsWay(s).phase === 'signed-off')).toBe(true);
      }),
    );
  });

  it('leaves isolation only by a retry', () => {
    fc.assert(
      fc.property(anyWay, anyEvent, (events, next) => {
        const states = history(events);
        for (const state of states.filter((s) => s.phase === 'isolated')) {
          if (next.type !== 'retried') expect(transition(state, next)).toBe(state);
        }
      }),
    );
  });

  it('is final once handed over', () => {
    fc.assert(
      fc.property(anyEvent, (event) => {
        const end: CohortState = { phase: 'handed-over' };
        expect(transition(end, event)).toBe(end);
      }),
    );
  });

  it('never goes back on its way, and never exposes less', () => {
    fc.assert(
      fc.property(anyWay, (events) => {
        const states = history(events);
        for (const [i, state] of states.entries()) {
          const before = states[i - 1] ?? state;
          const rank = (s: CohortState) => COHORT_PHASES.indexOf(onItsWay(s).phase);
          expect(rank(state)).toBeGreaterThanOrEqual(rank(before));
          expect(livePercentOf(state)).toBeGreaterThanOrEqual(livePercentOf(before));
        }
      }),
    );
  });

  it('stays plain JSON, one level deep', () => {
    fc.assert(
      fc.property(anyWay, (events) => {
        for (const state of history(events)) {
          expect(JSON.parse(JSON.stringify(state))).toEqual(state);
          expect(['isolated', 'held', 'parked']).not.toContain(onItsWay(state).phase);
        }
      }),
    );
  });
});
