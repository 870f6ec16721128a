import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inBackground } from '../support/in-background.ts';
import { Expected } from './expected.ts';
import { STEPS, taken } from './steps.ts';
import { System } from './system.ts';

const AT_LEAST = 1_000_000;
const LONGEST = 120;

describe('a deployment, whatever is ordered, stopped, lifted, retried and late', () => {
  it('keeps every promise over a million random steps', { timeout: 1_800_000 }, () => {
    inBackground();
    const begin = () => {
      const real = new System();
      return { model: new Expected(real.state.openEvidence), real };
    };
    const commands = fc.commands(STEPS, { maxCommands: LONGEST, size: 'max' });
    const property = fc.property(commands, (steps) => fc.modelRun(begin, steps));
    for (let seed = 1; taken.steps < AT_LEAST; seed++) fc.assert(property, { seed, numRuns: 200 });

    expect(taken.steps).toBeGreaterThanOrEqual(AT_LEAST);
    // Random steps that never come to anything would keep every promise as well.
    expect(taken.applied).toBeGreaterThan(AT_LEAST / 20);
    expect(taken.raised).toBeGreaterThan(AT_LEAST / 200);
    expect(taken.ended).toBeGreaterThan(AT_LEAST / 200);
  });
});
