import { MockActivityEnvironment } from '@temporalio/testing';
import { describe, expect, it } from 'vitest';
import { Later } from '../../../activities/watch/later.ts';
import { ClientError, RecorderRefused } from '../../../clients/error.ts';
import type { NewEntry } from '../../../domain/entry.ts';

const entry = (id: string) => async () => [{ id } as NewEntry];

/** A log that answers each entry as it is told. */
function later(answers: Record<string, Error | undefined>) {
  const written: string[] = [];
  const one = new Later(async ([first]) => {
    const answer = answers[first?.id ?? ''];
    if (answer) throw answer;
    written.push(first?.id ?? '');
  });
  for (const id of Object.keys(answers)) one.add(entry(id));
  return { one, written, flush: () => new MockActivityEnvironment().run(() => one.flush()) };
}

describe('what the watch has still to write', () => {
  it('is kept, in its order, while the log is away', async () => {
    const answers: Record<string, Error | undefined> = {
      a: undefined,
      b: new ClientError('recorder_unreachable', 'away'),
      c: undefined,
    };
    const { one, written, flush } = later(answers);
    await flush();
    expect([written, one.empty]).toEqual([['a'], false]);
    delete answers['b'];
    await flush();
    expect([written, one.empty]).toEqual([['a', 'b', 'c'], true]);
  });

  it('is not kept back by what the log will never take', async () => {
    const { one, written, flush } = later({ a: new RecorderRefused('an id with a space'), b: undefined });
    await flush();
    expect([written, one.empty]).toEqual([['b'], true]);
  });
});
