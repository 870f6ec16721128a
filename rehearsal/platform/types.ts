import type { z } from 'zod';
import type * as wire from '../../clients/platform/wire.schema.ts';

/** The wire's types under the names that the platform uses inside. */
export type Mode = z.infer<typeof wire.mode>;
export type Lifecycle = z.infer<typeof wire.lifecycle>;
export type CohortSpec = z.infer<typeof wire.cohortSpec>;
export type CohortState = z.infer<typeof wire.cohortState>;
export type FenceScope = z.infer<typeof wire.fenceScope>;
export type ItemResult = z.infer<typeof wire.itemResult>;
export type RegisterReply = z.infer<typeof wire.registerReply>;
export type ExampleReply = z.infer<typeof wire.exampleReply>;
export type RegenerateReply = z.infer<typeof wire.regenerateReply>;
export type SnapshotReply = z.infer<typeof wire.snapshotReply>;
export type Verdict = 'ALLOW' | 'DENY' | 'WARN';
/** What a key may do; each includes the ones before it. */
export type Power = 'read' | 'lower' | 'forward';

const ORDER: readonly Mode[] = ['terminated', 'halted', 'paused', 'shadow', 'live'];
export const rank = (mode: Mode): number => ORDER.indexOf(mode);
export const lower = (a: Mode, b: Mode): Mode => (rank(a) < rank(b) ? a : b);
