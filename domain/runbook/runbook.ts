import { RUNBOOK_LIMITS } from '../deployment-file.ts';
import { STANDING_ROLES } from '../roles.ts';
import { COMMAND_CATALOGUE } from './commands.ts';
import { GATES, HARD_STOPS } from './gates.ts';
import { METRIC_LEVELS } from './metric-levels.ts';
import { ROWS } from './rows.ts';
import { STOPPING_TABLE } from './stopping.ts';
import { CLOCK_SKEW_MS, LATE_GRACE, TIME_RULES } from './time-rules.ts';
import { WAVES } from './waves.ts';

/** The whole runbook as one value. Its digest stands in the report and in each sign-off, so any change here is a new version. */
export const RUNBOOK = {
  version: '1.4.0',
  rows: ROWS,
  gates: GATES,
  waves: WAVES,
  hardStops: HARD_STOPS,
  rolesToConfirm: STANDING_ROLES,
  commands: COMMAND_CATALOGUE,
  limits: RUNBOOK_LIMITS,
  timeRules: TIME_RULES,
  lateGrace: LATE_GRACE,
  clockSkewMs: CLOCK_SKEW_MS,
  stoppingTable: STOPPING_TABLE,
  metricLevels: METRIC_LEVELS,
} as const;
