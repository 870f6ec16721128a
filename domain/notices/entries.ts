import type { Notice, NoticeAdapter } from '../notice.ts';
import type { Role } from '../roles.ts';

/** Who is told when nobody acts, one after the other. */
export const ESCALATION_LEVELS = ['on-call', 'deployment-lead', 'platform-lead', 'executives'] as const;
export type EscalationLevel = (typeof ESCALATION_LEVELS)[number];

/** What the log says of what people were asked and told. */
export interface PeopleEntries {
  /** A card that executives sign on in Slack: what lay in front of whoever clicked it, found by its opaque id. */
  'card.issued': {
    card: string;
    group: string;
    /** Digest of the group's evidence. */
    boundTo: string;
    manifestSetDigest: string;
    policyVersion: number;
    /** Wall time, ISO 8601. */
    expiresAt: string;
  };
  /** What people are told, in the order in which it happened, whether or not anybody can be reached; sent from here, once. */
  'notice.made': { key: string; notice: Notice };
  /** `place`: where it can be edited. `revision`: digest of what was sent. */
  'notice.sent': { key: string; adapter: NoticeAdapter; revision: string; place?: { channel: string; ts: string } };
  /** What came to the gateway from nobody that it knows, counted for one minute. */
  'gateway.refused': { from: string; to: string; counts: Record<string, number> };
  /** Nobody acted for so long that the next ones were told. `about`: id of what is waited for. */
  'escalation.raised': {
    escalation: string;
    about: string;
    what: string;
    owner: Role;
    level: EscalationLevel;
    /** Persons. */
    told: string[];
    /** Waited for since, wall time. */
    since: string;
  };
  'escalation.closed': { escalation: string; how: string };
}

export const PEOPLE_ENTRY_KINDS = [
  'card.issued',
  'notice.made',
  'notice.sent',
  'gateway.refused',
  'escalation.raised',
  'escalation.closed',
] as const satisfies readonly (keyof PeopleEntries)[];
