import { describe, expect, it, vi } from 'vitest';
import { tellLog } from '../../../clients/breaker/told.ts';
import { createMemoryLog } from '../../../clients/recorder/memory.ts';
import type { NewEntry } from '../../../domain/entry.ts';
import { SAMPLES } from '../../domain/fold/samples.ts';

const opened = (deployment: string): NewEntry => ({
  ...{ v: 1, id: `acme/${deployment}/opened`, at: '2026-03-06T12:00:00.000Z', kind: 'deployment.opened' },
  ...{ customer: 'acme', deployment, actor: 'golive', data: SAMPLES['deployment.opened'] },
});
const change = (state: 'open' | 'closed', at: number) => ({ dependency: 'S3', state, at, because: 'It is so.' });

describe('what a breaker did', () => {
  it('is in the log of each open deployment, in order, once the log is there', async () => {
    let away = true;
    const log = createMemoryLog((entries) => {
      if (away && entries[0]?.kind === 'breaker.changed') throw new Error('away');
    });
    await log.add([opened('q4'), opened('q5')]);
    const tell = tellLog({ part: 'engine', customer: 'acme', recorder: log, log, againMs: 5 });
    tell(change('open', 1000));
    tell(change('closed', 3000));
    await new Promise((resolve) => setTimeout(resolve, 30));
    away = false;
    await vi.waitFor(() => expect(log.all).toHaveLength(6));
    expect(log.all.slice(2).map(({ deployment, at, data }) => [deployment, at, (data as { state: string }).state])).toEqual([
      ['q4', '1970-01-01T00:00:01.000Z', 'open'],
      ['q5', '1970-01-01T00:00:01.000Z', 'open'],
      ['q4', '1970-01-01T00:00:03.000Z', 'closed'],
      ['q5', '1970-01-01T00:00:03.000Z', 'closed'],
    ]);
    const view = await log.state({ customer: 'acme', deployment: 'q4' });
    expect(view?.breakers['engine/S3']).toMatchObject({ state: 'closed' });
  });

  it('does not stay open after the process that opened it: its successor says so', async () => {
    const log = createMemoryLog();
    await log.add([opened('q4')]);
    tellLog({ part: 'engine', customer: 'acme', recorder: log, log })(change('open', 1000));
    await vi.waitFor(() => expect(log.all).toHaveLength(2));
    tellLog({ part: 'control', customer: 'acme', recorder: log, log });
    tellLog({ part: 'engine', customer: 'acme', recorder: log, log });
    await vi.waitFor(() => expect(log.all).toHaveLength(3));
    expect(log.all[2]).toMatchObject({ data: { part: 'engine', dependency: 'S3', state: 'closed' } });
  });
});
