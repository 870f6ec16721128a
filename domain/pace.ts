import { formatT } from './clock.ts';

export type Pace = 'on-track' | 'behind' | 'blocked';

export interface Sample {
  atPlanHours: number;
  done: number;
}

/**
 * Units per plan hour, measured: (last done − first done) ÷ (last hour − first hour). Null until two samples lie apart.
 * The caller chooses the samples: the last hour tells more than the whole run. Samples may come in any order.
 * @example measureRate([{ atPlanHours: 1, done: 0 }, { atPlanHours: 3, done: 3000 }]) // 1500
 */
export const measureRate = (samples: readonly Sample[]): number | null => {
  const inOrder = [...samples].sort((a, b) => a.atPlanHours - b.atPlanHours);
  const first = inOrder[0];
  const last = inOrder.at(-1);
  if (first === undefined || last === undefined || last.atPlanHours <= first.atPlanHours) return null;
  return Math.max(0, last.done - first.done) / (last.atPlanHours - first.atPlanHours);
};

export interface ForecastInput {
  done: number;
  total: number;
  ratePerPlanHour: number | null;
  nowPlanHours: number;
  duePlanHours: number;
  /** What is counted, in the plural: `credentials`. */
  unit: string;
}

export interface Forecast {
  /** Null when nothing was measured to forecast from. */
  doneAtPlanHours: number | null;
  /** Plan minutes between the forecast and the due time; negative when late. */
  slackMinutes: number | null;
  sentence: string;
}

/**
 * When something will be done at the measured rate: now + (total − done) ÷ rate.
 * @example 6,200 of 10,000 credentials at T+8:48 with 1,500 an hour, due T+12:
 * `credentials 6,200 of 10,000, done at T+11:20, 40 min of slack left`
 */
export const forecast = (input: ForecastInput): Forecast => {
  const { done, total, ratePerPlanHour: rate, nowPlanHours, duePlanHours, unit } = input;
  const counted = `${unit} ${grouped(done)} of ${grouped(total)}`;
  if (done >= total) {
    return {
      doneAtPlanHours: nowPlanHours,
      slackMinutes: minutesBetween(nowPlanHours, duePlanHours),
      sentence: `${counted}, done`,
    };
  }
  if (rate === null || rate <= 0) {
    const late = nowPlanHours > duePlanHours ? `, was due at ${formatT(duePlanHours)}` : '';
    return { doneAtPlanHours: null, slackMinutes: null, sentence: `${counted}, no progress measured${late}` };
  }
  const doneAtPlanHours = nowPlanHours + (total - done) / rate;
  const slackMinutes = minutesBetween(doneAtPlanHours, duePlanHours);
  const slack = slackMinutes < 0 ? `${duration(-slackMinutes)} late` : `${duration(slackMinutes)} of slack left`;
  return { doneAtPlanHours, slackMinutes, sentence: `${counted}, done at ${formatT(doneAtPlanHours)}, ${slack}` };
};

export interface PaceInput {
  forecasts: readonly Forecast[];
  /** Named things that someone must do before work can go on. */
  blockedBy: readonly string[];
  /** Rows that are past their due time and still open. */
  overdue?: readonly string[];
}

/** Blocked when somebody must act; behind when anything is overdue or forecast later than due; else on track. */
export const pace = ({ forecasts, blockedBy, overdue = [] }: PaceInput): Pace => {
  if (blockedBy.length > 0) return 'blocked';
  return overdue.length > 0 || forecasts.some((f) => (f.slackMinutes ?? 0) < 0) ? 'behind' : 'on-track';
};

const minutesBetween = (fromHours: number, toHours: number): number => Math.round((toHours - fromHours) * 60);

/** Minutes up to two hours, then hours and minutes: `40 min`, `5 h 20 min`. */
const duration = (minutes: number): string => {
  if (minutes < 120) return `${minutes} min`;
  const rest = minutes % 60;
  return `${Math.floor(minutes / 60)} h${rest === 0 ? '' : ` ${rest} min`}`;
};

/** Not toLocaleString: the same text whatever the machine's locale. */
const grouped = (n: number): string => String(Math.trunc(n)).replace(/\B(?=(\d{3})+$)/g, ',');
