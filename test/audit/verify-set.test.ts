import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { verifySet } from '../../audit/verify-set.ts';
import { temporarySigner } from '../../clients/keys/local.ts';
import { INDEX_KEY, SIGNATURE_KEY } from '../../domain/set/limits.ts';
import {
  codes,
  deploymentFile,
  freeze,
  holder,
  keyAt,
  manifests,
  memorySource,
  NOW,
  signerOf,
  verify,
  type Files,
} from './signed-set.ts';

const changed = (bytes: Uint8Array | undefined, change: (text: string) => string): Uint8Array =>
  Buffer.from(change(Buffer.from(bytes ?? []).toString()));
const edit =
  (key: string, change: (text: string) => string) =>
  (files: Files): void =>
    void files.set(key, changed(files.get(key), change));

describe('a signed and approved set', () => {
  it('is verified, with its digest, signer, four approvals and manifests', async () => {
    const verdict = await verify(await freeze());
    if (verdict.status !== 'verified') throw new Error(JSON.stringify(verdict.problems));
    const { set } = verdict;
    expect(set).toMatchObject({
      customer: 'northwind',
      deployment: 'q1',
      version: 1,
      agents: 40,
      approvalsMissing: [],
      approvalProblems: [],
    });
    expect(set.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(set.signer).toEqual({ person: holder('atlas-operator'), keyId: signerOf(holder('atlas-operator')).keyId });
    expect(set.approvals.map((a) => a.role).sort()).toEqual(['ceo', 'cfo', 'customer-lead', 'security-lead']);
    expect(set.manifests).toHaveLength(4);
  });

  it('is refused after any byte of any file has changed', async () => {
    const files = await freeze();
    const places = [...files].flatMap(([key, bytes]) => (bytes.length > 0 ? [{ key, bytes }] : []));
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...places),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        async ({ key, bytes }, at, mask) => {
          const flipped = Buffer.from(bytes);
          flipped.writeUInt8(flipped.readUInt8(at % bytes.length) ^ mask, at % bytes.length);
          const verdict = await verify(new Map(files).set(key, flipped));
          return verdict.status === 'refused' && verdict.problems.length > 0;
        },
      ),
      { numRuns: 250 },
    );
  });

  it('is refused without any one of its files', async () => {
    const files = await freeze();
    for (const key of files.keys()) {
      const rest = new Map(files);
      rest.delete(key);
      expect((await verify(rest)).status, key).toBe('refused');
    }
  });
});

const tampered: [string, (files: Files) => void, string[]][] = [
  ['a manifest with one word changed', edit(keyAt(0), (text) => text.replace('golive/v1', 'golive/v2')), ['file_changed']],
  ['a manifest that is missing', (files) => void files.delete(keyAt(1)), ['file_missing']],
  ['a manifest that nobody signed', (files) => void files.set('manifests/extra.yaml', Buffer.from('a: 1')), ['file_extra']],
  ['a stray file', (files) => void files.set('notes.txt', Buffer.from('hello')), ['file_extra']],
  ['two manifests exchanged', swap, ['file_swapped']],
  ['no signature', (files) => void files.delete(SIGNATURE_KEY), ['set_unsigned']],
  [
    'a signature file that is no envelope',
    (files) => void files.set(SIGNATURE_KEY, Buffer.from('{}')),
    ['set_signature_malformed'],
  ],
  [
    'a signature file with white space added',
    edit(SIGNATURE_KEY, (text) => text.replace('{', '{ ')),
    ['set_signature_malformed'],
  ],
  ['no index', (files) => void files.delete(INDEX_KEY), ['file_missing']],
  [
    'an index in another order of fields',
    edit(INDEX_KEY, (text) => JSON.stringify(JSON.parse(text), null, 1)),
    ['index_malformed'],
  ],
  ['an index that names `..`', edit(INDEX_KEY, (text) => text.replace(keyAt(0), 'manifests/../x.yaml')), ['index_malformed']],
  [
    'an index with one agent more',
    edit(INDEX_KEY, (text) => text.replace(/"agents":(\d+)/, (_, n) => `"agents":${Number(n) + 1}`)),
    ['agents_differ', 'set_counts_differ'],
  ],
];

function swap(files: Files): void {
  const [a, b] = [files.get(keyAt(0)), files.get(keyAt(1))];
  if (a && b) files.set(keyAt(0), b).set(keyAt(1), a);
}

describe('a set is refused with', () => {
  it.each(tampered)('%s', async (_, tamper, expected) => {
    const files = await freeze();
    tamper(files);
    expect(codes(await verify(files))).toEqual(expected);
  });

  it('every problem at once, each with its file, its rule and what to do', async () => {
    const files = await freeze();
    edit(keyAt(0), (text) => `${text} `)(files);
    files.delete(keyAt(1));
    files.set('manifests/extra.yaml', Buffer.from('x'));
    const verdict = await verify(files);
    expect(codes(verdict)).toEqual(['file_changed', 'file_extra', 'file_missing']);
    for (const { file, rule, next } of verdict.status === 'refused' ? verdict.problems : []) {
      expect([file, rule, next].every((text) => text.length > 0)).toBe(true);
    }
  });

  it('a report of what was signed and what was found', async () => {
    const files = await freeze();
    edit(keyAt(0), (text) => `${text} `)(files);
    const verdict = await verify(files);
    if (verdict.status === 'verified') throw new Error('verified');
    expect(verdict.report.differences).toMatchObject([{ kind: 'changed', key: keyAt(0) }]);
    expect(verdict.report.signed.files).toHaveLength(4);
    expect(verdict.report.signed.digest).not.toBe(verdict.report.found.digest);
  });
});

describe('a signature on a set does not count', () => {
  it('by somebody whom the deployment file does not know', async () => {
    expect(codes(await verify(await freeze(manifests(), { signer: temporarySigner() })))).toEqual(['set_signature_invalid']);
  });
  it('by somebody who is not Atlas Operator', async () => {
    expect(codes(await verify(await freeze(manifests(), { signer: signerOf(holder('ceo')) })))).toEqual([
      'set_signer_not_allowed',
    ]);
  });
  it.each([
    ['for another deployment', { deployment: 'q2' }, 'set_wrong_deployment'],
    ['for another customer', { customer: 'contoso' }, 'set_wrong_deployment'],
    ['dated after now', { frozenAt: '2027-01-01T00:00:00Z' }, 'set_frozen_in_future'],
  ])('%s', async (_, predicate, code) => {
    expect(codes(await verify(await freeze(manifests(), { predicate })))).toEqual([code]);
  });
  it('on an older version than is known, though it still verifies', async () => {
    expect(codes(await verify(await freeze(), { knownVersion: 2 }))).toEqual(['set_outdated']);
  });
  it('on other files, when index and signature come from two sets', async () => {
    const other = new Map([...manifests()].slice(0, 3));
    const files = await freeze();
    files.set(SIGNATURE_KEY, (await freeze(other)).get(SIGNATURE_KEY) ?? new Uint8Array());
    expect(codes(await verify(files))).toContain('set_index_differs');
  });
});

const wrongContent: [string, (texts: Map<string, string>) => void, string, number?][] = [
  ['an unknown field', (t) => rewrite(t, 0, (text) => text.replace('level:', 'colour: red\nlevel:')), 'unknown_field', 6],
  ['a field twice', (t) => rewrite(t, 0, (text) => text.replace('level:', 'kind: Cohort\nlevel:')), 'duplicate_key', 6],
  ['an anchor and aliases', (t) => rewrite(t, 0, (text) => text.replace('kind: Cohort', 'kind: &k Cohort')), 'yaml_alias', 2],
  ['a merge key', (t) => rewrite(t, 0, (text) => `${text}<<: { kind: Cohort }\n`), 'yaml_merge_key'],
  ['a tag', (t) => rewrite(t, 0, (text) => text.replace('kind: Cohort', 'kind: !!str Cohort')), 'yaml_tag', 2],
  [
    '`__proto__`',
    (t) => rewrite(t, 0, (text) => text.replace('example_request:', 'example_request:\n  __proto__: { admin: true }')),
    'forbidden_key',
  ],
  [
    'an agent of another manifest',
    (t) => rewrite(t, 1, (text) => text.replace(/- \{ id: [\w-]+,/, firstAgent(t, 0))),
    'agent_in_two_manifests',
  ],
  [
    'an agent twice',
    (t) => rewrite(t, 0, (text) => text.replace(/(- \{ id: [^\n]+\n)(\s+- \{ id: [^\n]+\n)/, '$1  $1')),
    'agent_twice',
  ],
  [
    'the name of another cohort',
    (t) => rewrite(t, 0, (text) => text.replace(/^name: .*$/m, 'name: somebody-else')),
    'name_differs_from_key',
  ],
];

function rewrite(texts: Map<string, string>, i: number, change: (text: string) => string): void {
  const before = texts.get(keyAt(i)) ?? '';
  const after = change(before);
  expect(after).not.toBe(before);
  texts.set(keyAt(i), after);
}

const firstAgent = (texts: Map<string, string>, i: number): string =>
  /- \{ id: [\w-]+,/.exec(texts.get(keyAt(i)) ?? '')?.[0] ?? '';

describe('a set that is signed and approved is still refused for', () => {
  it.each(wrongContent)('%s', async (_, change, code, line) => {
    const texts = manifests();
    change(texts);
    const verdict = await verify(await freeze(texts));
    expect(codes(verdict)).toEqual([code]);
    if (verdict.status === 'refused' && line !== undefined) expect(verdict.problems[0]?.line).toBe(line);
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });
});

describe('what is hostile costs nothing', () => {
  it('a file of 100 MB is refused by its size and never read', async () => {
    const files = await freeze();
    const source = memorySource(files, { [keyAt(0)]: 100 * 1024 * 1024 });
    const verdict = await verifySet(source, { deploymentFile, at: NOW });
    expect(codes(verdict)).toContain('set_too_large');
    expect(codes(verdict)).toContain('file_too_large');
    expect(source.reads).toEqual([]);
  });

  it('a file of 5 MB is refused and the others are still looked at', async () => {
    const source = memorySource(await freeze(), { [keyAt(0)]: 5 * 1024 * 1024 });
    expect(codes(await verifySet(source, { deploymentFile, at: NOW }))).toEqual(['file_changed', 'file_too_large']);
    expect(source.reads).not.toContain(keyAt(0));
    expect(source.reads).toContain(keyAt(1));
  });

  it('ten thousand files are refused unread', async () => {
    const files = new Map(Array.from({ length: 10_000 }, (_, i) => [`manifests/${i}.yaml`, new Uint8Array(1)] as const));
    const source = memorySource(files);
    expect(codes(await verifySet(source, { deploymentFile, at: NOW }))).toEqual(['too_many_files']);
    expect(source.reads).toEqual([]);
  });

  it.each([
    'manifests/../../etc/passwd',
    '/manifests/a.yaml',
    'manifests//a.yaml',
    'manifests/%2e%2e/a.yaml',
    'manifests\\a.yaml',
    'manifests/a\0.yaml',
    'manifests/é.yaml',
    'manifests/e\u0301.yaml',
    '.p/a.yaml',
    '',
  ])('a key such as %j is refused and never asked for', async (key) => {
    const source = memorySource((await freeze()).set(key, Buffer.from('a: 1')));
    expect(codes(await verifySet(source, { deploymentFile, at: NOW }))).toEqual(['key_not_canonical']);
    expect(source.reads).not.toContain(key);
  });

  it('bytes that no valid signature covers are never parsed', async () => {
    const files = await freeze(manifests(), { signer: temporarySigner() });
    const source = memorySource(files);
    source.parse = () => {
      throw new Error('parsed');
    };
    expect(codes(await verifySet(source, { deploymentFile, at: NOW }))).toEqual(['set_signature_invalid']);
  });

  it('two thousand problems are counted and two hundred told', async () => {
    const texts = new Map([...manifests()].slice(0, 1));
    const key = keyAt(0);
    const line = /\n\s+- \{ id: [^\n]+/.exec(texts.get(key) ?? '')?.[0] ?? '';
    texts.set(key, `${texts.get(key)?.trimEnd() ?? ''}${line.repeat(2000)}\n`);
    const verdict = await verify(await freeze(texts));
    expect(verdict.status).toBe('refused');
    if (verdict.status === 'refused') expect([verdict.problems.length, verdict.omitted]).toEqual([200, 1800]);
  });
});
