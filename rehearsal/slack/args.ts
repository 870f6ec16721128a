/** Arguments of a call, as JSON or as a form whose composite fields are JSON; the reader of each says what it must be. */
export type Args = Record<string, unknown>;

const COMPOSITE = new Set(['blocks', 'view', 'metadata', 'attachments']);

export function argsOf(contentType: string, body: string, query: URLSearchParams): Args {
  if (contentType.includes('application/json')) return objectIn(body);
  const args: Args = {};
  for (const [name, value] of [...query, ...new URLSearchParams(body)]) args[name] = value;
  return args;
}

export const text = (args: Args, name: string): string | undefined => {
  const value = args[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
};

export const flag = (args: Args, name: string): boolean => args[name] === true || args[name] === 'true' || args[name] === '1';

export const count = (args: Args, name: string, otherwise: number, max: number): number => {
  const value = Number(args[name] ?? otherwise);
  return Number.isInteger(value) && value > 0 ? Math.min(value, max) : otherwise;
};

/** A composite field: what the form carries as text is read as JSON. */
export function composite(args: Args, name: string): unknown {
  const value = args[name];
  if (!COMPOSITE.has(name) || typeof value !== 'string') return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return undefined;
  }
}

function objectIn(body: string): Args {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
