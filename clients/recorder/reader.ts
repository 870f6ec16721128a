import type { EntryKind, RecordedEntry } from '../../domain/entry.ts';
import type { DeploymentName } from '../../domain/ids.ts';
import type { DeploymentView } from '../../domain/view.ts';

export interface EntryQuery {
  deployment?: DeploymentName;
  cohort?: string;
  kinds?: readonly EntryKind[];
  /** First index; default 0. */
  from?: number;
}

export interface DeploymentSummary extends DeploymentName {
  entries: number;
  openedAt: string | null;
  closedAt: string | null;
  result: string | null;
  lastAt: string | null;
}

/** How far the log is committed, published and witnessed. Times are ISO, roots base64. */
export interface AuditState {
  origin: string;
  /** Committed entries, and the root over them. */
  size: number;
  root: string;
  /** What anybody can verify by now. */
  published: { size: number; at: string } | null;
  /** Null for a log that is not asked to have one. */
  witness: WitnessState | null;
  /** What keeps it from committing for now, and since when (ISO 8601): writers wait, and nothing is lost. */
  failing: { what: string; since: string } | null;
  /** Why the log takes nothing any more, or null. */
  halted: string | null;
}

export interface WitnessState {
  name: string;
  /** The largest tree that it has cosigned and when; 0 and null before the first. */
  size: number;
  at: string | null;
  /** Since its last cosignature, or since the log asked for the first. */
  lagMs: number;
  failingSince: string | null;
  /** Why it did not cosign. */
  reason?: string;
  /** It refused what the log says of itself: not absence, but two histories. */
  refused: boolean;
}

/** The log as its readers need it: the CLI, the gateway, the report. Nothing here needs Temporal. */
export interface LogReader {
  size(signal?: AbortSignal): Promise<number>;
  deployments(signal?: AbortSignal): Promise<DeploymentSummary[]>;
  /** The fold of a deployment, or undefined when the log has never heard of it. */
  state(d: DeploymentName, signal?: AbortSignal): Promise<DeploymentView | undefined>;
  entry(index: number, signal?: AbortSignal): Promise<RecordedEntry | undefined>;
  find(id: string, signal?: AbortSignal): Promise<RecordedEntry | undefined>;
  /** All entries that match, up to the end of the log as it is when the last page is read. */
  entries(query?: EntryQuery, signal?: AbortSignal): AsyncIterable<RecordedEntry>;
  /** The same, and then what is committed from now on, until the signal; it resumes by itself when the log was away. */
  feed(query: EntryQuery, signal: AbortSignal): AsyncIterable<RecordedEntry>;
  audit(signal?: AbortSignal): Promise<AuditState>;
  /**
   * C2SP tlog-proof of an entry against the last published checkpoint; undefined when the log is shorter than that.
   * An entry that is committed and not published yet is `recorder_unreachable`, with the time after which to ask again.
   */
  receipt(index: number, signal?: AbortSignal): Promise<string | undefined>;
  /** The last published checkpoint as it is in the bucket, or undefined before the first. */
  checkpoint(signal?: AbortSignal): Promise<string | undefined>;
}
