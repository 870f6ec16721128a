import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareSets } from '../../../domain/set/discrepancy.ts';
import { digestLines, type IndexEntry } from '../../../domain/set/index-file.ts';
import { approvalKey, approvalPerson, isCanonicalKey } from '../../../domain/set/limits.ts';
import { placeOf, problem, PROBLEMS } from '../../../domain/set/problem.ts';

describe('a key', () => {
  it.each(['index.json', 'manifests/sales-ic.yaml', 'a/b/c_d-e.f', '0'])('may be %j', (key) => {
    expect(isCanonicalKey(key)).toBe(true);
  });

  it.each([
    ['leads upwards', '../a'],
    ['leads upwards in the middle', 'a/../b'],
    ['has two dots in a name', 'a..b'],
    ['begins with a slash', '/a'],
    ['ends with a slash', 'a/'],
    ['has an empty part', 'a//b'],
    ['has a hidden part', 'a/.b'],
    ['is one dot', '.'],
    ['has a NUL', 'a\0b'],
    ['has a line break', 'a\nb'],
    ['ends with a line break', 'a\n'],
    ['is percent-encoded', 'a/%2e%2e/b'],
    ['has a backslash', 'a\\b'],
    ['has a capital, which some file systems take for the small letter', 'A'],
    ['has a composed accent', '\u00e9'],
    ['has a combining accent', 'e\u0301'],
    ['has a look-alike letter', '\u0430bc'],
    ['has a full-width dot', 'a\uff0e'],
    ['has a blank', 'a b'],
    ['has a colon', 'c:a'],
    ['is empty', ''],
    ['is longer than 200 characters', 'a'.repeat(201)],
  ])('is refused when it %s', (_, key) => {
    expect(isCanonicalKey(key)).toBe(false);
  });

  it('of an approval names its person, and no other key does', () => {
    expect(approvalPerson(approvalKey('maya-chen'))).toBe('maya-chen');
    for (const key of ['approvals/a/b.dsse.json', 'approvals/.dsse.json', 'approvals/a.json', 'x/approvals/a.dsse.json'])
      expect(approvalPerson(key)).toBeUndefined();
  });
});

const hex = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 64, maxLength: 64 });
const entries = fc.uniqueArray(
  fc.record({ key: fc.stringMatching(/^manifests\/[a-z]{1,8}\.yaml$/), sha256: hex, size: fc.nat(9999), agents: fc.nat(99) }),
  { selector: (e) => e.key, maxLength: 12 },
);

describe('a set', () => {
  it('has one digest, whatever the order in which its files are listed', () => {
    fc.assert(fc.property(entries, (list) => digestLines(list) === digestLines([...list].reverse())));
  });

  it('has a digest that sha256sum, stat and sort can make', () => {
    const [b, a]: IndexEntry[] = ['b', 'a'].map((key) => ({ key, sha256: key.repeat(64), size: 7, agents: 1 }));
    expect(digestLines(b && a ? [b, a] : [])).toBe(`${'a'.repeat(64)}  7  a\n${'b'.repeat(64)}  7  b\n`);
  });

  it('does not differ from itself', () => {
    fc.assert(fc.property(entries, (list) => compareSets(list, list).length === 0));
  });

  it('differs from another in exactly the files that are missing, extra or changed', () => {
    fc.assert(
      fc.property(entries, entries, (signed, found) => {
        const same = (e: IndexEntry): boolean => found.some((f) => f.key === e.key && f.sha256 === e.sha256 && f.size === e.size);
        const expected = signed.filter((e) => !same(e)).length + found.filter((f) => !signed.some((e) => e.key === f.key)).length;
        return compareSets(signed, found).length === expected;
      }),
    );
  });

  it('names exchanged files by where they belong', () => {
    const file = (key: string, sha: string): IndexEntry => ({ key, sha256: sha.repeat(64), size: 5, agents: 1 });
    const differences = compareSets([file('a', '1'), file('b', '2')], [file('a', '2'), file('b', '1')]);
    expect(differences).toMatchObject([
      { kind: 'swapped', key: 'a', belongsTo: 'b' },
      { kind: 'swapped', key: 'b', belongsTo: 'a' },
    ]);
  });
});

describe('a problem', () => {
  it('has a rule and a next step that are sentences', () => {
    for (const [code, { rule, next }] of Object.entries(PROBLEMS)) {
      expect(rule, code).toMatch(/^[A-Z].*\.$/);
      expect(next, code).toMatch(/^[A-Zg].*\.$/);
    }
  });

  it('shows what a stranger wrote without letting it act on a terminal', () => {
    expect(problem('file_extra', 'a\u001b[2Jb', { found: '\u202etxt' })).toMatchObject({
      file: 'a\\u{1b}[2Jb',
      found: '\\u{202e}txt',
    });
    expect(problem('file_extra', 'x'.repeat(500)).file).toHaveLength(160);
  });

  it('is found by file, line and column', () => {
    expect(placeOf(problem('duplicate_key', 'a.yaml', { line: 3, column: 7 }))).toBe('a.yaml:3:7');
    expect(placeOf(problem('file_missing', 'a.yaml'))).toBe('a.yaml');
  });
});
