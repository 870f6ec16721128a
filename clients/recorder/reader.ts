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
}
