import type { IncomingMessage } from 'node:http';
import type { z } from 'zod';
import { Problem } from './problem.ts';

const BODY_LIMIT = 8 * 1024 * 1024;

export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    // Read on to the end, so that the client hears why instead of seeing its connection break.
    if (size <= BODY_LIMIT) chunks.push(chunk);
  }
  if (size > BODY_LIMIT) throw new Problem('invalid', `body: longer than ${BODY_LIMIT} bytes`);
  return Buffer.concat(chunks).toString('utf8');
}

export function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Problem('invalid', 'body: not JSON');
  }
}

/** The first thing wrong with a body, with the path of its field. */
export function sentence(error: z.ZodError): string {
  const [issue] = error.issues;
  return `${issue?.path.join('.') || 'body'}: ${issue?.message ?? 'invalid'}`;
}

export const bearerOf = (request: IncomingMessage): string | null =>
  /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? null;
