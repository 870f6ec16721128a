/** User metadata of timers and activities: the Temporal UI then reads like the runbook. At most 400 bytes reach the server. */
export const summary = (text: string): { summary: string } => ({ summary: text.slice(0, 180) });
