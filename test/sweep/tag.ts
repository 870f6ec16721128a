/** Header that names the call of an activity; the relay takes it off again. */
export const TAG = 'x-golive-call';

/** What a worker calls the list of its activities in its log. */
export const ACTIVITIES = 'activities of this worker';

export interface Tag {
  /** Of the process that makes the call. */
  pid: number;
  activity: string;
  attempt: number;
  workflowId: string;
  /** Name of the file that runs, and where in it the call is made: lines and columns, innermost first. */
  bundle: string;
  frames: [line: number, column: number][];
}

export const readTag = (header: string | string[] | undefined): Tag | undefined => {
  if (typeof header !== 'string') return undefined;
  return JSON.parse(Buffer.from(header, 'base64url').toString('utf8')) as Tag;
};
