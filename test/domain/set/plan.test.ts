import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Manifest } from '../../../domain/manifest/manifest.ts';
import type { Shape } from '../../../domain/mode.ts';
import { chunk, splitSmokeSample } from '../../../domain/set/chunk.ts';
import { fixedHash } from '../../../domain/set/hash.ts';
import { forecastMinting } from '../../../domain/set/mint-forecast.ts';
import { planSet } from '../../../domain/set/plan.ts';
import type { VerifiedSet } from '../../../domain/set/verified-set.ts';

const agents = (count: number, name = 'agent'): { id: string; managerEmail: string }[] =>
  Array.from({ length: count }, (_, i) => ({ id: `${name}-${i}`, managerEmail: `m${i % 3}@northwind.example` }));

const cohort = (
  name: string,
  shape: Shape,
  size: number,
  group: Pick<Manifest, 'function' | 'level'> = { function: 'sales', level: 'ic' },
): Manifest => ({
  name,
  origin: { kind: name.endsWith('v') ? 'variant' : 'template', name },
  ...group,
  shape,
  group: `${group.function}-${group.level}`,
  agents: agents(size, name),
  connectors: ['slack', name],
  outputSchema: { type: 'object', properties: {}, required: [] },
  exampleRequest: {},
  expected: { callsPerHour: 10, writesPerHour: 0 },
  budgetDollars: 100,
  fallbackOwner: 'a@b.example',
  onCall: 'a@b.example',
});

const setOf = (...manifests: Manifest[]): VerifiedSet => ({ digest: 'sha256:x', manifests }) as unknown as VerifiedSet;

describe('a plan', () => {
  const plan = planSet(
    setOf(
      cohort('zoo', 'coordination', 5),
      cohort('beta', 'production', 10, { function: 'it', level: 'lead' }),
      cohort('alpha-v', 'production', 20),
      cohort('moss', 'research', 7),
    ),
    3000,
  );

  it('has research first, then production, then coordination, each by name', () => {
    expect(plan.cohorts.map((c) => c.id)).toEqual(['moss', 'alpha-v', 'beta', 'zoo']);
    expect(plan.waves).toEqual([
      { shape: 'research', cohorts: ['moss'], agents: 7 },
      { shape: 'production', cohorts: ['alpha-v', 'beta'], agents: 30 },
      { shape: 'coordination', cohorts: ['zoo'], agents: 5 },
    ]);
  });

  it('has one group for a function and level, of all three shapes if so', () => {
    expect(plan.groups).toMatchObject([
      { id: 'it-lead', cohorts: ['beta'], shapes: ['production'] },
      { id: 'sales-ic', cohorts: ['moss', 'alpha-v', 'zoo'], agents: 32, shapes: ['research', 'production', 'coordination'] },
    ]);
  });

  it('counts agents, managers, origins, connectors and dollars', () => {
    expect(plan).toMatchObject({ agents: 42, managers: 3, templates: 3, variants: 1, budgetDollars: 400 });
    expect(plan.connectors).toEqual(['alpha-v', 'beta', 'moss', 'slack', 'zoo']);
  });

  it('shows 84 cells of three shapes each, four of the 252 filled', () => {
    expect(plan.matrix).toHaveLength(84);
    expect(plan.filledCells).toBe(4);
    expect(plan.matrix.find((cell) => cell.function === 'sales' && cell.level === 'ic')?.cohorts).toEqual({
      research: 1,
      production: 1,
      coordination: 1,
    });
  });

  it('has no wave for a shape that nobody has', () => {
    expect(planSet(setOf(cohort('a', 'research', 1)), null).waves.map((w) => w.shape)).toEqual(['research']);
  });
});

describe('chunks', () => {
  it.each([
    [0, 50, []],
    [1, 50, [1]],
    [50, 50, [50]],
    [51, 50, [25, 26]],
    [60, 50, [30, 30]],
    [101, 50, [33, 34, 34]],
    [10, 3, [2, 3, 2, 3]],
  ])('of %i agents, %i at most, are %j', (count, size, expected) => {
    expect(chunk(agents(count), size).map((c) => c.length)).toEqual(expected);
  });

  it('hold every agent once, in order, and never fewer than half a chunk when there are enough', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3000 }), fc.integer({ min: 25, max: 50 }), (count, size) => {
        const all = agents(count);
        const chunks = chunk(all, size);
        expect(chunks.flat()).toEqual(all);
        expect(chunks.every((c) => c.length <= size)).toBe(true);
        if (count > size) expect(Math.min(...chunks.map((c) => c.length))).toBeGreaterThanOrEqual(Math.floor(size / 2));
      }),
      { numRuns: 60 },
    );
  });

  it.each([0, -1, 1.5, Number.NaN])('cannot have size %d', (size) => {
    expect(() => chunk([1], size)).toThrow(RangeError);
  });
});

describe('the smoke sample', () => {
  it.each([
    [1, 1],
    [99, 1],
    [100, 1],
    [101, 2],
    [1000, 10],
  ])('of %i agents is %i', (count, expected) => {
    expect(splitSmokeSample(agents(count)).sample).toHaveLength(expected);
  });

  it('and the rest are all agents, whatever their order: the same ones are chosen', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(agents(250), { minLength: 250 }), (shuffled) => {
        const { sample, rest } = splitSmokeSample(shuffled);
        expect(new Set(sample.map((a) => a.id))).toEqual(new Set(splitSmokeSample(agents(250)).sample.map((a) => a.id)));
        expect([...sample, ...rest].map((a) => a.id).sort()).toEqual(shuffled.map((a) => a.id).sort());
      }),
      { numRuns: 20 },
    );
  });

  it('does not simply take the first ones', () => {
    expect(splitSmokeSample(agents(1000)).sample.map((a) => a.id)).not.toEqual(agents(10).map((a) => a.id));
  });

  it('rests on a hash that is the same for ever', () => {
    expect([fixedHash(''), fixedHash('smoke/agent-1'), fixedHash('smoke/agent-2')]).toEqual([2872998923, 3702966652, 3163873792]);
  });
});

describe('the minting forecast', () => {
  it.each([
    [10_000, 1500, 6.67, 10.67, false],
    [20_000, 3000, 6.67, 10.67, false],
    [12_000, 1500, 8, 12, false],
    [12_001, 1500, 8, 12, true],
    [20_000, 1500, 13.33, 17.33, true],
    [0, 1500, 0, 4, false],
  ])('of %i agents at %i an hour is %d h, done at T+%d, late: %s', (count, limit, hours, done, late) => {
    const forecast = forecastMinting(count, limit);
    expect(forecast.hours).toBeCloseTo(hours, 2);
    expect(forecast.doneAtHour).toBeCloseTo(done, 2);
    expect(forecast.warning !== undefined).toBe(late);
  });

  it('without a limit takes no time worth telling', () => {
    expect(forecastMinting(20_000, null)).toEqual({ agents: 20_000, limitPerHour: null, hours: 0, doneAtHour: 4 });
  });

  it('says which limit would do', () => {
    expect(forecastMinting(20_000, 1500).warning).toBe(
      '20000 credentials at 1500/h take 13.3 h and miss T+12 (done about T+17.3); the platform would have to allow 2500/h.',
    );
  });
});
