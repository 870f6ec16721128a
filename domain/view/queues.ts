import type { DrillFigures } from '../drill/figures.ts';
import type { QueueItems } from '../drill/queue.ts';
import type { EvidenceRef } from '../entry.ts';
import type { Operation } from '../ids.ts';

/** Where the drill stood when it was last measured, and when it first reached each stage. */
export interface DrillView extends DrillFigures {
  evidence: EvidenceRef;
  index: number;
  at: string;
  reached: Partial<Record<DrillFigures['stage'], { index: number; at: string }>>;
}

/** A write to queues that was announced and of which nobody knows yet what became of it. */
export interface QueueWriteView {
  operation: Operation;
  authority: number;
  items: QueueItems;
  /** Of the intent. */
  index: number;
}
