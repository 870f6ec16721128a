import type { z } from 'zod';
import { problem, type Problem, type ProblemCode } from '../../domain/set/problem.ts';
import type { YamlText } from './yaml.ts';

const MOST_ISSUES = 50;

/** Turns what the schema says into problems with line and column, so that the editor can be opened at the right place. */
export function schemaProblems(error: z.ZodError, text: YamlText, file: string): Problem[] {
  return error.issues.slice(0, MOST_ISSUES).flatMap((issue): Problem[] => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => at('unknown_field', [...issue.path, key], 'key'));
    }
    const found = valueAt(text.value, issue.path);
    if (issue.code === 'invalid_type' && found === undefined) return [at('field_missing', issue.path)];
    return [at('field_invalid', issue.path, 'value', issue.message, found)];
  });

  function at(
    code: ProblemCode,
    path: readonly PropertyKey[],
    part: 'key' | 'value' = 'value',
    message?: string,
    found?: unknown,
  ): Problem {
    return problem(code, file, {
      ...text.place(path, part),
      detail: message === undefined ? `(${fieldName(path)})` : `(${fieldName(path)}: ${message})`,
      ...(typeof found === 'string' || typeof found === 'number' || typeof found === 'boolean' ? { found: String(found) } : {}),
    });
  }
}

/** `agents[3].id` */
const fieldName = (path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (name, step) => (typeof step === 'number' ? `${name}[${step}]` : name === '' ? String(step) : `${name}.${String(step)}`),
    '',
  );

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let here = value;
  for (const step of path) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, step)) return undefined;
    here = (here as Record<PropertyKey, unknown>)[step];
  }
  return here;
}
