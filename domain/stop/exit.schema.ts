import { z } from 'zod';
import type { ExitAttestation } from './exit.ts';

const text = z.string().min(1).max(200);
const at = z.iso.datetime({ offset: true });
const count = z.number().int().min(0);

/** The payload of an attestation's envelope, strictly: what nobody understands attests nothing. */
export const exitAttestationSchema: z.ZodType<ExitAttestation> = z.strictObject({
  v: z.literal(1),
  customer: text,
  deployment: text,
  environment: text,
  logOrigin: text,
  stop: text,
  order: z.strictObject({
    index: count,
    person: text,
    reason: z.string().max(2000),
    envelope: z.strictObject({ ref: z.string().max(1000), digest: text }),
  }),
  subject: z.strictObject({ cohort: text, agent: text.nullable(), agents: count }),
  did: z.strictObject({
    calls: count.nullable(),
    writesCommitted: count,
    writesApproved: count,
    escalations: count,
    orchestrations: count,
    connectors: z.array(text),
    firstLiveAt: at.nullable(),
    lastLiveAt: at.nullable(),
  }),
  revoked: z.strictObject({ credentials: count, lastAt: at.nullable() }),
  remains: z.strictObject({ notTerminated: count, validCredentials: count, openEscalations: count }),
  at,
});
