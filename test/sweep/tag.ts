/** Header that names the call of an activity; the relay takes it off again. */
export const TAG = 'x-golive-call';

export interface Tag {
  /** Of the process that makes the call. */
  pid: number;
  activity: string;
  activityId: string;
  attempt: number;
  workflowId: string;
  runId: string;
  /** The lines of activities/ that led to it, innermost first. */
  site: string;
}

export const readTag = (header: string | string[] | undefined): Tag | undefined => {
  if (typeof header !== 'string') return undefined;
  return JSON.parse(Buffer.from(header, 'base64url').toString('utf8')) as Tag;
};
