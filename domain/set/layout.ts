import type { Difference } from './discrepancy.ts';
import { approvalPerson, INDEX_KEY, isCanonicalKey, SET_LIMITS, SIGNATURE_KEY } from './limits.ts';
import { problem, type Problem } from './problem.ts';

interface ListedFile {
  key: string;
  size: number;
}

/** How large the file under a key may be. */
export function limitFor(key: string): number {
  if (key === INDEX_KEY) return SET_LIMITS.indexBytes;
  if (key === SIGNATURE_KEY || approvalPerson(key) !== undefined) return SET_LIMITS.envelopeBytes;
  return SET_LIMITS.manifestBytes;
}

export const isReadable = (file: ListedFile): boolean => isCanonicalKey(file.key) && file.size <= limitFor(file.key);

/** What the index speaks of: everything but the index itself and the signatures over it. */
export const isContent = ({ key }: ListedFile): boolean =>
  key !== INDEX_KEY && key !== SIGNATURE_KEY && approvalPerson(key) === undefined;

/** What the list of files alone shows, before a byte is read. */
export function layoutProblems(files: readonly ListedFile[]): Problem[] {
  const bytes = files.reduce((sum, file) => sum + file.size, 0);
  return [
    ...(files.length > SET_LIMITS.files ? [problem('too_many_files', '.', { found: `${files.length} files or more` })] : []),
    ...(bytes > SET_LIMITS.setBytes ? [problem('set_too_large', '.', { found: `${bytes} bytes` })] : []),
    ...files.filter((file) => !isCanonicalKey(file.key)).map((file) => problem('key_not_canonical', file.key)),
    ...files
      .filter((file) => file.size > limitFor(file.key))
      .map((file) =>
        problem('file_too_large', file.key, { found: `${file.size} bytes`, signed: `at most ${limitFor(file.key)}` }),
      ),
  ];
}

export function differenceProblem(difference: Difference): Problem {
  switch (difference.kind) {
    case 'missing':
      return problem('file_missing', difference.key, { signed: difference.signed });
    case 'extra':
      return problem('file_extra', difference.key, { found: difference.found });
    case 'changed':
      return problem('file_changed', difference.key, { found: difference.found, signed: difference.signed });
    case 'swapped':
      return problem('file_swapped', difference.key, {
        found: `what was signed as ${difference.belongsTo}`,
        signed: difference.signed,
      });
  }
}
