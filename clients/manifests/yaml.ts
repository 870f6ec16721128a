import { Composer, isMap, isScalar, isSeq, type Node } from 'yaml';
import { problem, type Problem, type ProblemCode } from '../../domain/set/problem.ts';
import { positionOf, scanYaml, YAML_LIMITS } from './yaml-scan.ts';

/** One plain value, and where each part of it stands in the text. */
export interface YamlText {
  value: unknown;
  problems?: undefined;
  /** Line and column of the value at a path, or of the nearest part around it that exists. `'key'` points at the field's name. */
  place(path: readonly PropertyKey[], at?: 'key' | 'value'): { line: number; column: number };
}

export type ParsedYaml = YamlText | { problems: Problem[] };

/** Names through which a careless reader of the value would reach a prototype. */
const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Reads the part of YAML 1.2 that is JSON with less ink: mappings with text keys, lists, plain and quoted values.
 * Everything else is refused with its place, and nothing is built from a text in which any of it was found.
 */
export function parseYaml(bytes: Uint8Array, file: string): ParsedYaml {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return { problems: [problem('not_utf8', file)] };
  }
  const { tokens, problems } = scanYaml(text, file);
  if (problems.length > 0) return { problems };

  // Duplicates are looked for below: the library's own check compares every key of a mapping with every other.
  const composer = new Composer({ version: '1.2', schema: 'core', merge: false, uniqueKeys: false, strict: true });
  const documents = [...composer.compose(tokens, true, text.length)];
  const report = (code: ProblemCode, offset: number, found?: string): void => {
    if (problems.length < YAML_LIMITS.problems)
      problems.push(problem(code, file, { ...positionOf(text, offset), ...(found === undefined ? {} : { found }) }));
  };
  for (const error of documents.flatMap((document) => [...document.errors, ...document.warnings])) {
    report('yaml_syntax', error.pos[0], error.message.split('\n')[0]);
  }
  const [document, second] = documents;
  if (second) report('yaml_syntax', second.range[0], 'a second document');
  if (problems.length > 0) return { problems };

  const root = document?.contents ?? null;
  const value = plainValue(root, report);
  if (problems.length > 0) return { problems };
  return { value, place: (path, at = 'value') => positionOf(text, offsetOf(root, path, at)) };
}

type Report = (code: ProblemCode, offset: number, found?: string) => void;
type MaybeNode = Node | null;

function plainValue(node: MaybeNode, report: Report): unknown {
  if (node === null) return null;
  if (isScalar(node)) return node.value;
  if (isSeq<Node>(node)) return node.items.map((item) => plainValue(item, report));
  if (!isMap<Node, Node | null>(node)) {
    report('yaml_alias', startOf(node));
    return null;
  }
  const object: Record<string, unknown> = {};
  for (const { key, value } of node.items) {
    const name = isScalar(key) ? key.value : undefined;
    if (typeof name !== 'string') report('key_not_text', startOf(key));
    else if (name === '<<') report('yaml_merge_key', startOf(key));
    else if (FORBIDDEN_KEYS.has(name)) report('forbidden_key', startOf(key), name);
    else if (Object.hasOwn(object, name)) report('duplicate_key', startOf(key), name);
    else object[name] = plainValue(value, report);
  }
  return object;
}

const startOf = (node: MaybeNode): number => node?.range?.[0] ?? 0;

/** Walks as far along the path as there are nodes; a missing field is reported at the mapping that lacks it. */
function offsetOf(root: MaybeNode, path: readonly PropertyKey[], at: 'key' | 'value'): number {
  let node = root;
  let offset = startOf(root);
  for (const [i, step] of path.entries()) {
    if (isMap<Node, Node | null>(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && key.value === step);
      if (!pair) return offset;
      node = pair.value;
      offset = node === null || (at === 'key' && i === path.length - 1) ? startOf(pair.key) : startOf(node);
    } else if (isSeq<Node>(node)) {
      const item = typeof step === 'number' ? node.items[step] : undefined;
      if (!item) return offset;
      node = item;
      offset = startOf(item);
    } else return offset;
  }
  return offset;
}
