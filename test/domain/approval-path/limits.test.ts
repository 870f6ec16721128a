import { beforeEach, describe, expect, it } from 'vitest';
import { approvalPaths, windowAt } from '../../../domain/approval-path/path.ts';
import { approvalWatchItems } from '../../../domain/approval-path/limits.ts';
import type { Role } from '../../../domain/roles.ts';
import { deploymentFile } from '../../audit/signed-set.ts';
import { at, MINUTE, T0, Told } from '../escalation/told.ts';

const HOUR = 60;
const digest = (n: number) => `sha256:${String(n).padStart(64, '0')}`;
const holder = (role: Role) => deploymentFile.people.find((p) => p.roles.includes(role))?.id ?? '';

let told: Told;
beforeEach(() => {
  told = new Told();
  told.file.limits = { ...told.file.limits, approvalLatencyHours: 4, approvalBacklog: 2, approvalOldestHours: 8 };
});

const pathOf = (role: Role, minutes: number) =>
  approvalPaths(told.view, told.file, T0 + minutes * MINUTE).filter((p) => p.role === role);
/** What the watcher writes at a minute. */
const watch = (minutes: number) => {
  const items = approvalWatchItems(told.view, told.file, T0 + minutes * MINUTE);
  for (const item of items) told.say(minutes, 'watch-item', item);
  return items.map(({ id, closed }) => `${closed === true ? 'closed ' : ''}${id}`);
};
let orders = 0;
const answered = (role: Role, askedAt: number, minutes: number) =>
  told.say(minutes, 'command.applied', {
    command: {
      id: `o-${orders++}`,
      kind: 'confirm',
      person: holder(role),
      role,
      scope: { level: 'row', names: ['X'] },
      args: {},
    },
    askedAt: at(askedAt),
    ...{ envelope: { ref: '', digest: '' }, fenceGeneration: 0, latencyMs: 1 },
  } as never);
/** In window 2, reviewed, with so many groups to sign since T+40. */
const toSign = (groups: number) => {
  told.say(24 * HOUR, 'gate.passed', { gate: 'gate-1', commandIndex: 0, planHours: 24, evidence: { ref: '', digest: '' } });
  const cohorts = Array.from({ length: groups }, (_, n) => ({
    id: `c-${n}`,
    group: `g-${n}`,
    shape: 'research' as const,
    agents: 1,
  }));
  told.say(24 * HOUR, 'plan.recorded', { cohorts, managers: 1, plan: { ref: '', digest: '' }, forecastMintHours: 1 });
  for (const { group, id } of cohorts)
    told.say(39 * HOUR, 'group.evidence', { group, cohorts: [id], agents: 1, evidence: { ref: '', digest: digest(1) } });
  told.say(40 * HOUR, 'milestone', { row: 'W2.08', status: 'met', dueAt: at(0), duePlanHours: 42 });
};
const signed = (role: Role, group: string, minutes: number) =>
  told.say(minutes, 'sign-off', { group, role, decision: 'approve', boundTo: digest(1), commandIndex: 0, channel: 'slack' });

describe('the approval path', () => {
  it('says of each role and window how long answers take, how much is open and what waits longest', () => {
    for (const [asked, done] of [
      [10, 70],
      [20, 140],
      [60, 360],
    ] as const)
      answered('customer-lead', asked, done);
    expect(pathOf('customer-lead', 7 * HOUR)).toEqual([
      expect.objectContaining({ window: 'provision', answered: 3, medianHours: 2, mostHours: 5, open: 0 }),
    ]);
    toSign(3);
    const now = pathOf('cfo', 41 * HOUR).at(-1);
    expect(now).toMatchObject({ window: 'validate', answered: 0, medianHours: null, open: 3, oldestHours: 1 });
  });

  it('counts as waited what was asked, not what the T-clock stood still', () => {
    told.say(60, 'clock.stopped', { planHours: 1, reason: 'x' });
    told.say(180, 'clock.started', { planHours: 1, speed: 1, wallAt: at(180) });
    answered('cfo', 30, 210);
    expect(pathOf('cfo', 240)[0]?.medianHours).toBe(1);
  });

  it('counts cards that ran out before the role had signed, and orders that came too late', () => {
    toSign(1);
    const card = { group: 'g-0', boundTo: digest(1), manifestSetDigest: digest(0), policyVersion: 1 };
    told.say(40 * HOUR, 'card.issued', { card: 'a', ...card, expiresAt: at(44 * HOUR) });
    signed('customer-lead', 'g-0', 43 * HOUR);
    told.say(44 * HOUR + 1, 'card.issued', { card: 'b', ...card, expiresAt: at(70 * HOUR) });
    told.say(45 * HOUR, 'command.refused', {
      ...{ commandId: 'late', kind: 'sign', code: 'command_expired', sentence: 'x', latencyMs: 1 },
      envelope: { ref: '', digest: '' },
    });
    told.view.commands.late = { ...told.view.commands.late, person: holder('cfo'), role: 'cfo' } as never;
    expect(pathOf('customer-lead', 46 * HOUR)).toEqual([]);
    expect(pathOf('cfo', 46 * HOUR)[0]).toMatchObject({ expiredCards: 1, expiredOrders: 1 });
  });

  it('knows which window was open when', () => {
    toSign(1);
    told.say(47 * HOUR, 'gate.passed', { gate: 'gate-2', commandIndex: 0, planHours: 47, evidence: { ref: '', digest: '' } });
    expect([-1, 0, 25 * HOUR, 47 * HOUR].map((m) => windowAt(told.view, T0 + m * MINUTE))).toEqual([
      'countdown',
      'provision',
      'validate',
      'golive',
    ]);
  });
});

describe('over a limit of the deployment file', () => {
  it('is a watch item, opened once, closed when it is under it again, and opened anew', () => {
    toSign(3);
    expect(watch(41 * HOUR)).toEqual(
      ['customer-lead', 'security-lead', 'cfo'].map((role) => `approval-path/backlog/${role}/validate/1`),
    );
    expect(watch(41 * HOUR + 1)).toEqual([]);
    signed('cfo', 'g-0', 42 * HOUR);
    expect(watch(42 * HOUR + 1)).toEqual(['closed approval-path/backlog/cfo/validate/1']);
    told.say(43 * HOUR, 'group.evidence', {
      group: 'g-0',
      cohorts: ['c-0'],
      agents: 1,
      evidence: { ref: '', digest: digest(2) },
    });
    expect(watch(43 * HOUR + 1)).toEqual(['approval-path/backlog/cfo/validate/2']);
  });

  it('is told of who is waited for too long, and of who takes too long to answer', () => {
    for (let n = 0; n < 3; n++) answered('security-lead', 60, 60 + 5 * HOUR);
    expect(watch(7 * HOUR)).toEqual(['approval-path/latency/security-lead/provision/1']);
    toSign(1);
    expect(watch(47 * HOUR)).toEqual(['closed approval-path/latency/security-lead/provision/1']);
    expect(watch(49 * HOUR)).toHaveLength(3);
    expect(told.view.watchItems['approval-path/oldest/cfo/validate/1']?.text).toBe(
      'CFO is waited for since 9 h of plan; the limit is 8 h.',
    );
  });

  it('nobody is over it before T-0, nor when the deployment is closed', () => {
    expect(watch(-1)).toEqual([]);
    toSign(1);
    expect(watch(49 * HOUR)).toHaveLength(3);
    told.say(50 * HOUR, 'deployment.closed', { result: 'failed' });
    expect(watch(51 * HOUR)).toHaveLength(3);
    expect(Object.values(told.view.watchItems).every((w) => w.closed !== null)).toBe(true);
  });
});
