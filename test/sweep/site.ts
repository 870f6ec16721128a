import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { join } from 'node:path';
import { root } from '../../scripts/stack/root.ts';
import type { Tag } from './tag.ts';

const maps = new Map<string, SourceMap>();

function mapOf(bundle: string): SourceMap {
  const known = maps.get(bundle);
  if (known) return known;
  const map = new SourceMap(
    JSON.parse(readFileSync(join(root, '.golive', `${bundle}.map`), 'utf8')) as ConstructorParameters<typeof SourceMap>[0],
  );
  maps.set(bundle, map);
  return map;
}

/** The lines of activities/ that led to a call, innermost first. */
export function siteOf({ bundle, frames }: Pick<Tag, 'bundle' | 'frames'>): string {
  const lines = frames.flatMap(([line, column]) => {
    const found = mapOf(bundle).findEntry(line - 1, column - 1);
    if (!('originalSource' in found)) return [];
    const file = /^(?:\.\.\/)+activities\/(.+)$/.exec(found.originalSource)?.[1];
    return file === undefined || file === 'boundary.ts' ? [] : [`${file}:${found.originalLine + 1}`];
  });
  return [...new Set(lines)].join(' < ');
}
