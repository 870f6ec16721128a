import { samePerson } from '../../../domain/authority/order.ts';
import type { Command } from '../../../domain/command.ts';
import type { DeploymentFile } from '../../../domain/deployment-file.ts';
import type { EntryData, EvidenceRef } from '../../../domain/entry.ts';
import type { Operation } from '../../../domain/ids.ts';
import type { CardView, DelegationView } from '../../../domain/view.ts';
import type { Found } from '../finding.ts';

/** An applied order and where it stands. */
export interface Order {
  index: number;
  at: string;
  command: Command;
  envelope: EvidenceRef;
}

/** A stop without Temporal that was entered afterwards. */
export interface Adopted {
  index: number;
  id: string;
  data: EntryData['direct.adopted'];
}

/** An attestation of who was terminated. */
export interface Exit {
  index: number;
  cohort: string | undefined;
  agent: string | undefined;
  data: EntryData['exit.attested'];
}

/** A call to the platform that was announced. */
export interface Announced {
  index: number;
  operation: Operation;
  cohort: string | undefined;
  /** Around the name of the agent in the key of an outcome. */
  head: string;
  tail: string;
  key: string;
  /** Who may have an outcome under it; empty once all had. */
  agents: ReadonlySet<string>;
  left: number;
  /** Whose outcome is still missing; `*` stands for the whole. Shared by all announcements of the same thing. */
  open: Set<string>;
}

/** What may not rise, since when, and for whom no longer. */
export interface Standing {
  index: number;
  data: EntryData['hold.added'];
  /** Index of the release, by cohort; and of the one that ended it for all. */
  exempt: Map<string, number>;
  ended: number | undefined;
}

/** What the rules remember of one deployment while they read its log. */
export interface DeploymentState {
  name: string;
  opened: { index: number; data: EntryData['deployment.opened'] } | undefined;
  cohorts: Map<string, { group: string; shape: string }>;
  orders: Map<number, Order>;
  adopted: Adopted[];
  exits: Exit[];
  /** What fired, by the id of the order that the engine gave because of it. */
  fired: Map<string, EntryData['trigger.fired']>;
  /** Index of the answer, by command id. */
  answers: Map<string, number>;
  /** In the order of the log. */
  setApprovals: Order[];
  groupEvidence: Map<string, { digest: string; cohorts: ReadonlySet<string> }>;
  /** Digests that were ever put in front of the executives of a group: `group digest`. */
  shown: Set<string>;
  signOffs: Map<string, { index: number; data: EntryData['sign-off'] }[]>;
  /** By the id of the order that delegated. */
  delegations: Map<string, DelegationView>;
  /** By their ids. */
  cards: Record<string, CardView>;
  /** By hold id. */
  holds: Map<string, Standing>;
  /** Index of the promotion that raised a cohort, until a stop took that back. */
  promoted: Map<string, number>;
  announced: Map<number, Announced>;
  /** The open outcomes of what is announced again under the same key. */
  openByKey: Map<string, Set<string>>;
  /** What followed from orders: hold ids, released hold ids, `sign-off <index> <group>`, entry ids of the clock, authorities of intents. */
  followed: Set<string>;
  closed: number | undefined;
  closedAtMs: number | undefined;
  /** T-0, wall time. */
  clockStartedMs: number | undefined;
  lastAtMs: number;
  /** Digests of documents that list gaps of the witness. */
  gapLists: Set<string>;
  /** The deployment files in force, in the order in which the log names them. */
  files: { index: number; file: DeploymentFile }[];
}

export interface Context {
  found: Found;
  state: DeploymentState;
}

/** What stops a whole customer is ordered in one of their deployments. */
export interface Among extends Context {
  /** By `customer/deployment`. */
  all: ReadonlyMap<string, DeploymentState>;
}

export const newState = (name: string): DeploymentState => ({
  name,
  opened: undefined,
  cohorts: new Map(),
  orders: new Map(),
  adopted: [],
  exits: [],
  fired: new Map(),
  answers: new Map(),
  setApprovals: [],
  groupEvidence: new Map(),
  shown: new Set(),
  signOffs: new Map(),
  delegations: new Map(),
  cards: {},
  holds: new Map(),
  promoted: new Map(),
  announced: new Map(),
  openByKey: new Map(),
  followed: new Set(),
  closed: undefined,
  closedAtMs: undefined,
  clockStartedMs: undefined,
  lastAtMs: 0,
  gapLists: new Set(),
  files: [],
});

/** The deployment file by which an entry was judged: the last one that the log names before it. */
export const fileAt = ({ files }: DeploymentState, index: number): DeploymentFile | undefined =>
  files.findLast((f) => f.index < index)?.file;

/** Without a file, two ids are two persons: what else is wrong then has been said. */
export const isSamePerson = (state: DeploymentState, index: number, a: string, b: string): boolean => {
  const file = fileAt(state, index);
  return file ? samePerson(file, a, b) : a === b;
};
