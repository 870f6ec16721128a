import { abortSignal } from '../boundary.ts';
import type { StopActivities } from '../contract/stop.ts';
import { stopNow, stopRest } from './bring-down.ts';
import type { StopPorts } from './ports.ts';
import { recordOverdue, recordRest, recordVerdict } from './record.ts';

/** Queue `stop`. */
export const stopActivities = (ports: StopPorts): StopActivities => ({
  bringDown: (message) => stopNow(ports, message, abortSignal()),
  bringDownRest: (message) => stopRest(ports, message, abortSignal()),
  recordStop: (message) => recordVerdict(ports, message, abortSignal()),
  recordFlips: (message) => recordRest(ports, message, abortSignal()),
  noteOverdue: (message) => recordOverdue(ports, message, abortSignal()),
});
