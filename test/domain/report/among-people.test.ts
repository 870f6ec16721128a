import { describe, expect, it } from 'vitest';
import { amongPeople } from '../../../domain/report/among-people.ts';
import { deploymentEntries } from '../../support/deployment-entries.ts';

const { view, file } = deploymentEntries();
const told = amongPeople(view, file);

describe('what a report says of the people', () => {
  it('each escalation with every level, who had it in hand and how it ended', () => {
    expect(
      told.escalations.map((e) => [e.id, e.levels.map((l) => l.level), e.acknowledged?.handedTo ?? null, e.closed?.how ?? null]),
    ).toEqual([
      ['sign/cfo/1', ['on-call', 'deployment-lead'], null, expect.stringContaining('did it')],
      ['confirm-W3.15/cfo/1', ['on-call'], file.people.find((p) => p.roles.includes('ceo'))?.id, null],
    ]);
    for (const e of told.escalations) for (const l of e.levels) expect(view.figures.last?.index).toBeGreaterThan(l.auditIndex);
  });

  it('the approval path by role and window, with the limits of the deployment file, and nothing where there is no file', () => {
    const paths = told.approvalPath?.paths ?? [];
    expect(paths.length).toBeGreaterThan(5);
    expect(paths.find((p) => p.role === 'cfo' && p.window === 'validate')).toMatchObject({
      answered: 1,
      medianHours: 0.7,
      open: 0,
    });
    expect(told.approvalPath?.limits).toEqual({ latencyHours: 4, backlog: 250, oldestHours: 8 });
    expect(amongPeople(view, null).approvalPath).toBeNull();
  });

  it('sign-offs by where they were given, cards by what became of them', () => {
    expect(told.signOffChannels).toEqual({ cli: view.signOffs.length, slack: 0 });
    const { issued, ...rest } = told.cards;
    expect(issued).toBe(Object.keys(view.cards).length);
    expect(Object.values(rest).reduce((a, b) => a + b)).toBe(issued);
    expect(rest.decided).toBeGreaterThan(0);
    expect(rest.expired).toBeGreaterThan(0);
  });

  it('who acted for whom until when, and when that was taken back', () => {
    const [only] = told.delegations;
    expect(only).toMatchObject({ id: 'delegate-1', role: 'security-lead', mode: 'act', kinds: ['sign'] });
    expect(only?.revoked?.by).toBe(only?.principal);
  });

  it('who took over what, by the digest of the pack and the entry that accepts it', () => {
    expect(told.handOver?.evidence.digest).toMatch(/^sha256:/);
    expect(told.handOver?.accepted?.by).toBe(file.people.find((p) => p.roles.includes('operations-lead'))?.id);
    expect(told.handOver?.accepted?.auditIndex).toBeGreaterThan(told.handOver?.auditIndex ?? Infinity);
  });

  it('what the drill found, with the managers who are to be taught again', () => {
    expect(told.drill).toMatchObject({ asked: 120, inTime: 110, responseRate: 0.924, slowCount: 9 });
    expect(told.drill?.slow).toHaveLength(9);
  });

  it('what was told and has reached nobody, and what the gateway turned away', () => {
    expect(told.channel).toEqual({ made: 13, waiting: 1, sent: { slack: 12 } });
    expect(told.turnedAway).toEqual({ signature_invalid: 12, unknown_user: 3, replayed: 1 });
  });
});
