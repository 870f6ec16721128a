import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { ESCALATION_LEVELS } from '../../../domain/notices/entries.ts';
import { escalations } from '../../../domain/escalation/due.ts';
import { emptyView } from '../../../domain/fold/empty.ts';
import { fold } from '../../../domain/fold/fold.ts';
import type { Role } from '../../../domain/roles.ts';
import { deploymentFile } from '../../audit/signed-set.ts';
import { at, MINUTE, T0, Told } from './told.ts';

const holder = (role: Role) => deploymentFile.people.find((p) => p.roles.includes(role))?.id ?? '';
const deputy = (role: Role) => deploymentFile.people.find((p) => p.deputyOf.includes(role))?.id ?? '';

let told: Told;
beforeEach(() => {
  told = new Told();
});

describe('what waits on a person', () => {
  it('is told to on-call, Deployment Lead, platform lead and executives after 15, 30, 60 and 120 minutes', () => {
    told.task(10);
    const seen = Array.from({ length: 200 }, (_, minute) => told.look(minute).map((r) => [minute - 10, r.level] as const)).flat();
    expect(seen).toEqual([
      [15, 'on-call'],
      [30, 'deployment-lead'],
      [60, 'platform-lead'],
      [120, 'executives'],
    ]);
    const [only] = Object.values(told.view.escalations);
    expect(only).toMatchObject({ escalation: 'task/vault/1', about: 'task/vault', owner: 'connector-standby', since: at(10) });
  });

  it('names the next moment at which somebody will be told', () => {
    told.task(10);
    expect(escalations(told.view, told.file, T0 + 11 * MINUTE).nextAtMs).toBe(T0 + 25 * MINUTE);
    expect(escalations(told.view, told.file, T0).nextAtMs).toBe(T0 + 25 * MINUTE);
  });

  it('is told all at once when nobody watched for long', () => {
    told.task(0);
    expect(told.levels(500)).toEqual([...ESCALATION_LEVELS]);
    expect(told.levels(501)).toEqual([]);
  });

  it('climbs no further for two hours once somebody took it on, and then in the same steps', () => {
    told.task(0);
    expect(told.levels(15)).toEqual(['on-call']);
    told.order(20, { escalation: 'task/vault/1' });
    expect(told.levels(139)).toEqual([]);
    expect(told.levels(140)).toEqual(['deployment-lead']);
    expect(told.levels(169)).toEqual([]);
    expect(told.levels(170)).toEqual(['platform-lead']);
    told.order(171, { escalation: 'task/vault/1' });
    expect(told.levels(290)).toEqual([]);
    expect(told.levels(291)).toEqual(['executives']);
  });

  it('is for the one to whom it was handed, who hears of it from then on instead of the owner', () => {
    told.task(0, 'operations-lead');
    told.look(15);
    told.order(16, { escalation: 'task/vault/1', handTo: holder('cfo') });
    const [next] = told.look(136);
    expect(next?.told).toEqual([holder('cfo'), holder('deployment-lead')]);
  });

  it('is closed when it is waited for no more, and counts anew when it comes back', () => {
    told.task(0);
    told.look(40);
    told.say(50, 'task.closed', { taskId: 'vault', how: 'the vault is open' });
    told.look(51);
    expect(told.view.escalations['task/vault/1']?.closed?.how).toBe('the vault is open');
    told.task(60);
    expect(told.levels(74)).toEqual([]);
    expect(told.levels(75)).toEqual(['on-call']);
    expect(Object.keys(told.view.escalations)).toEqual(['task/vault/1', 'task/vault/2']);
  });

  it('is closed with the deployment', () => {
    told.task(0);
    told.look(15);
    told.say(16, 'deployment.closed', { result: 'live' });
    told.look(17);
    expect(told.view.escalations['task/vault/1']?.closed?.how).toBe('the deployment is closed');
    expect(told.levels(500)).toEqual([]);
  });

  it('waits for the last two hours before the runbook wants it: the last level is told when it is due', () => {
    told.say(66 * 60, 'gate.passed', { gate: 'gate-1', commandIndex: 0, planHours: 24, evidence: { ref: '', digest: '' } });
    told.say(66 * 60, 'gate.passed', { gate: 'gate-2', commandIndex: 0, planHours: 48, evidence: { ref: '', digest: '' } });
    const w315 = (minutes: number) => told.look(minutes).filter((r) => r.about === 'confirm-W3.15/cfo');
    expect(w315(68 * 60 + 14)).toEqual([]);
    expect(w315(68 * 60 + 15).map((r) => r.level)).toEqual(['on-call']);
    expect(w315(70 * 60 - 1).map((r) => r.level)).toEqual(['deployment-lead', 'platform-lead']);
    expect(w315(70 * 60).map((r) => r.level)).toEqual(['executives']);
  });
});

describe('while the T-clock stands still', () => {
  it('nothing climbs but the restart itself, and what had waited goes on waiting from there', () => {
    told.task(0);
    told.look(15);
    told.say(20, 'clock.stopped', { planHours: 1 / 3, reason: 'fire alarm' });
    expect(told.look(35).map((r) => [r.about, r.level])).toEqual([['clock-restart', 'on-call']]);
    expect(told.look(140).map((r) => r.about)).toEqual(['clock-restart', 'clock-restart', 'clock-restart']);
    told.say(200, 'clock.started', { planHours: 1 / 3, speed: 1, wallAt: at(200) });
    expect(told.look(209).map((r) => r.about)).toEqual([]);
    expect(told.look(210).map((r) => [r.about, r.level])).toEqual([['task/vault', 'deployment-lead']]);
    expect(told.view.escalations['clock-restart/1']?.closed).not.toBeNull();
  });

  it('a re-baseline takes nothing back of what was waited', () => {
    told.task(0);
    told.say(10, 'clock.rebaselined', { shiftHours: 5, reason: 'a night of repairs' });
    expect(told.levels(14)).toEqual([]);
    expect(told.levels(15)).toEqual(['on-call']);
  });

  it('nothing climbs before T-0, and what waited then waits from T-0', () => {
    const before = new Told();
    before.view.clock = emptyView().clock;
    before.task(-300);
    expect(before.levels(-1)).toEqual([]);
    told.task(-300);
    expect(told.levels(14)).toEqual([]);
    expect(told.levels(15)).toEqual(['on-call']);
  });
});

describe('who is told', () => {
  it('whoever is waited for each time, with deputies from the second level, and the people of the level', () => {
    told.task(0, 'atlas-operator');
    const levels = Object.fromEntries(told.look(120).map((r) => [r.level, r.told]));
    expect(levels['on-call']).toEqual([holder('atlas-operator'), holder('arx-standby')]);
    expect(levels['deployment-lead']).toEqual([holder('atlas-operator'), deputy('atlas-operator'), holder('deployment-lead')]);
    expect(levels.executives).toEqual(
      expect.arrayContaining((['ceo', 'cfo', 'customer-lead', 'security-lead'] as const).map(holder)),
    );
  });

  it('the platform lead that the file names, or else the deputy of ARX Standby', () => {
    told.task(0);
    const standby = told.look(60).find((r) => r.level === 'platform-lead')?.told;
    expect(standby).toContain(deputy('arx-standby') === '' ? holder('arx-standby') : deputy('arx-standby'));
    told = new Told();
    told.file.platformLead = holder('cfo');
    told.task(0);
    expect(told.look(60).find((r) => r.level === 'platform-lead')?.told).toContain(holder('cfo'));
  });

  it('deputies at once when the holder cannot be reached at this hour', () => {
    const hours = { zone: 'UTC', from: '12:00', to: '13:00' };
    told.file.people = told.file.people.map((p) => (p.roles.includes('atlas-operator') ? { ...p, contactHours: hours } : p));
    told.task(0, 'atlas-operator');
    expect(told.look(15)[0]?.told).toEqual([holder('atlas-operator'), deputy('atlas-operator'), holder('arx-standby')]);
  });

  it('whoever was asked to watch with them, as long as that is in force and about such orders', () => {
    told.task(0, 'atlas-operator');
    const watch = { role: 'atlas-operator' as const, mode: 'watch' as const, kinds: [], until: at(60) };
    const delegation = {
      id: 'd',
      to: 'wanda',
      principal: holder('atlas-operator'),
      revoked: null,
      index: 0,
      at: at(0),
      ...watch,
    };
    told.view.delegations.d = delegation;
    const levels = [15, 30, 60].flatMap((minute) => told.look(minute).map((r) => r.told.includes('wanda')));
    expect(levels).toEqual([true, true, false]);
  });

  it('of two hundred parked cohorts once per cause, not two hundred times', () => {
    for (let n = 0; n < 200; n++) {
      const data = {
        taskId: `parked/${n}`,
        owner: 'connector-standby',
        code: 'platform_unreachable',
        sentence: `c-${n}: x.`,
        next: '',
      };
      fold(told.view, {
        ...{ v: 1, id: `p/${n}`, at: at(n), kind: 'task.opened', customer: 'northwind', deployment: 'q1', actor: 'golive' },
        cohort: `c-${n}`,
        data,
        index: 1000 + n,
      } as never);
    }
    const raised = told.look(15);
    expect(raised).toHaveLength(1);
    expect(raised[0]?.what).toContain('200 cohorts, first c-0');
  });
});

describe('however often and whenever the watcher looks', () => {
  it('each level is told once, in order, and never before its time', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 0, max: 200 }),
        fc.option(fc.tuple(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 1, max: 100 }))),
        (looks, asked, stop) => {
          const world = new Told();
          const events: [number, () => unknown][] = [[asked, () => world.task(asked)]];
          if (stop !== null) {
            const [from, length] = stop;
            events.push([from, () => world.say(from, 'clock.stopped', { planHours: 0, reason: 'x' })]);
            events.push([
              from + length,
              () => world.say(from + length, 'clock.started', { planHours: 0, speed: 1, wallAt: at(from + length) }),
            ]);
          }
          const seen: [number, string][] = [];
          for (const minute of looks)
            events.push([
              minute,
              () =>
                seen.push(
                  ...world
                    .look(minute)
                    .filter((r) => r.about === 'task/vault')
                    .map((r): [number, string] => [minute, r.level]),
                ),
            ]);
          for (const [, event] of events.sort((a, b) => a[0] - b[0])) event();
          expect(seen.map(([, level]) => level)).toEqual(ESCALATION_LEVELS.slice(0, seen.length));
          const stood = (minute: number) =>
            stop === null ? 0 : Math.max(0, Math.min(minute, stop[0] + stop[1]) - Math.max(asked, stop[0]));
          const after = { 'on-call': 15, 'deployment-lead': 30, 'platform-lead': 60, executives: 120 } as Record<string, number>;
          for (const [minute, level] of seen)
            expect(minute - asked - stood(minute)).toBeGreaterThanOrEqual((after[level] ?? 0) - 1e-6);
        },
      ),
    );
  });
});
