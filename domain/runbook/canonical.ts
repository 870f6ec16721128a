import { canonicalJson } from './canonical-json.ts';
import { RUNBOOK } from './runbook.ts';

/** The runbook as the one text that is hashed; the digest itself is computed outside, because the domain has no crypto. */
export const runbookCanonical = (): string => canonicalJson(RUNBOOK);
