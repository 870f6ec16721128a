import { scopeWords } from '../describe/command.ts';
import { roleName } from '../describe/words.ts';
import type { Notice } from '../notice.ts';
import { headline } from './status.ts';
import { personName, short, type Made, type Told } from './told.ts';

/** What lowers, and what only a person takes back. */
const STOPS: readonly string[] = ['rollback', 'halt', 'terminate', 'shutdown'];

const shown = (key: string, notice: Omit<Notice, 'thread' | 'broadcast'>): Made => ({
  key,
  notice: { ...notice, thread: true, broadcast: true },
});

/** The little that everybody in the channel has to see: a stop, a failure of the whole run, and the end. */
export const broadcastsDue = (told: Told): Made[] =>
  [...stops(told), ...failures(told), ...end(told)].filter(({ key }) => told.view.notices[key] === undefined);

function stops({ view, file }: Told): Made[] {
  const ordered = Object.values(view.commands)
    .filter((c) => c.outcome === 'applied' && STOPS.includes(c.kind))
    .map((c) => ({ ...c, why: c.reason }));
  const direct = Object.values(view.direct)
    .filter((c) => STOPS.includes(c.kind))
    .map((c) => ({ ...c, id: c.commandId, why: c.reason }));
  return [...ordered, ...direct].map(({ id, kind, scope, person, why, index }) =>
    shown(`stop/${id}`, {
      title: `Stop: ${kind} of ${scope === null ? 'the deployment' : scopeWords(scope)}`,
      tone: 'bad',
      lines: [`Ordered by ${personName(file, person)}, entry #${index}. ${why ?? ''}`.trim()],
    }),
  );
}

/** A task of one cohort stops nobody else. */
const failures = ({ view }: Told): Made[] =>
  Object.values(view.tasks)
    .filter((t) => t.cohort === null && t.closed === null)
    .map((t) =>
      shown(`failure/${t.index}`, {
        title: 'The run cannot go on',
        tone: 'bad',
        lines: [short(t.sentence, 600), `Next: ${short(t.next, 300)}`],
        facts: [{ label: 'Waiting for', value: roleName(t.owner) }],
      }),
    );

function end({ view }: Told): Made[] {
  const { result, closedAt } = view.header;
  if (result === null || closedAt === null) return [];
  const title = { live: 'Done', 'live-with-exceptions': 'Done, with exceptions', failed: 'The deployment failed' }[result];
  return [shown('end', { title, tone: result === 'failed' ? 'bad' : 'good', lines: [headline(view)] })];
}
