import { putJsonEvidence } from '../../clients/store/evidence.ts';
import type { Commit } from '../../clients/platform/port.ts';
import { own } from '../../domain/authority/context.ts';
import type { NewEntry } from '../../domain/entry.ts';
import type { Role } from '../../domain/roles.ts';
import { holders } from '../../domain/waiting/ask.ts';
import { manifestOf, type Deployment } from '../deployment.ts';
import { each, nameOf, subjectOf, type Stopped, type StoppedSubject } from './stopped.ts';

/** A page of the platform's list. */
const PAGE = 1000;
/** Of one cohort at most so many are listed one by one; all are counted. */
const MOST_LISTED = 5000;

interface Questionable {
  subject: string;
  cohort: string;
  since: string;
  /** Address of whoever takes the cohort's work when the agents may not. */
  owner: string;
  count: number;
  writes: Commit[];
}

/** Writes that were committed since the cause, or since the flip to live where nobody knows the cause. Null: there are none. */
export async function questionableWrites(
  d: Deployment,
  stopped: Stopped,
  { incident, owner }: { incident: string; owner: Role },
): Promise<NewEntry | null> {
  const found = (await each(stopped.subjects, (subject) => writesOf(d, stopped, subject))).filter((q) => q.count > 0);
  if (found.length === 0) return null;
  const count = found.reduce((sum, q) => sum + q.count, 0);
  const until = new Date(stopped.downMs).toISOString();
  const document = { v: 1, stop: stopped.id, incident, until, cohorts: found };
  const evidence = await putJsonEvidence(d.tenant.audit, d.tenant.auditPrefix, document, d.signal);
  const owners = [...new Set(found.map((q) => q.owner))];
  return d.entry('writes.questionable', `stop/${stopped.id}/questionable`, {
    ...{ stop: stopped.id, incident, count, evidence },
    // One fallback owner cleans up what is theirs; where there are several, somebody sees to it that all of them do.
    owner: owners.length === 1 ? personAt(d, owners[0] ?? '') : (holders(d.file, owner)[0] ?? owner),
    owners: owners.slice(0, 50).map((address) => personAt(d, address)),
  });
}

/** By their id where the deployment file knows them; else by their address. */
const personAt = ({ file }: Deployment, address: string): string =>
  file.people.find((p) => p.email.toLowerCase() === address.toLowerCase())?.id ?? address;

async function writesOf(d: Deployment, stopped: Stopped, subject: StoppedSubject): Promise<Questionable> {
  const { cohort } = subject;
  const since = sinceOf(stopped, cohort);
  const none = { subject: nameOf(subject), cohort, since: since ?? '', owner: '', count: 0, writes: [] };
  if (since === undefined) return none;
  const to = new Date(d.now()).toISOString();
  const writes: Commit[] = [];
  for (;;) {
    const query = { ...subjectOf(subject), from: since, to, limit: PAGE, after: writes.length };
    const page = await d.tenant.platform.commits(d.name.deployment, query, d.signal);
    writes.push(...page.commits);
    if (page.total === 0) return none;
    if (page.commits.length === 0 || writes.length >= Math.min(page.total, MOST_LISTED)) {
      const { fallbackOwner } = await manifestOf(d, cohort);
      return { ...none, owner: fallbackOwner, count: page.total, writes };
    }
  }
}

/** The trigger's cause, or the wave that took it live; who was never on a wave has written nothing. */
function sinceOf({ view, trigger }: Stopped, cohort: string): string | undefined {
  const wave = own(view.cohorts, cohort)?.wave;
  const live = wave == null ? undefined : own(view.waves, wave)?.at;
  const cause = trigger?.fired.since;
  return live === undefined || cause === undefined ? live : cause > live ? cause : live;
}
