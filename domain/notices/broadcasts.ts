import { roleName } from '../describe/words.ts';
import type { Notice } from '../notice.ts';
import { headline } from './status.ts';
import { short, type Made, type Told } from './told.ts';

const shown = (key: string, notice: Omit<Notice, 'thread' | 'broadcast'>): Made => ({
  key,
  notice: { ...notice, thread: true, broadcast: true },
});

/** The little that everybody in the channel has to see besides the stops: a failure of the whole run, and the end. */
export const broadcastsDue = (told: Told): Made[] =>
  [...failures(told), ...end(told)].filter(({ key }) => told.view.notices[key] === undefined);

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
