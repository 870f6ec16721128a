import { CST, Lexer, Parser } from 'yaml';
import { problem, type Problem, type ProblemCode } from '../../domain/set/problem.ts';

/** What a parser may be given at most, checked while the text is still a stream of words and nothing has been built. */
export const YAML_LIMITS = { depth: 32, lexemes: 120_000, scalarLength: 64 * 1024, problems: 20 } as const;

/** Every escape that YAML 1.2 knows. The library makes an error object for each other one, and a text could hold a million. */
const QUOTED = /^"(?:[^\\]|\\(?:[0abtnvfre "/\\N_LP\t\r\n]|x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}))*$/;

/**
 * Deepest column at which a block may begin. Every deeper block needs at least one more column, so this bounds the
 * nesting of blocks (also of `- - - -` on one line) as `depth` bounds that of brackets.
 */
const MAX_COLUMN = 2 * YAML_LIMITS.depth;

export interface Scan {
  tokens: CST.Token[];
  problems: Problem[];
}

/**
 * Cuts the text into words once, for the parser and for the rules on what may not be in a manifest at all. Anchors,
 * aliases, tags and directives are refused here, before anything could follow them; too much of anything ends the scan.
 */
export function scanYaml(text: string, file: string): Scan {
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  const problems: Problem[] = [];
  let offset = 0;
  let count = 0;
  let flowDepth = 0;
  let lineStart = 0;
  let atLineStart = true;
  let scalarFollows = false;
  let afterComma = false;

  const report = (code: ProblemCode, found?: string): void => {
    problems.push(problem(code, file, { ...positionOf(text, offset), ...(found === undefined ? {} : { found }) }));
  };

  for (const lexeme of new Lexer().lex(text)) {
    count += 1;
    const kind: LexemeKind = scalarFollows ? 'text' : CST.tokenType(lexeme);
    scalarFollows = kind === 'scalar';
    if (count > YAML_LIMITS.lexemes || lexeme.length > YAML_LIMITS.scalarLength) {
      report('yaml_too_long');
      return { tokens: [], problems };
    }
    const forbidden = forbiddenKind(kind);
    if (forbidden) report(forbidden, lexeme);
    if (kind === 'comma' && afterComma) report('yaml_syntax', ', after ,');
    if (kind === 'double-quoted-scalar' && !QUOTED.test(lexeme)) report('yaml_syntax', 'an escape that YAML does not know');
    if (kind === 'flow-map-start' || kind === 'flow-seq-start') flowDepth += 1;
    if (kind === 'flow-map-end' || kind === 'flow-seq-end') flowDepth = Math.max(0, flowDepth - 1);
    const column = offset - lineStart;
    if (flowDepth > YAML_LIMITS.depth || (flowDepth === 0 && atLineStart && beginsBlock(kind) && column > MAX_COLUMN)) {
      report('yaml_too_deep');
      return { tokens: [], problems };
    }
    if (problems.length >= YAML_LIMITS.problems) return { tokens: [], problems };

    for (const token of parser.next(lexeme)) {
      if (token.type === 'error') report('yaml_syntax', token.message);
      tokens.push(token);
    }
    // Marks that the lexer puts in have no width in the file and end nothing.
    if (kind === 'scalar' || kind === 'doc-mode' || kind === 'flow-error-end') continue;
    offset += lexeme.length;
    if (kind !== 'space' && kind !== 'newline' && kind !== 'comment') afterComma = kind === 'comma';
    if (kind === 'newline') {
      lineStart = offset;
      atLineStart = true;
    } else if (kind !== 'space' && kind !== 'seq-item-ind') {
      if (lexeme.includes('\n')) lineStart = offset - (lexeme.length - lexeme.lastIndexOf('\n') - 1);
      // A block text ends with its newline, so what follows begins a line.
      atLineStart = kind === 'text' && lexeme.endsWith('\n');
    }
  }
  for (const token of parser.end()) tokens.push(token);
  return { tokens, problems };
}

type LexemeKind = CST.TokenType | 'text' | null;

function forbiddenKind(kind: LexemeKind): ProblemCode | undefined {
  switch (kind) {
    case 'alias':
    case 'anchor':
      return 'yaml_alias';
    case 'tag':
      return 'yaml_tag';
    case 'directive-line':
      return 'yaml_directive';
    case 'explicit-key-ind':
      return 'key_not_text';
    case null:
      return 'yaml_syntax';
    default:
      return undefined;
  }
}

const BLOCK_STARTS: readonly LexemeKind[] = [
  'seq-item-ind',
  'map-value-ind',
  'text',
  'single-quoted-scalar',
  'double-quoted-scalar',
];
const beginsBlock = (kind: LexemeKind): boolean => BLOCK_STARTS.includes(kind);

/** Line and column, counted from one, of an offset in the text. Only called for problems, so counting again is cheap enough. */
export function positionOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  const lastBreak = before.lastIndexOf('\n');
  return { line: before.split('\n').length, column: offset - lastBreak };
}
