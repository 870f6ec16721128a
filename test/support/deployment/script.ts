import type { Command, Scope } from '../../../domain/command.ts';
import type { EntryData, EntryKind, EvidenceRef, MilestoneStatus, NewEntry, RecordedEntry } from '../../../domain/entry.ts';
import type { Role } from '../../../domain/roles.ts';
import { row } from '../../../domain/runbook/rows.ts';
import { isLate } from '../../../domain/clock.ts';
import { fixedHash } from '../../../domain/set/hash.ts';
import { random, type Random } from '../../../scripts/generate/random.ts';
import type { Cast } from './cast.ts';

export interface About {
  actor?: string;
  cohort?: string;
  agent?: string;
}

/** Index in the log of an entry by the end of its id; for what cites a cause. */
export type IndexOf = (id: string) => number;

interface Line {
  hours: number;
  id: string;
  kind: EntryKind;
  about: About;
  data: (indexOf: IndexOf) => unknown;
}

export const evidenceOf = (what: string): EvidenceRef => {
  const hex = Array.from({ length: 8 }, (_, i) => fixedHash(`${i}/${what}`).toString(16).padStart(8, '0')).join('');
  return { ref: `evidence/sha256/${hex}`, digest: `sha256:${hex}` };
};

/** Collects what happens, at plan hours; written as a log at the end: in order of time, numbered, causes before effects. */
export class Script {
  readonly cast: Cast;
  readonly chance: Random;
  readonly #lines: Line[] = [];

  constructor(cast: Cast, seed: number) {
    this.cast = cast;
    this.chance = random(seed, 'entries');
  }

  wall(hours: number): string {
    return new Date(this.cast.t0 + Math.round((hours * 3_600_000) / this.cast.file.speed)).toISOString();
  }

  say<K extends EntryKind>(
    hours: number,
    id: string,
    kind: K,
    data: EntryData[K] | ((indexOf: IndexOf) => EntryData[K]),
    about: About = {},
  ): void {
    this.#lines.push({ hours, id, kind, about, data: typeof data === 'function' ? data : () => data });
  }

  evidence(hours: number, subject: string, summary: string): void {
    this.say(hours, subject, 'evidence', { subject, summary, evidence: evidenceOf(subject) });
  }

  /** Settles a row as the engine would: `met` becomes `late` by the hour. Before T-0 nothing has a plan hour. */
  settle(hours: number, id: string, status: Exclude<MilestoneStatus, 'pending' | 'late'> = 'met', reason?: string): void {
    const { duePlanHours, waivedBecause } = row(id);
    const before = duePlanHours < 0 || hours < 0;
    const due = before ? hours : duePlanHours;
    const { speed } = this.cast.file;
    const late = !before && isLate({ dueMs: Date.parse(this.wall(due)), doneMs: Date.parse(this.wall(hours)), speed });
    const done =
      status === 'waived' || status === 'not-applicable'
        ? {}
        : { doneAt: this.wall(hours), ...(before ? {} : { donePlanHours: hours }) };
    const why = reason ?? (status === 'waived' ? waivedBecause : undefined);
    this.say(hours, `milestone/${id}`, 'milestone', {
      row: id,
      status: status === 'met' && late ? 'late' : status,
      dueAt: this.wall(due),
      duePlanHours,
      ...done,
      ...(why === undefined ? {} : { reason: why }),
      ...(status === 'met' ? { evidence: evidenceOf(id) } : {}),
    });
  }

  /** An applied order by the holder of a role. Its id is `<kind>-<n>`; the entry's id ends on `command/<id>`. */
  order(hours: number, id: string, kind: Command['kind'], role: Role, scope: Scope, more: Partial<Command> = {}): void {
    const person = this.cast.person(role);
    const { customer, deployment, environment, logOrigin } = this.cast.file;
    const command: Command = {
      v: 1,
      id,
      kind,
      customer,
      deployment,
      environment,
      logOrigin,
      person,
      role,
      scope,
      issuedAt: this.wall(hours - 0.01),
      expiresAt: this.wall(hours + 24),
      saw: { manifestSetDigest: this.cast.setDigest, runbookDigest: this.cast.runbookDigest, policyVersion: 1, evidence: {} },
      args: {},
      reason: 'as planned',
      ...more,
    };
    const latencyMs = this.chance.between(60, 700);
    this.say(
      hours,
      `command/${id}`,
      'command.applied',
      { command, envelope: evidenceOf(id), askedAt: this.wall(hours - 0.7), fenceGeneration: 1, latencyMs },
      { actor: person },
    );
  }

  /** The log: sorted by time (what was said first stays first within a moment), numbered from `first`. */
  entries(first = 0): RecordedEntry[] {
    const { customer, deployment } = this.cast.file;
    const lines = this.#lines
      .map((line, said) => ({ line, said }))
      .sort((a, b) => a.line.hours - b.line.hours || a.said - b.said);
    const places = new Map(lines.map(({ line }, i) => [line.id, first + i]));
    const indexOf: IndexOf = (id) => places.get(id) ?? -1;
    return lines.map(({ line: { hours, id, kind, about, data } }, i) => {
      const head = {
        v: 1,
        id: `${customer}/${deployment}/${id}`,
        at: this.wall(hours),
        kind,
        customer,
        deployment,
        actor: 'golive',
      };
      return { ...head, ...about, data: data(indexOf), index: first + i } as NewEntry & { index: number };
    });
  }
}
