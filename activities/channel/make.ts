import { randomBytes } from 'node:crypto';
import { sha256Digest } from '../../audit/keys.ts';
import { putJsonEvidence } from '../../clients/store/evidence.ts';
import type { NewEntry } from '../../domain/entry.ts';
import { list } from '../../domain/describe/words.ts';
import type { Notice } from '../../domain/notice.ts';
import { cardsDue } from '../../domain/notices/cards.ts';
import { adaptersOf, checked, checkNotice } from '../../domain/notices/check.ts';
import { noticesDue } from '../../domain/notices/due.ts';
import type { Told } from '../../domain/notices/told.ts';
import { canonicalJson } from '../../domain/runbook/canonical-json.ts';
import type { Deployment } from '../deployment.ts';
import { record } from '../entries.ts';

/** Evidence that every adapter was seen to work. */
const ADAPTERS = 'adapters';

/** Names what a message says, so that the log can tell whether it still says it. */
export const revisionOf = (notice: Notice): string => sha256Digest(canonicalJson(notice));

/** Entry ids have no blanks, and what notices are about may have. */
export const subjectOf = (key: string): string => `notice/${encodeURI(key)}`;

/** Writes what is to be said into the log, in its order, whether or not anybody can be reached. Answers with the keys that are new. */
export async function make(d: Deployment, told: Told): Promise<string[]> {
  const made = hasListeners(d) ? noticesDue(told) : [];
  const entries: NewEntry[] = [
    ...made.map(({ key, notice }) => d.entry('notice.made', subjectOf(key), { key, notice })),
    // A card's own message follows in the next round, from what the log then has.
    ...cardsDue(told).map(({ nth, card }) =>
      d.entry('card.issued', `card/${card.group}/${nth}`, { card: randomBytes(9).toString('base64url'), ...card }),
    ),
    ...(await delivered(d, told)),
  ];
  if (entries.length > 0) await record(d.tenant.recorder, entries, d.signal);
  return made.map(({ key }) => key);
}

/** Where nobody listens, nothing is said: the log has all the facts anyway. */
export const hasListeners = ({ file, tenant }: Deployment): boolean =>
  adaptersOf(file).length > 0 || tenant.notify.pager !== undefined;

async function delivered(d: Deployment, { view, file }: Told): Promise<NewEntry[]> {
  const checks = checked(view, file, revisionOf(checkNotice('edited')));
  if (checks === null || checks.length === 0 || view.evidence[ADAPTERS] !== undefined) return [];
  const evidence = await putJsonEvidence(d.tenant.audit, d.tenant.auditPrefix, { subject: ADAPTERS, checks }, d.signal);
  const how = checks.map(({ adapter, entry }) =>
    adapter === 'slack' ? `slack: delivered, found again and edited (entry #${entry})` : `${adapter}: accepted (entry #${entry})`,
  );
  return [d.entry('evidence', `evidence/${ADAPTERS}`, { subject: ADAPTERS, summary: list(how, 5), evidence })];
}
