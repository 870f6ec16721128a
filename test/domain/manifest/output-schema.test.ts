import { describe, expect, it } from 'vitest';
import { outputMismatches, type OutputSchema } from '../../../domain/manifest/output-schema.ts';

const schema: OutputSchema = {
  type: 'object',
  properties: {
    summary: { type: 'string' },
    state: { type: 'string', enum: ['done', 'waiting'] },
    systems: { type: 'array', items: { type: 'string' } },
    changes: { type: 'integer' },
    confidence: { type: 'number' },
    urgent: { type: 'boolean' },
    detail: { type: 'object' },
  },
  required: ['summary'],
};

describe('an output', () => {
  it.each<[string, unknown]>([
    ['has what is required', { summary: 'ok' }],
    ['has everything', { summary: '', state: 'done', systems: ['a'], changes: 3, confidence: 0.5, urgent: false, detail: {} }],
    ['has an empty list', { summary: 'ok', systems: [] }],
  ])('matches when it %s', (_, output) => {
    expect(outputMismatches(schema, output)).toEqual([]);
  });

  it.each<[string, unknown, string]>([
    ['is a text', 'ok', 'the output is not an object'],
    ['is nothing', null, 'the output is not an object'],
    ['is a list', [], 'the output is not an object'],
    ['lacks what is required', {}, 'summary is missing'],
    ['says what nobody declared', { summary: 'ok', secret: 1 }, 'secret is not declared'],
    ['says what every object has anyway', { summary: 'ok', toString: 1 }, 'toString is not declared'],
    ['has a number for a text', { summary: 1 }, 'summary is not of type string'],
    ['has a value outside the list', { summary: 'ok', state: 'lost' }, 'state is none of done, waiting'],
    ['has a half for a whole number', { summary: 'ok', changes: 0.5 }, 'changes is not of type integer'],
    ['has no number for a number', { summary: 'ok', confidence: Number.NaN }, 'confidence is not of type number'],
    ['has null for an object', { summary: 'ok', detail: null }, 'detail is not of type object'],
    ['has a wrong element in a list', { summary: 'ok', systems: ['a', 1] }, 'an element of systems is not of type string'],
  ])('does not match when it %s', (_, output, sentence) => {
    expect(outputMismatches(schema, output)).toEqual([sentence]);
  });
});
