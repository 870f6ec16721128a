import { describe, expect, it } from 'vitest';
import type { Mode } from '../../../../domain/mode.ts';
import { awaited } from '../../../../domain/stop/triggers/awaited.ts';
import { causeGoneSubject, standingOf, type StandingTrigger } from '../../../../domain/stop/triggers/standing.ts';
import type { DeploymentView } from '../../../../domain/view.ts';
import { fired } from './given.ts';

const NOTHING = { triggers: {}, holds: {}, commands: {} };
const standing = (trigger: Partial<StandingTrigger>) => standingOf(NOTHING, [fired(trigger)]);
const view = (mode: Mode = 'paused', shown: string[] = []) =>
  ({
    cohorts: { 'c-1': { mode } },
    evidence: Object.fromEntries(shown.map((stop) => [causeGoneSubject(stop), {}])),
  }) as unknown as Pick<DeploymentView, 'cohorts' | 'evidence'>;

describe('what the machine stopped keeps the watch at its post', () => {
  it.each<[string, boolean, Partial<StandingTrigger>, ReturnType<typeof view>]>([
    ['who waits for a connector', true, { row: 'connector-outage', subject: 'crm' }, view()],
    ['not once they go on, which the log says', false, { row: 'connector-outage', subject: 'crm', open: false }, view()],
    ['not for those who are gone for good', false, { row: 'connector-outage', subject: 'crm' }, view('terminated')],
    ['who logs in as somebody else', true, { row: 'wrong-identity' }, view('halted')],
    ['who drifted', true, { row: 'manifest-drift' }, view('halted')],
    ['a log that is not what it was', true, { row: 'audit-integrity', subject: 'deployment', cohorts: [] }, view()],
    ['not once people can rest on evidence', false, { row: 'wrong-identity' }, view('halted', ['stop-1'])],
    ['what shows that another stop may end', true, { row: 'wrong-identity' }, view('halted', ['stop-2'])],
    ['not a rollback: promoting again is a matter of people alone', false, { row: 'critical-level' }, view('shadow')],
    ['not what stopped nobody', false, { row: 'manifest-drift', stop: null }, view('live')],
  ])('%s: %s', (_, expected, trigger, seen) => {
    expect(awaited(seen, standing(trigger)).length > 0).toBe(expected);
  });
});
