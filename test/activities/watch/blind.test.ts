import { describe, expect, it } from 'vitest';
import { blindness } from '../../../activities/watch/blind.ts';
import { newEntrySchema } from '../../../domain/entry.schema.ts';
import { emptyView } from '../../../domain/fold/empty.ts';
import { fold } from '../../../domain/fold/fold.ts';
import { newOffice } from '../office/office.ts';

const WHAT = ['the platform', "Atlas's audit", 'the log', 'telemetry'];

describe('what the watch cannot see for too long', () => {
  it('is a task that the log takes, opened once and closed when it is seen again', () => {
    const { d } = newOffice();
    const view = emptyView(d.name.customer, d.name.deployment);
    const said = (unseen: string[]) => {
      const entries = blindness(d, view, { unseen, overdue: unseen });
      entries.forEach((entry, index) => fold(view, { ...entry, index }));
      return entries;
    };
    const opened = said(WHAT);
    expect(opened.map((entry) => newEntrySchema.safeParse(entry).success)).toEqual(WHAT.map(() => true));
    expect(said(WHAT)).toEqual([]);
    expect(said([]).map(({ kind }) => kind)).toEqual(WHAT.map(() => 'task.closed'));
  });
});
