import type { StopMessage } from '../../activities/contract/stop.ts';

export const STOP_WORKFLOW = 'stop';

/** Nothing in it is authority: whether the order may be carried out is read from its signature. */
export type StopInput = StopMessage;
