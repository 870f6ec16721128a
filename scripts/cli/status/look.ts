import type { Paint } from '../paint.ts';

/** How a screen is drawn. */
export interface ScreenOptions {
  paint: Paint;
  width: number;
  /** A command as the reader would type it. */
  command: (argv: readonly string[]) => string;
}
