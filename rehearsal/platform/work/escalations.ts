import type { Answering } from '../config.ts';
import { fraction, quickId } from '../hash.ts';
import type { Agent } from '../state/agent.ts';
import type { PlanClock } from './clock.ts';

export interface Escalation {
  id: string;
  agent: Agent;
  /** Whose queue it came to first. */
  manager: string;
  at: number;
  /** Executes nothing, whatever is decided. */
  synthetic: boolean;
  /** Its first manager does not answer it, whatever their habit. */
  leaveUnanswered: boolean;
  /** How often it was passed on. */
  level: number;
  assignedTo: string;
  assignedAt: number;
  decision: 'approved' | 'rejected';
  /** When whoever has it now will decide; null: never. Until that moment it is open. */
  decidedAt: number | null;
}

const REJECTED_SHARE = 0.06;
const USUAL: Answering = { delayHours: 0.5 };

/**
 * What lies in the managers' queues of a deployment. Each manager answers by their own habit, counted from when a question came to
 * them; nobody passes anything on by themselves: that is done from outside.
 */
export class Escalations {
  /** In the order in which they came. */
  readonly all: Escalation[] = [];
  /** Not decided yet. */
  open: Escalation[] = [];
  /** In the order of the decisions. */
  readonly decided: Escalation[] = [];
  readonly #byId = new Map<string, Escalation>();
  readonly #answering: Readonly<Record<string, Answering>>;
  readonly #clock: PlanClock;

  constructor(answering: Readonly<Record<string, Answering>>, clock: PlanClock) {
    this.#answering = answering;
    this.#clock = clock;
  }

  of(id: string): Escalation | undefined {
    return this.#byId.get(id);
  }

  /** What agents ask by themselves. */
  asked(agent: Agent, at: number): Escalation {
    return this.#new(`esc_${quickId(`${agent.home.path}/${agent.name}/${at}`)}`, { agent, manager: agent.managerEmail, at });
  }

  /** What is asked to see whether anybody answers. */
  tried(id: string, about: { agent: Agent; manager: string; at: number; leaveUnanswered: boolean }): void {
    this.add([this.#new(id, { ...about, synthetic: true })]);
  }

  /** Newer than all that are there, and in order of time. */
  add(raised: readonly Escalation[]): void {
    for (const escalation of raised) {
      this.all.push(escalation);
      this.open.push(escalation);
      this.#byId.set(escalation.id, escalation);
    }
  }

  passOn(id: string, to: string, at: number): void {
    const escalation = this.#byId.get(id);
    if (!escalation) throw new Error(`the journal names escalation ${id}, which was never raised`);
    escalation.level += 1;
    this.#assign(escalation, to, at);
  }

  /** Decides what is due by now; answers those, in the order of the decisions. */
  decide(now: number): Escalation[] {
    const isDue = ({ decidedAt }: Escalation): boolean => decidedAt !== null && decidedAt <= now;
    const due = this.open.filter(isDue).sort((a, b) => (a.decidedAt ?? 0) - (b.decidedAt ?? 0) || (a.id < b.id ? -1 : 1));
    if (due.length === 0) return due;
    this.open = this.open.filter((escalation) => !isDue(escalation));
    this.decided.push(...due);
    return due;
  }

  #new(
    id: string,
    { synthetic = false, leaveUnanswered = false, ...about }: Pick<Escalation, 'agent' | 'manager' | 'at'> & Partial<Escalation>,
  ): Escalation {
    const { manager, at } = about;
    const decision = fraction(`${id} decision`) < REJECTED_SHARE ? 'rejected' : 'approved';
    const escalation: Escalation = {
      ...{ id, ...about, synthetic, leaveUnanswered, level: 0, decision },
      ...{ assignedTo: manager, assignedAt: at, decidedAt: null },
    };
    this.#assign(escalation, manager, at);
    return escalation;
  }

  #assign(escalation: Escalation, to: string, at: number): void {
    const habit = this.#answering[to] ?? USUAL;
    const silent = 'never' in habit || (escalation.leaveUnanswered && escalation.level === 0);
    const haste = 0.7 + 0.3 * fraction(`${escalation.id} haste ${escalation.level}`);
    escalation.assignedTo = to;
    escalation.assignedAt = at;
    escalation.decidedAt = silent ? null : at + Math.ceil(this.#clock.wallMs(habit.delayHours * haste));
  }
}
