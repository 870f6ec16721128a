import { sha256Digest } from '../audit/keys.ts';
import { runbookCanonical } from '../domain/runbook/canonical.ts';

/** Names the runbook that this version carries out; stands in the report and in every sign-off. */
export const runbookDigest = sha256Digest(runbookCanonical());
