import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawSample } from '../../domain/audit-sample.ts';

const ROOT = 'CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=';
const OTHER = 'T3heZ7mUBkB2gmNn6sYcJqFQCJxz1eMkVBC9R4mG5X4=';

describe('the sample of the log', () => {
  it('is one entry in a hundred, each once, within the log, in order', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3000 }), fc.string(), (size, root) => {
        const drawn = drawSample(size, root);
        expect(drawn).toHaveLength(Math.ceil(size / 100));
        expect(new Set(drawn).size).toBe(drawn.length);
        expect(drawn).toEqual([...drawn].sort((a, b) => a - b));
        for (const index of drawn) expect(index >= 0 && index < size).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it('is the same for whoever draws it, on any machine', () => {
    expect(drawSample(1000, ROOT)).toEqual(drawSample(1000, ROOT));
    expect(drawSample(500, ROOT)).toMatchInlineSnapshot(`
      [
        221,
        294,
        314,
        369,
        418,
      ]
    `);
  });

  it('is another one under another root, so that nobody knows it before the log is as it is', () => {
    expect(drawSample(1000, OTHER)).not.toEqual(drawSample(1000, ROOT));
  });

  it('leaves no part of a large log out', () => {
    const drawn = drawSample(100_000, ROOT);
    for (let tenth = 0; tenth < 10; tenth++) {
      const here = drawn.filter((i) => Math.floor(i / 10_000) === tenth).length;
      expect(here).toBeGreaterThan(60);
      expect(here).toBeLessThan(140);
    }
  });
});
