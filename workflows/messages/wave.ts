import type { WaveRef } from '../../activities/contract.ts';

export interface WaveInput extends WaveRef {
  /** Exposure steps in percent, rising, the last 100. */
  ramp: number[];
  /** Plan hours that full exposure must hold. */
  holdHours: number;
  speed: number;
}
