import { describe, expect, it } from 'vitest';
import { parseYaml } from '../../../clients/manifests/yaml.ts';

const read = (text: string | Uint8Array) => parseYaml(typeof text === 'string' ? Buffer.from(text) : text, 'a.yaml');
const firstProblem = (text: string | Uint8Array): string => {
  const p = read(text).problems?.[0];
  return p ? [p.code, p.line, p.column].filter((part) => part !== undefined).join(':') : 'none';
};

describe('the YAML of a manifest', () => {
  it.each<[string, string, unknown]>([
    [
      'mappings, lists and plain values',
      'a: 1\nb: [x, { c: true }]\nc:\n  - d: null\n',
      { a: 1, b: ['x', { c: true }], c: [{ d: null }] },
    ],
    ['quoted text with escapes', String.raw`a: "\x41\u00e9\"\\ \n"`, { a: 'Aé"\\ \n' }],
    ['text over several lines', 'a: |\n  one\n  two\nb: x\n', { a: 'one\ntwo\n', b: 'x' }],
    ['YAML 1.2: yes, no and 012 are what they look like', 'a: yes\nb: no\nc: 012\n', { a: 'yes', b: 'no', c: 12 }],
    ['comments', '# c\na: 1 # d\n', { a: 1 }],
  ])('may hold %s', (_, text, value) => {
    expect(read(text)).toMatchObject({ value });
  });

  it.each<[string, string | Uint8Array, string]>([
    ['an anchor', 'a: &x 1\n', 'yaml_alias:1:4'],
    ['an alias', 'a: 1\nb: *x\n', 'yaml_alias:2:4'],
    ['a merge key', 'a: 1\n<<: { b: 1 }\n', 'yaml_merge_key:2:1'],
    ['a tag', 'a: !!str 1\n', 'yaml_tag:1:4'],
    ['a tag of its own', 'a: !golive { b: 1 }\n', 'yaml_tag:1:4'],
    ['a directive', '%YAML 1.1\n---\na: 1\n', 'yaml_directive:1:1'],
    ['a key twice', 'a: 1\nb:\n  c: 1\n  c: 2\n', 'duplicate_key:4:3'],
    ['a key twice, once in quotes', 'a: 1\n"a": 2\n', 'duplicate_key:2:1'],
    ['__proto__', '__proto__:\n  a: 1\n', 'forbidden_key:1:1'],
    ['constructor', 'a: { constructor: { prototype: 1 } }\n', 'forbidden_key:1:6'],
    ['a key that is a number', '1: a\n', 'key_not_text:1:1'],
    ['a key that is a list', '[a]: b\n', 'key_not_text:1:1'],
    ['an explicit key', '? a\n: b\n', 'key_not_text:1:1'],
    ['two documents', 'a: 1\n---\nb: 1\n', 'yaml_syntax:2:1'],
    ['a tab as indentation', 'a:\n\tb: 1\n', 'yaml_syntax:2:1'],
    ['an open bracket', 'a: [1, 2\n', 'yaml_syntax:2:1'],
    ['an escape that does not exist', String.raw`a: "\q"`, 'yaml_syntax:1:4'],
    ['bytes that are not UTF-8', Uint8Array.of(0x61, 0xff), 'not_utf8'],
    ['thirty-three brackets', `a: ${'['.repeat(33)}${']'.repeat(33)}\n`, 'yaml_too_deep:1:36'],
    ['thirty-four dashes on one line', `${'- '.repeat(34)}a\n`, 'yaml_too_deep:1:67'],
    ['a text longer than 64 KiB', `a: ${'x'.repeat(70_000)}\n`, 'yaml_too_long:1:4'],
  ])('may not hold %s', (_, text, expected) => {
    expect(firstProblem(text)).toBe(expected);
  });

  it('leaves the prototype of every object alone', () => {
    read('__proto__: { polluted: true }\n');
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('knows where each value stands', () => {
    const text = read('a:\n  - b: 1\n    c: 2\n');
    if (text.problems) throw new Error('problems');
    expect(text.place(['a', 0, 'c'])).toEqual({ line: 3, column: 8 });
    expect(text.place(['a', 0, 'c'], 'key')).toEqual({ line: 3, column: 5 });
    expect(text.place(['a', 0, 'missing'])).toEqual({ line: 2, column: 5 });
  });
});

/** `&a [*z,*z,…]` nine times over: a billion elements, were it ever built. */
const bomb = [
  'a: &a [x,x,x,x,x,x,x,x,x]',
  ...'bcdefghi'.split('').map((n, i) => `${n}: &${n} [${Array(9).fill(`*${'abcdefghi'[i]}`).join(',')}]`),
].join('\n');

describe('hostile YAML is refused in under a second:', () => {
  it.each<[string, string]>([
    ['an alias bomb', bomb],
    ['a million lines', 'a: 1\n'.repeat(800_000)],
    ['two million brackets', '['.repeat(2_000_000)],
    ['a million dashes', '- '.repeat(1_000_000)],
    ['mappings in mappings', Array.from({ length: 2000 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')],
    ['a million unknown escapes', `a: "${'\\x'.repeat(1_000_000)}"`],
    ['a hundred thousand commas', `[${','.repeat(100_000)}]`],
    ['fifty thousand closing brackets', '}\n'.repeat(50_000)],
    ['thousands of documents', '---\n'.repeat(30_000)],
    ['sixteen thousand keys twice', Array.from({ length: 16_000 }, (_, i) => `k${i % 8000}: 1`).join('\n')],
    ['a million comments', '# x\n'.repeat(1_000_000)],
  ])('%s', (_, text) => {
    const start = performance.now();
    expect(read(text).problems?.length).toBeGreaterThan(0);
    // Twice the promise, for a machine that does other things as well.
    expect(performance.now() - start).toBeLessThan(2000);
  });
});
