import fc from 'fast-check';
import type { CohortEvent } from '../../domain/cohort.ts';
import { holdsOnAgent } from '../../domain/authority/agents.ts';
import { effectiveMode, holdsOn } from '../../domain/hold.ts';
import type { Command, Scope } from '../../domain/command.ts';
import { modeRank } from '../../domain/mode.ts';
import type { Role } from '../../domain/roles.ts';
import { COMMAND_CATALOGUE } from '../../domain/runbook/commands.ts';
import { GROUPS, order } from '../domain/authority/given.ts';
import { STOPPING_TABLE } from '../../domain/runbook/stopping.ts';
import { isStoppingKind } from '../../domain/stop/stop.ts';
import type { HoldView } from '../../domain/view.ts';
import { lowest, type Expected } from './expected.ts';
import type { System } from './system.ts';
import { AGENTS, COHORTS, FILE, SCOPES } from './world.ts';

/** Rows by which the machine stops, and the one that people alone go by. */
const TRIGGERS = STOPPING_TABLE.map(({ id }) => id);

type Step = fc.Command<Expected, System>;

/** How many steps were taken, all runs together. */
export const taken = { steps: 0, orders: 0, applied: 0, raised: 0, ended: 0 };

/** One step and, after it, every promise, for every cohort. */
const step = (name: string, run: (expected: Expected, system: System) => void): Step => ({
  check: () => true,
  run: (expected, system) => {
    run(expected, system);
    happened(expected, system);
  },
  toString: () => name,
});

const happened = (expected: Expected, system: System): void => {
  expected.step += 1;
  taken.steps += 1;
  promises(expected, system);
};

const same = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((x) => b.includes(x));

const onAgent = ({ state }: System, agent: string): string[] => holdsOnAgent(state, agent).map(({ id }) => id);

/** The holds on each cohort, and on each agent by name. */
const holdsIn = (system: System): [subject: string, holds: string[]][] => [
  ...COHORTS.map(({ id }): [string, string[]] => [id, system.view.cohorts[id]?.holds ?? []]),
  ...AGENTS.map((agent): [string, string[]] => [agent, onAgent(system, agent)]),
];

function promises(expected: Expected, system: System): void {
  const { view, state } = system;
  for (const { id: cohort, group, shape } of COHORTS) {
    const holds = holdsOn(state.holds, { cohort, group, wave: shape });
    const standing = expected.holdsOn(cohort);
    if (!same(view.cohorts[cohort]?.holds ?? [], standing))
      throw new Error(`${cohort}: the fold has other holds than ${standing.join(', ')}`);
    if (
      !same(
        holds.map((h) => h.id),
        standing,
      )
    )
      throw new Error(`${cohort}: orders are judged by other holds than ${standing.join(', ')}`);
    const ceiling = expected.ceilingOn(cohort);
    const progress = system.progressOf(cohort);
    if (effectiveMode(progress, holds) !== lowest(progress, ceiling))
      throw new Error(`${cohort}: not the lowest ceiling, ${ceiling}`);
    const { mode } = system.platform[cohort] ?? { mode: 'shadow' };
    if (modeRank(mode) > modeRank(expected.ceilingOn(cohort, false))) throw new Error(`${cohort} is ${mode} under ${ceiling}`);
    if (mode !== 'live') continue;
    if (!expected.vouchedFor.has(cohort)) throw new Error(`${cohort} is live, and nobody vouched for it`);
    if ((expected.stopped.get(cohort) ?? -1) > (expected.promoted.get(cohort) ?? 0))
      throw new Error(`${cohort} is live after a stop`);
  }
  for (const agent of AGENTS) {
    const standing = expected.holdsOn(agent);
    if (!same(onAgent(system, agent), standing)) throw new Error(`${agent}: other holds than ${standing.join(', ')}`);
  }
  for (const [id, times] of system.answers) if (times !== 1) throw new Error(`${id} was answered ${times} times`);
}

const TAKING_BACK: readonly Command['kind'][] = ['release', 'resume', 'lift'];

interface Choice {
  kind: Command['kind'];
  person: string;
  scope: Scope;
  decision: 'approve' | 'reject';
  /** Of the holds there are, this one. */
  nth: number;
  ceiling: 'shadow' | 'paused';
}

/** Mostly the ones that such an order takes back, now and then any. */
function holdsFor(kind: Command['kind'], nth: number, holds: HoldView[]): string[] {
  const fitting = holds.filter((h) => h.released === null && h.liftedBy === kind);
  return (nth % 4 > 0 && fitting.length > 0 ? fitting : holds).map((h) => h.holdId);
}

/** An order as somebody could give it now; most are given by who may, some by who may not. */
function drafted({ kind, person, scope, decision, nth, ceiling }: Choice, id: string, system: System): Command {
  const holds = holdsFor(kind, nth, Object.values(system.view.holds));
  const holdId = holds[nth % Math.max(1, holds.length)];
  const named = holdId === undefined ? undefined : system.view.holds[holdId];
  const who = FILE.people.find((p) => p.id === person);
  const may = COMMAND_CATALOGUE[kind].allowed.flatMap((rule) => rule.roles);
  const role: Role = person === 'golive' ? 'machine' : (who?.roles.find((r) => may.includes(r)) ?? who?.roles[0] ?? 'ceo');
  const evidence = Object.fromEntries(Object.entries(system.state.openEvidence));
  const about = TAKING_BACK.includes(kind) && named && nth % 5 > 0 ? named.scope : scope;
  const confirms = kind === 'confirm' ? { level: 'row' as const, names: ['W2.08'] } : undefined;
  return {
    ...order(person, role, kind, {
      scope: kind === 'go' ? { level: 'gate', names: ['gate-2'] } : (confirms ?? about),
      args: {
        decision,
        ceiling,
        ...(holdId === undefined ? {} : { holdId }),
        ...(person === 'golive' && isStoppingKind(kind) ? { trigger: TRIGGERS[nth % TRIGGERS.length] } : {}),
        ...(confirms && decision === 'reject' ? { noGo: { 'sales-ic-research': 'tone' } } : {}),
      },
    }),
    id,
    saw: { manifestSetDigest: 'sha256:set', runbookDigest: 'sha256:runbook', policyVersion: 3, evidence },
  };
}

function give(expected: Expected, system: System, command: Command): void {
  taken.orders += 1;
  const known = expected.answers.get(command.id);
  const holdsBefore = holdsIn(system);
  const authorised = COHORTS.map(({ id }) => system.platform[id]?.authorised);
  const answer = system.give(command);
  if (known !== undefined) {
    if (known !== answer) throw new Error(`${command.id} was ${known} and is ${answer}`);
    return;
  }
  expected.answers.set(command.id, answer);
  if (answer === 'refused') return;
  taken.applied += 1;
  const now = new Map(holdsIn(system));
  const ended = holdsBefore.flatMap(([cohort, holds]) =>
    holds.filter((hold) => now.get(cohort)?.includes(hold) !== true).map((hold) => ({ hold, cohort })),
  );
  taken.ended += ended.length;
  expected.applied(command, ended);
  if (command.kind !== 'promote') return;
  COHORTS.forEach(({ id }, i) => {
    const now = system.platform[id]?.authorised ?? null;
    if (now !== null && now !== authorised[i]) expected.allowed(id, now, command);
  });
}

/** Whatever happens besides orders: facts, evidence, ramps, failures, the hour. */
const facts = step('the rows of VALIDATE are met', (_, s) => s.settle('validate'));
const row = fc
  .constantFrom('W3.01', 'W3.04', 'W3.05', 'W3.08', 'W3.09')
  .map((id) => step(`${id} is met`, (_, s) => s.settle('golive', id)));
const renewed = fc.tuple(fc.constantFrom(...GROUPS), fc.nat(2)).map(([group, n]) =>
  step(`${group} has evidence ${n}`, (e, s) => {
    s.showEvidence(group, `sha256:${group}-${n}`);
    e.renewed(group, `sha256:${group}-${n}`);
  }),
);
const hour = fc.constantFrom(50, 70).map((hours) => step(`T+${hours}`, (_, s) => void (s.hours = hours)));

const cohort = fc.constantFrom(...COHORTS.map(({ id }) => id));
const ramp = fc.tuple(cohort, fc.constantFrom(25, 50, 100)).map(([id, percent]) =>
  step(`${id} ramps to ${percent} %`, (_, s) => {
    if (s.raise(id, percent)) taken.raised += 1;
  }),
);
/** A step that was authorised long ago and arrives now. */
const lateRaise = fc.tuple(cohort, fc.nat(30)).map(([id, generation]) =>
  step(`${id} is raised late, under generation ${generation}`, (e, s) => {
    if (e.authorised.get(id)?.has(generation) === true) s.raise(id, 100, generation);
  }),
);
const trouble = fc
  .tuple(
    cohort,
    fc.constantFrom<CohortEvent>(
      { type: 'left-wave', code: 'not_stable', reason: 'latency' },
      { type: 'failed', code: 'example_mismatch', reason: 'no' },
      { type: 'outcome-unknown', code: 'side_effect_unknown', reason: 'no answer' },
      { type: 'retried' },
    ),
  )
  .map(([id, event]) => step(`${id}: ${event.type}`, (_, s) => s.happen(id, event)));

const MOVING = ['sign', 'promote', 'promote', 'go', 'release', 'resume', 'lift', 'confirm', 'retry'] as const;
const STOPPING = ['hold', 'hold', 'pause', 'pause', 'rollback', 'rollback', 'rollback', 'halt', 'halt', 'terminate'] as const;
const PEOPLE = FILE.people.map((p) => p.id);

const choice = (kinds: readonly Command['kind'][], people: readonly string[] = PEOPLE, scopes = SCOPES) =>
  fc.record<Choice>({
    kind: fc.constantFrom(...kinds),
    person: fc.constantFrom(...people),
    scope: fc.constantFrom(...scopes),
    decision: fc.constantFrom('approve', 'approve', 'approve', 'reject'),
    nth: fc.nat(20),
    ceiling: fc.constantFrom('shadow', 'paused'),
  });
const ordered = (c: Choice): Step =>
  step(`${c.person}: ${c.kind} ${c.scope.level} ${c.scope.names.join()}`, (e, s) => give(e, s, drafted(c, `o${e.step}`, s)));

type Given = [person: string, kind: Command['kind'], scope: Scope];

/** Several orders one after the other; without such days few random runs would come to anything live. */
const together = (name: string, orders: readonly Given[]): Step =>
  step(name, (e, s) => {
    for (const window of ['validate', 'golive'] as const) s.settle(window);
    orders.forEach(([person, kind, scope], i) => {
      const c: Choice = { kind, person, scope, decision: 'approve', nth: 1, ceiling: 'shadow' };
      give(e, s, drafted(c, `o${e.step}-${i}`, s));
      happened(e, s);
    });
  });
const SIGNERS = ['chris', 'sam', 'finn'] as const;
const ALL: Scope = { level: 'deployment', names: [] };
const groups = SCOPES.filter(({ level }) => level === 'group');
const signed = fc.constantFrom(...groups).map((scope) =>
  together(
    `all sign ${scope.names.join()}`,
    SIGNERS.map((person): Given => [person, 'sign', scope]),
  ),
);
const opened = fc
  .constantFrom(...SCOPES)
  .map((scope) =>
    together(`gate 2 and ${scope.level} ${scope.names.join()} opened`, [
      ...SIGNERS.map((person): Given => [person, 'sign', { level: 'group', names: [...GROUPS] }]),
      ['lea', 'go', ALL],
      ['lea', 'promote', scope],
    ]),
  );
const liftedByTwo = fc.constant(
  together('a halt is lifted by two', [
    ['sam', 'lift', ALL],
    ['lea', 'lift', ALL],
  ]),
);

/** The same id once more, whatever it stands for now. */
const again = fc.tuple(choice([...MOVING, ...STOPPING]), fc.nat(50)).map(([c, nth]) =>
  step(`an id for the second time, now for ${c.kind}`, (e, s) => {
    const ids = [...e.answers.keys()];
    if (ids.length > 0) give(e, s, drafted(c, ids[nth % ids.length] ?? '', s));
  }),
);

const often = <T>(times: number, arbitrary: T): T[] => Array.from({ length: times }, () => arbitrary);

export const STEPS: fc.Arbitrary<Step>[] = [
  ...often(4, choice(MOVING).map(ordered)),
  ...often(3, choice(['promote', 'go', 'release', 'resume', 'lift'], ['lea', 'otto', 'sam']).map(ordered)),
  choice(
    STOPPING,
    PEOPLE,
    SCOPES.filter(({ level }) => level !== 'customer' && level !== 'deployment'),
  ).map(ordered),
  choice(['hold', 'pause', 'rollback', 'halt', 'shutdown'], ['lea', 'sam', 'finn']).map(ordered),
  choice(['pause', 'rollback', 'halt', 'resume', 'promote', 'lift'], ['golive']).map(ordered),
  signed,
  ...often(2, opened),
  ...often(2, liftedByTwo),
  again,
  ...often(2, fc.constant(facts)),
  ...often(2, row),
  renewed,
  hour,
  ...often(8, ramp),
  lateRaise,
  ...often(2, trouble),
];
