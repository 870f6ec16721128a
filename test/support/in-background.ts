import { setPriority } from 'node:os';

/** For a test file that computes and waits for nothing: it leaves the processor to those whose servers run against the clock. */
export const inBackground = (): void => setPriority(10);
