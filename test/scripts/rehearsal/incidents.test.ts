import { describe, expect, it } from 'vitest';
import type { DeploymentFile } from '../../../domain/deployment-file.ts';
import type { DeploymentView } from '../../../domain/view.ts';
import type { IncidentView } from '../../../domain/view/stops.ts';
import { incidentDuties } from '../../../scripts/rehearsal/incidents.ts';

const STOP = 'trigger-write-rate-1';
const INCIDENT = `incident-${STOP}`;
const PLACE = { index: 1, at: '2026-03-03T10:00:00.000Z' };
const FILE = { people: [{ id: 'lea', roles: ['deployment-lead'], deputyOf: [] }] } as unknown as DeploymentFile;

interface Given {
  notes?: string[];
  landed?: boolean;
  writes?: boolean;
  released?: boolean;
}

const view = ({ notes = [], landed = true, writes = false, released = true }: Given): DeploymentView =>
  ({
    incidents: {
      [INCIDENT]: {
        ...{ incident: INCIDENT, openedBy: 'golive', closed: null, ...PLACE },
        opened: {
          incident: INCIDENT,
          severity: 3,
          title: 't',
          scope: { level: 'cohort', names: ['c-1'] },
          stop: STOP,
          owner: 'deployment-lead',
        },
        ackedBy: notes.includes('ack') ? 'lea' : null,
        notes: notes.map((act) => ({ incident: INCIDENT, act, text: '', by: 'lea', ...PLACE })),
      } as unknown as IncidentView,
    },
    stops: {
      [STOP]: { landed: landed ? {} : null, questionable: writes ? { incident: INCIDENT, cleaned: null, count: 3 } : null },
    },
    holds: { [STOP]: { kind: 'rollback', released: null, releasedFor: released ? ['c-1'] : [] } },
  }) as unknown as DeploymentView;

const next = (given: Given): string[] | undefined =>
  incidentDuties(view(given), FILE, () => ({ cause: 'a loop', followUp: 'count' }))[0]?.words;
const EARLY = ['ack', 'status', 'scope'];

describe('whoever owns an incident in a rehearsal', () => {
  it('takes it on first, then says how it stands and what is affected', () => {
    expect(next({})?.slice(0, 3)).toEqual(['incident', 'ack', INCIDENT]);
    expect(next({ notes: ['ack'] })).toContain('--status');
    expect(next({ notes: ['ack', 'status'] })).toContain('--scope');
  });

  it('waits until it has landed, and then deals with the writes, the cause and what follows from it', () => {
    expect(next({ notes: EARLY, landed: false })).toBeUndefined();
    expect(next({ notes: EARLY, writes: true })).toContain('--cleaned');
    expect(next({ notes: EARLY })).toEqual(expect.arrayContaining(['--root-cause', 'a loop', '--as', 'lea']));
    expect(next({ notes: [...EARLY, 'root-cause'] })).toEqual(expect.arrayContaining(['--follow-up', 'count', '--owner', 'lea']));
  });

  it('closes it once the stop was taken back', () => {
    const known = [...EARLY, 'root-cause', 'follow-up'];
    expect(next({ notes: known, released: false })).toBeUndefined();
    expect(next({ notes: known })?.slice(0, 3)).toEqual(['incident', 'close', INCIDENT]);
  });
});
