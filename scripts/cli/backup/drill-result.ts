/** One thing that a drill shows, or not. `null`: it could not be tried, and `detail` says why. */
export interface DrillStep {
  step: string;
  ok: boolean | null;
  detail: string;
}

/** Whether an open deployment goes on from the backup. `null`: there is nothing to go on with, or it could not be tried. */
export interface GoesOn {
  deployment: string;
  goesOn: boolean | null;
  reason: string;
  stage?: string;
  /** Orders that its workflow has answered. */
  answered?: number;
  runningChildren?: number;
}
