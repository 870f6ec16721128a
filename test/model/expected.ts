import type { Command } from '../../domain/command.ts';
import type { Mode } from '../../domain/mode.ts';
import type { Role } from '../../domain/roles.ts';
import { COHORTS, meant } from './world.ts';

interface Standing {
  kind: 'hold' | 'pause' | 'rollback' | 'halt' | 'terminate' | 'shutdown';
  cohorts: Set<string>;
  ceiling: Mode;
  releasedBy?: Role;
}

/** What each stop allows at most and which order ends it, written down a second time, as people would say it. */
const TABLE: Record<Standing['kind'], { ceiling: Mode; endedBy: readonly Command['kind'][] }> = {
  hold: { ceiling: 'shadow', endedBy: ['release'] },
  pause: { ceiling: 'paused', endedBy: ['resume'] },
  rollback: { ceiling: 'shadow', endedBy: ['promote'] },
  halt: { ceiling: 'halted', endedBy: ['lift'] },
  terminate: { ceiling: 'terminated', endedBy: [] },
  shutdown: { ceiling: 'halted', endedBy: ['lift'] },
};

const HEIGHT: readonly Mode[] = ['terminated', 'halted', 'paused', 'shadow', 'live'];

/** A plain memory of what was ordered and answered, to compare the rules with; it knows none of them. */
export class Expected {
  readonly standing = new Map<string, Standing>();
  readonly answers = new Map<string, string>();
  /** By group and the evidence that was signed: who approved it, by role. It counts whenever this evidence lies there. */
  readonly signed = new Map<string, Map<string, string>>();
  readonly evidence = new Map<string, string>();
  /** Step of the last stop over a cohort and of the last promotion of it by a person. */
  readonly stopped = new Map<string, number>();
  readonly promoted = new Map<string, number>();
  /** Cohorts whose group had everybody's signature when they were promoted. */
  readonly vouchedFor = new Set<string>();
  /** Generations under which each cohort was ever allowed to go live. */
  readonly authorised = new Map<string, Set<number>>();
  step = 0;

  constructor(evidence: Record<string, string>) {
    for (const [group, digest] of Object.entries(evidence)) this.evidence.set(group, digest);
  }

  applied(command: Command, ended: readonly { hold: string; cohort: string }[]): void {
    const { kind, scope, id, args, role, person, saw } = command;
    if (kind in TABLE) {
      const of = kind as Standing['kind'];
      const ceiling = kind === 'hold' ? (args.ceiling ?? 'shadow') : TABLE[of].ceiling;
      const { releasedBy = 'deployment-lead' } = args;
      this.standing.set(id, { kind: of, cohorts: new Set(meant(scope)), ceiling, releasedBy });
      if (kind !== 'hold' && kind !== 'pause') for (const cohort of meant(scope)) this.stopped.set(cohort, this.step);
    }
    for (const cohort of kind === 'confirm' ? Object.keys(args.noGo ?? {}) : [])
      this.standing.set(`${id}/${cohort}`, {
        kind: 'hold',
        cohorts: new Set([cohort]),
        ceiling: 'shadow',
        releasedBy: 'customer-lead',
      });
    if (kind === 'sign') {
      for (const group of scope.names) {
        const voices = this.#voices(group, saw.evidence[group]);
        if (args.decision === 'approve') voices.set(role, person);
        else voices.delete(role);
      }
    }
    for (const { hold, cohort } of ended) this.#end(command, hold, cohort);
  }

  /** A hold that ends does so by the order that ends its kind; anything else is a finding. */
  #end(command: Command, hold: string, cohort: string): void {
    const standing = this.standing.get(hold);
    if (standing === undefined) throw new Error(`${hold} ended, and nobody made it`);
    if (!TABLE[standing.kind].endedBy.includes(command.kind))
      throw new Error(`${command.kind} (${command.id}) ended the ${standing.kind} ${hold} for ${cohort}`);
    if (standing.kind === 'hold' && command.role !== standing.releasedBy) throw new Error(`${command.role} released ${hold}`);
    if (command.kind !== 'promote' && command.args.holdId !== hold)
      throw new Error(`${command.id} ended ${hold}, which it does not name`);
    // An agent belongs to the deployment, whose name stands for everything that the stop held.
    const named = meant(command.scope).includes(cohort) || command.scope.level === 'deployment';
    if (command.kind !== 'release' && !named)
      throw new Error(`${command.id} ended ${hold} for ${cohort}, which is not in its scope`);
    standing.cohorts.delete(cohort);
  }

  allowed(cohort: string, generation: number, command: Command): void {
    this.authorised.set(cohort, (this.authorised.get(cohort) ?? new Set()).add(generation));
    this.promoted.set(cohort, this.step);
    const group = COHORTS.find((c) => c.id === cohort)?.group ?? '';
    const voices = this.#voices(group, this.evidence.get(group));
    const persons = new Set(voices.values());
    const all = ['customer-lead', 'security-lead', 'cfo'].every((role) => voices.has(role));
    if (!all || persons.size < 3 || persons.has('dan')) throw new Error(`${command.id} promoted ${cohort} without its sign-offs`);
    if (command.role === 'machine') throw new Error(`the machine promoted ${cohort}`);
    this.vouchedFor.add(cohort);
  }

  renewed(group: string, digest: string): void {
    this.evidence.set(group, digest);
  }

  #voices(group: string, digest = 'none'): Map<string, string> {
    const about = `${group} ${digest}`;
    const voices = this.signed.get(about) ?? new Map<string, string>();
    this.signed.set(about, voices);
    return voices;
  }

  holdsOn(cohort: string): string[] {
    return [...this.standing].filter(([, s]) => s.cohorts.has(cohort)).map(([id]) => id);
  }

  /** A hold keeps from rising and lowers nothing: what is live stays so under it. */
  ceilingOn(cohort: string, holds = true): Mode {
    const on = [...this.standing.values()]
      .filter((s) => s.cohorts.has(cohort) && (holds || s.kind !== 'hold'))
      .map((s) => HEIGHT.indexOf(s.ceiling));
    return HEIGHT[Math.min(HEIGHT.length - 1, ...on)] ?? 'live';
  }
}

export const lowest = (a: Mode, b: Mode): Mode => (HEIGHT.indexOf(a) < HEIGHT.indexOf(b) ? a : b);
