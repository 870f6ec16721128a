import { describe, expect, it } from 'vitest';
import type { EntryOf, NewEntry } from '../../../domain/entry.ts';
import type { DeploymentSummary } from '../../../clients/recorder/reader.ts';
import { Refusals } from '../../../gateway/slack/refusals.ts';

const opened = (deployment: string, openedAt: string, closedAt: string | null = null, customer = 'acme'): DeploymentSummary => ({
  ...{ customer, deployment, entries: 1, openedAt, closedAt, result: null, lastAt: openedAt },
});

function counting(deployments: DeploymentSummary[]) {
  let nowMs = Date.parse('2026-03-01T08:00:00.000Z');
  const given: NewEntry[] = [];
  /** What the log does with an entry: take it, lose its answer after that, or neither. */
  const log: { does: 'take' | 'lose-answer' | 'fail' } = { does: 'take' };
  const refusals = new Refusals({
    customer: 'acme',
    log: { deployments: async () => deployments },
    notes: {
      add: async ([entry]) => {
        if (entry && log.does !== 'fail') given.push(entry);
        if (log.does !== 'take') throw new Error('away');
        return [0];
      },
    },
    now: () => nowMs,
  });
  const minute = () => ((nowMs += 60_000), refusals.flush().catch(() => undefined));
  /** As the log keeps them: the same id is one entry. */
  const kept = () =>
    [...new Map(given.map((e) => [e.id, e as EntryOf<'gateway.refused'>])).values()].map((e) => [e.deployment, e.data.counts]);
  return { refusals, log, minute, kept };
}

describe('what is turned away', () => {
  it('is one entry a minute, under the customer’s latest open deployment, and none for a quiet minute', async () => {
    const { refusals, minute, kept } = counting([
      opened('q3', '2026-01-01T00:00:00.000Z'),
      opened('q4', '2026-02-01T00:00:00.000Z'),
      opened('q5', '2026-02-20T00:00:00.000Z', '2026-02-23T00:00:00.000Z'),
      opened('q9', '2026-02-25T00:00:00.000Z', null, 'other'),
    ]);
    for (let i = 0; i < 1000; i += 1) refusals.count(i % 4 === 0 ? 'guest' : 'bad_signature');
    await minute();
    await minute();
    refusals.count('replay');
    await minute();
    expect(kept()).toEqual([
      ['q4', { guest: 250, bad_signature: 750 }],
      ['q4', { replay: 1 }],
    ]);
  });

  it('is counted once though the log’s answer was lost, and nothing is forgotten while the log is away', async () => {
    const { refusals, log, minute, kept } = counting([opened('q4', '2026-02-01T00:00:00.000Z')]);
    refusals.count('guest');
    log.does = 'lose-answer';
    await minute();
    refusals.count('bot');
    await minute();
    log.does = 'fail';
    await minute();
    log.does = 'take';
    await minute();
    await minute();
    expect(kept()).toEqual([
      ['q4', { guest: 1 }],
      ['q4', { bot: 1 }],
    ]);
  });

  it('waits for a deployment when none is open', async () => {
    const deployments: DeploymentSummary[] = [];
    const { refusals, minute, kept } = counting(deployments);
    refusals.count('guest');
    await minute();
    expect(kept()).toEqual([]);
    deployments.push(opened('q4', '2026-03-01T08:05:00.000Z'));
    await minute();
    expect(kept()).toEqual([['q4', { guest: 1 }]]);
  });
});
