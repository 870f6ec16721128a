import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ALL_FOLDERS, filesIn, ROOT, type SourceFile } from './sourceFiles.ts';

/** Where to install from is the machine's business. Written as patterns, so that this file does not contain what it forbids. */
const REGISTRY_HOSTS =
  /registry\.(npmjs|yarnpkg|npmmirror)\.|(proxy|sum)\.golang\.org|repo\d?\.maven\.|(repo|central)\.maven\.|maven\.apache\.org\/maven2|pypi\.org|pythonhosted\.org/i;

/** The folders of one person's machine. A service's own user, as in a container image, has none of these. */
const HOME_PATHS = /\/(home|Users)\/[a-z][\w.-]*\/|(^|[\s"'`=:(])\/root\//m;

const TEXT = /\.(ts|tsx|js|mjs|cjs|json|ya?ml|md|sh|html|css|toml|txt|conf|svg|xml)$|^(Dockerfile|Makefile|run)$/;

const topFiles = (): SourceFile[] =>
  [ROOT, join(ROOT, '.ci')]
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder, { withFileTypes: true }).map((entry) => ({ entry, path: join(folder, entry.name) })))
    .filter(({ entry }) => entry.isFile() && (TEXT.test(entry.name) || entry.name.startsWith('.')))
    .map(({ path }) => ({ path, text: readFileSync(path, 'utf8') }));

const everything = [...filesIn(ALL_FOLDERS, TEXT), ...topFiles()];

const filesWith = (pattern: RegExp): string[] =>
  everything.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}`] : [])),
  );

describe('no file names', () => {
  it('the host of a package registry', () => expect(filesWith(REGISTRY_HOSTS)).toEqual([]));
  it("a folder in somebody's home", () => expect(filesWith(HOME_PATHS)).toEqual([]));
});
