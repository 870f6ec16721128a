/** Where something stands in the log. */
export interface Recorded {
  index: number;
  at: string;
}
