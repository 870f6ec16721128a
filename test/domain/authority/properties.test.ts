import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Decision, DeploymentStateView } from '../../../domain/authority/context.ts';
import { subjects } from '../../../domain/authority/context.ts';
import { judge } from '../../../domain/authority/judge.ts';
import { missingApprovals, missingSignatures, missingWaivers } from '../../../domain/authority/quorum.ts';
import { record } from '../../../domain/authority/record.ts';
import { COMMAND_KINDS, SCOPE_LEVELS, type Command, type Scope } from '../../../domain/command.ts';
import type { DeploymentFile } from '../../../domain/deployment-file.ts';
import { ROLES, type Role } from '../../../domain/roles.ts';
import { ROWS } from '../../../domain/runbook/rows.ts';
import { context, FILE, GROUPS, inWindow, NOW, order, signerOf } from './given.ts';

// Three people who hold every role among them, one of them twice in the file, and the one who started it.
const everyRole = ROLES.filter((role) => role !== 'machine');
const crowd: DeploymentFile = {
  ...FILE,
  people: ['ann', 'ben', 'ben-again', 'dan'].map((id) => ({
    id,
    name: id,
    email: id === 'ben-again' ? 'ben@acme.example' : `${id}@acme.example`,
    roles: everyRole,
    deputyOf: [],
    keys: [`ed25519:${id}`],
  })),
};
const human = (id: string): string => (id === 'ben-again' ? 'ben' : id);

const role = fc.constantFrom(...everyRole);
const decision = fc.constantFrom('approve' as const, 'approve' as const, 'reject' as const);
const scopeOf = {
  approve: fc.constantFrom<Scope>({ level: 'set', names: [] }, { level: 'deployment', names: [] }),
  sign: fc.subarray([...GROUPS], { minLength: 1 }).map((names) => ({ level: 'group' as const, names })),
  waive: fc.constantFrom('W1.12', 'W3.01').map((name) => ({ level: 'row' as const, names: [name] })),
};
const evidence = Object.fromEntries(GROUPS.map((g) => [g, `sha256:${g}`]));
const vote = fc.constantFrom('approve' as const, 'sign' as const, 'waive' as const).chain((kind) =>
  fc.record({ person: fc.constantFrom('ann', 'ben', 'ben-again', 'dan'), role, decision, scope: scopeOf[kind] }).map((v) => {
    const base = order(v.person, v.role, kind, { scope: v.scope, args: { decision: v.decision } });
    return { ...base, saw: { ...base.saw, evidence } };
  }),
);

const run = (state: DeploymentStateView, commands: Command[]): DeploymentStateView =>
  commands.reduce((s, command) => {
    const ctx = { ...context(s, command), file: crowd, signer: signerOf(crowd, command.person) };
    return record(s, command, judge(command, ctx), crowd);
  }, state);

const fresh = () => inWindow('provision', 'shadow', { decided: {}, setApprovedUntil: {}, milestones: {} });
const persons = (decided: Decision | undefined): string[] => Object.values(decided ?? {}).map(human);

describe('whatever people order, in whatever roles', () => {
  it('no quorum is made of fewer persons than it has roles', () => {
    fc.assert(
      fc.property(fc.array(vote, { maxLength: 40 }), (commands) => {
        const { decided } = run(fresh(), commands);
        for (const [subject, decision] of Object.entries(decided)) {
          expect(new Set(persons(decision)).size, subject).toBe(Object.keys(decision).length);
        }
      }),
    );
  });

  it('two people never complete what takes three or four, and one never waives', () => {
    const byTwo = fc.array(
      vote.filter((v) => human(v.person) !== 'ann'),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(byTwo, (commands) => {
        const state = run(fresh(), commands);
        expect(missingApprovals(state, NOW)).not.toEqual([]);
        for (const group of GROUPS) expect(missingSignatures(state, group)).not.toEqual([]);
      }),
    );
    const byOne = fc.array(
      vote.filter((v) => human(v.person) === 'ben'),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(byOne, (commands) => {
        expect(missingWaivers(run(fresh(), commands), 'W1.12')).not.toEqual([]);
      }),
    );
  });

  it('who started the deployment is never counted for an approval or a sign-off', () => {
    fc.assert(
      fc.property(fc.array(vote, { maxLength: 40 }), (commands) => {
        const { decided, rejected } = run(fresh(), commands);
        for (const [subject, decision] of [...Object.entries(decided), ...Object.entries(rejected)]) {
          if (!subject.startsWith('waive:')) expect(persons(decision), subject).not.toContain('dan');
        }
      }),
    );
  });

  it('nobody is counted in a role that may not decide', () => {
    const may: Record<string, readonly Role[]> = {
      [subjects.set]: ['ceo', 'customer-lead', 'cfo', 'security-lead'],
      [subjects.goAhead]: ['customer-lead'],
      [subjects.sign('sales-ic')]: ['customer-lead', 'security-lead', 'cfo'],
      [subjects.waive('W1.12')]: ['deployment-lead', 'connector-standby'],
    };
    fc.assert(
      fc.property(fc.array(vote, { maxLength: 40 }), (commands) => {
        const { decided } = run(fresh(), commands);
        for (const [subject, roles] of Object.entries(may)) {
          expect(roles).toEqual(expect.arrayContaining(Object.keys(decided[subject] ?? {})));
        }
      }),
    );
  });
});

const name = fc.constantFrom(
  'sales-ic',
  'sales-ic-research',
  'research',
  'gate-1',
  'W1.12',
  'W2.08',
  'C4',
  '__proto__',
  'nobody',
);
const anyOrder = fc
  .record({
    id: fc.constantFrom('a', 'b', 'c', '__proto__'),
    person: fc.constantFrom(...FILE.people.map((p) => p.id), 'eve'),
    role: fc.constantFrom(...ROLES),
    kind: fc.constantFrom(...COMMAND_KINDS),
    scope: fc.record({ level: fc.constantFrom(...SCOPE_LEVELS), names: fc.array(name, { maxLength: 2 }) }),
    args: fc.record(
      {
        decision,
        clock: fc.constantFrom('start' as const, 'stop' as const, 'rebaseline' as const),
        holdId: fc.constantFrom('a', '__proto__'),
        shiftHours: fc.double(),
        noGo: fc.constant({ 'sales-ic-research': 'tone' }),
      },
      { requiredKeys: [] },
    ),
    expiresAt: fc.constantFrom('2026-03-02T13:00:00.000Z', NOW, 'never'),
    customer: fc.constantFrom('acme', 'acme', 'acme', 'other'),
  })
  .map(({ person, role, kind, ...change }) => order(person, role, kind, change));
const anyState = fc
  .constantFrom('countdown' as const, 'provision' as const, 'validate' as const, 'golive' as const, 'after' as const)
  .chain((window) =>
    fc.constantFrom('shadow' as const, 'isolated' as const, 'live' as const).map((phase) => inWindow(window, phase)),
  );

describe('whatever is ordered, in whatever state', () => {
  it('gets an answer, the same one each time, and judging changes nothing', () => {
    fc.assert(
      fc.property(anyState, anyOrder, (state, command) => {
        const before = JSON.stringify(state);
        const answer = judge(command, context(state, command));
        expect(judge(command, context(state, command))).toEqual(answer);
        expect(JSON.stringify(state)).toBe(before);
        if (answer.verdict === 'refused') expect(answer.sentence).not.toBe('');
      }),
      { numRuns: 500 },
    );
  });

  it('changes nothing but the list of answers when it is refused', () => {
    fc.assert(
      fc.property(anyState, anyOrder, (state, command) => {
        const answer = judge(command, context(state, command));
        if (answer.verdict === 'applied') return;
        const { seen: _after, ...after } = record(state, command, answer, FILE);
        const { seen: _before, ...before } = state;
        expect(after).toEqual(before);
      }),
      { numRuns: 500 },
    );
  });

  it('gets its first answer again for ever', () => {
    fc.assert(
      fc.property(anyState, fc.array(anyOrder, { maxLength: 20 }), (start, commands) => {
        const first = new Map<string, unknown>();
        let state = start;
        for (const command of commands) {
          const ctx = context(state, command);
          const answer = judge(command, ctx);
          if (first.has(command.id) && ctx.signer !== null) expect(answer).toEqual(first.get(command.id));
          if (ctx.signer !== null && !first.has(command.id)) first.set(command.id, answer);
          state = record(state, command, answer, FILE);
        }
      }),
    );
  });
});

describe('the state that is handed to the judge', () => {
  it.each([
    { length: 34, what: 'names of usual length', kilobytes: 48, personal: false },
    { length: 34, what: 'a personal signature for each group', kilobytes: 52, personal: true },
    { length: 63, what: 'the longest names that are allowed', kilobytes: 64, personal: false },
  ])('stays under $kilobytes KB for 250 cohorts in 84 groups, all signed, with $what', ({ length, kilobytes, personal }) => {
    const state = fresh();
    const named = (start: string) => start.padEnd(length, 'x');
    for (let i = 0; i < 250; i++) {
      const group = named(`customer-support-lead-${i % 84}-`);
      (state.groups[group] ??= {})[named(`customer-support-lead-${i}-`)] = { shape: 'coordination', phase: 'handed-over' };
      state.openEvidence[group] = `sha256:${'0'.repeat(64)}`;
      if (personal) state.personal[group] = ['cfo'];
      state.decided[subjects.sign(group)] = { 'customer-lead': 'maria-lopez', 'security-lead': 'sam-okafor', cfo: 'finn-larsen' };
    }
    state.milestones = Object.fromEntries(ROWS.map((r) => [r.id, 'not-applicable']));
    expect(JSON.stringify(state).length).toBeLessThan(kilobytes * 1024);
  });
});
