/** What golive rests on and may have to do without for a while. */
export const DEPENDENCIES = ['platform', 'S3', 'log', 'Slack', 'Teams', 'pager', 'Temporal'] as const;
export type Dependency = (typeof DEPENDENCIES)[number];

/** What waits while one of them is away, what goes on, and what somebody who cannot wait does. */
const MEANWHILE: Readonly<Record<Dependency, string>> = {
  platform: 'agents stay as they are, work waits; a stop is repeated until it is done',
  S3: 'nothing is recorded, so nothing moves forward; stops go on, and are recorded when it is back',
  log: 'nothing is recorded, so nothing moves forward; stops go on, and are recorded when it is back',
  Slack: 'messages wait, and come in order; golive sign and halt go without it',
  Teams: 'messages wait; Slack and the log have them',
  pager: 'nobody is paged: watch golive status --watch; Slack goes on',
  Temporal: 'orders are not taken; a stop that cannot wait: golive halt --all --direct',
};

export const meanwhile = (dependency: string): string =>
  Object.hasOwn(MEANWHILE, dependency) ? MEANWHILE[dependency as Dependency] : 'its work waits; stops go on';
