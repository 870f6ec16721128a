import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '..', '..');

export const PRODUCT_FOLDERS = [
  'domain',
  'workflows',
  'activities',
  'clients',
  'audit',
  'gateway',
  'console',
  'workers',
  'rehearsal',
  'scripts',
] as const;

export const ALL_FOLDERS = [...PRODUCT_FOLDERS, 'deploy', 'docs', 'test'] as const;

/** What is made by a tool or an install, and so is neither written nor read by people. */
const NOT_OURS = new Set(['node_modules', 'dist', 'coverage', 'fixtures', 'histories']);

export interface SourceFile {
  /** From the top of the checkout, with slashes. */
  path: string;
  text: string;
}

/** Files as they are on disk, tracked or not: what is new must keep the rules before it is committed. */
export function filesIn(folders: readonly string[], ending: RegExp, root = ROOT): SourceFile[] {
  return folders.filter((folder) => existsSync(join(root, folder))).flatMap((folder) => walk(folder, ending, root));
}

function walk(folder: string, ending: RegExp, root: string): SourceFile[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return NOT_OURS.has(entry.name) ? [] : walk(path, ending, root);
    return entry.isFile() && ending.test(entry.name) ? [{ path, text: readFileSync(join(root, path), 'utf8') }] : [];
  });
}

export const SOURCE = /\.(ts|tsx|mts|js|mjs|cjs|css)$/;
