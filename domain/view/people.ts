import type { Delegation } from '../command.ts';
import type { EntryData, EvidenceRef } from '../entry.ts';
import type { EscalationLevel } from '../notices/entries.ts';
import type { FailureCode } from '../failure.ts';
import type { NoticeAdapter } from '../notice.ts';
import type { Role } from '../roles.ts';
import type { Recorded } from './recorded.ts';

export interface ApprovalView extends Recorded {
  person: string;
  role: Role;
  decision: 'approve' | 'reject';
  manifestSetDigest: string;
  commandId: string;
}

export interface GroupEvidenceView extends Recorded {
  group: string;
  cohorts: string[];
  agents: number;
  evidence: EvidenceRef;
}

export interface SignOffView extends Recorded {
  group: string;
  role: Role;
  person: string;
  decision: 'approve' | 'reject';
  channel: 'cli' | 'slack';
  boundTo: string;
  commandIndex: number;
  /** Id of the delegation under which it was given. */
  delegation: string | null;
  /** False once the group's evidence has changed or the delegation was revoked: it is void and asked for again. */
  current: boolean;
}

export type CardView = EntryData['card.issued'] & Recorded;

/** `index` and `at` are those of the entry that holds the words; a notice that is only ever edited has none of its own. */
export interface NoticeView {
  key: string;
  made: Recorded | null;
  sent: Partial<Record<NoticeAdapter, { revision: string; place: { channel: string; ts: string } | null } & Recorded>>;
}

export interface EscalationView {
  escalation: string;
  about: string;
  what: string;
  owner: Role;
  since: string;
  /** One per level that was told, in order. */
  raised: ({ level: EscalationLevel; told: string[] } & Recorded)[];
  /** Who has it in hand: whoever acknowledged it, or was handed it. */
  acknowledged: ({ by: string; handedTo: string | null } & Recorded) | null;
  closed: ({ how: string } & Recorded) | null;
}

export interface DelegationView extends Recorded, Delegation {
  id: string;
  /** Who delegated. */
  principal: string;
  revoked: ({ by: string } & Recorded) | null;
}

export interface TaskView extends Recorded {
  taskId: string;
  owner: Role;
  code: FailureCode;
  sentence: string;
  next: string;
  cohort: string | null;
  closed: ({ how: string } & Recorded) | null;
}

export interface WatchItemView extends Recorded {
  id: string;
  text: string;
  owner: Role;
  closed: Recorded | null;
}
