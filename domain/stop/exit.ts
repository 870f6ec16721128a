import type { EvidenceRef } from '../evidence.ts';

export const EXIT_PAYLOAD_TYPE = 'application/vnd.golive.exit-attestation+json';

/** What the engine signs of whoever was terminated: what they did, what was revoked, what remains; in the platform's own numbers. */
export interface ExitAttestation {
  v: 1;
  customer: string;
  deployment: string;
  environment: string;
  logOrigin: string;
  /** Id of the order, its place in the log, and what its giver signed. */
  stop: string;
  order: { index: number; person: string; reason: string; envelope: EvidenceRef };
  subject: { cohort: string; agent: string | null; agents: number };
  did: {
    /** Null for one agent: calls are counted per cohort. */
    calls: number | null;
    writesCommitted: number;
    writesApproved: number;
    escalations: number;
    orchestrations: number;
    connectors: string[];
    firstLiveAt: string | null;
    lastLiveAt: string | null;
  };
  revoked: { credentials: number; lastAt: string | null };
  remains: { notTerminated: number; validCredentials: number; openEscalations: number };
  /** When the platform said so. */
  at: string;
}

/** Nothing of it can act any more. */
export const isGone = ({ remains }: Pick<ExitAttestation, 'remains'>): boolean =>
  remains.notTerminated === 0 && remains.validCredentials === 0;
