import type { CliIo } from '../io.ts';

export interface Finding {
  what: string;
  ok: boolean;
  /** What was found. */
  detail: string;
  /** What to do when it is not well. */
  next?: string;
}

/** One look at one thing; what it throws becomes its finding. */
export interface Check {
  what: string;
  next: string;
  look: (signal: AbortSignal) => Promise<string | { ok: boolean; detail: string }>;
}

const PATIENCE_MS = 8_000;

/** All at once, in their order; whatever hangs is told as such. */
export function findings(checks: readonly Check[], io: Pick<CliIo, 'signal'>): Promise<Finding[]> {
  return Promise.all(checks.map((check) => finding(check, io)));
}

async function finding({ what, next, look }: Check, io: Pick<CliIo, 'signal'>): Promise<Finding> {
  const patience = AbortSignal.timeout(PATIENCE_MS);
  const signal = io.signal ? AbortSignal.any([io.signal, patience]) : patience;
  const tired = new Promise<never>((_, reject) =>
    patience.addEventListener('abort', () => reject(new Error(`no answer within ${PATIENCE_MS / 1000} s`))),
  );
  try {
    const found = await Promise.race([look(signal), tired]);
    const { ok, detail } = typeof found === 'string' ? { ok: true, detail: found } : found;
    return { what, ok, detail, ...(ok ? {} : { next }) };
  } catch (error) {
    io.signal?.throwIfAborted();
    const message = error instanceof Error ? error.message : String(error);
    return { what, ok: false, detail: message.replace(/ Resolution note:.*$/s, ''), next };
  }
}
