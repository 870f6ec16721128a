import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { ALL_FOLDERS, filesIn, SOURCE, type SourceFile } from './sourceFiles.ts';

const FILE_LIMIT = 300;
const WORKFLOW_FUNCTION_LIMIT = 80;

const lines = (text: string): number => text.trimEnd().split('\n').length;

/** Every function that has a body: declared, arrow, method, inner ones too. */
function functionsIn({ path, text }: SourceFile): { name: string; lines: number }[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true);
  const found: { name: string; lines: number }[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body) {
      const from = source.getLineAndCharacterOfPosition(node.getStart(source)).line;
      const to = source.getLineAndCharacterOfPosition(node.end).line;
      found.push({ name: `${path}:${from + 1}`, lines: to - from + 1 });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

describe('size', () => {
  it(`of every source file is at most ${FILE_LIMIT} lines`, () => {
    const long = filesIn(ALL_FOLDERS, SOURCE)
      .map(({ path, text }) => ({ path, lines: lines(text) }))
      .filter((file) => file.lines > FILE_LIMIT);
    expect(long).toEqual([]);
  });

  it(`of every workflow function is under ${WORKFLOW_FUNCTION_LIMIT} lines`, () => {
    const long = filesIn(['workflows'], /\.ts$/)
      .flatMap(functionsIn)
      .filter((one) => one.lines >= WORKFLOW_FUNCTION_LIMIT);
    expect(long).toEqual([]);
  });
});
