import { describe, expect, it } from 'vitest';
import { openAlerts } from '../../../../domain/stop/triggers/standing.ts';
import type { DeploymentView } from '../../../../domain/view.ts';
import { released } from './given.ts';

type View = Parameters<typeof openAlerts>[0];
const view = (stop: string | null, more: { cleared?: boolean; holds?: View['holds'] } = {}): View => ({
  triggers: {
    'manifest-drift/c-1': {
      fired: { row: 'manifest-drift', subject: 'c-1', cohorts: ['c-1'], stop, because: 'another digest' },
      cleared: more.cleared ? { at: 'T', because: 'over', index: 12 } : null,
      ...{ index: 7, at: 'T' },
    },
  } as unknown as DeploymentView['triggers'],
  holds: more.holds ?? {},
  commands: {},
});

describe('a row that fired for a cohort', () => {
  it.each<[string, number, View, string?]>([
    ['is open until it is over', 1, view('stop-1')],
    ['is over when the watch says so', 0, view('stop-1', { cleared: true })],
    [
      'is over once its stop has let the cohort go, before the watch has come to say so',
      0,
      view('stop-1', { holds: released('stop-1') }),
    ],
    ['is over for those alone whom the stop let go', 0, view('stop-1', { holds: released('stop-1', ['c-1']) })],
    ['is open for those whom the stop still holds', 1, view('stop-1', { holds: released('stop-1', ['c-2']) })],
    ['is open where it stopped nobody', 1, view(null)],
    ['is no alert of another cohort', 0, view('stop-1'), 'c-2'],
  ])('%s: %i', (_, open, given, cohort = 'c-1') => {
    expect(openAlerts(given, cohort)).toHaveLength(open);
  });
});
