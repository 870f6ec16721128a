import { z } from 'zod';
import type { Submission } from './payload.ts';

/** What a modal keeps of what it was opened for. It comes back under Slack's signature, and names things; it proves nothing. */
const deployment = z.string().min(1).max(100);
const id = z.string().min(1).max(200);

export const signHidden = z.strictObject({
  deployment,
  cards: z.array(id).min(1).max(200),
  decision: z.enum(['approve', 'reject']),
});
export const releaseHidden = z.strictObject({ deployment, hold: id });
export const handOverHidden = z.strictObject({ deployment, escalation: id });

export type SignHidden = z.output<typeof signHidden>;
export type ReleaseHidden = z.output<typeof releaseHidden>;
export type HandOverHidden = z.output<typeof handOverHidden>;

/** Undefined for a modal that we did not open. */
export function hiddenIn<T>({ view }: Submission, schema: z.ZodType<T>): T | undefined {
  try {
    return schema.safeParse(JSON.parse(view.private_metadata)).data;
  } catch {
    return undefined;
  }
}
