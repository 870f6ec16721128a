import type { Answering, Employee } from '../config.ts';
import { shortHash } from '../hash.ts';
import type { SnapshotReply } from '../types.ts';

type People = ReadonlyMap<string, Employee>;

/** One consistent picture of who reports to whom; later changes in HRIS do not reach it. */
export interface Snapshot {
  reply: SnapshotReply;
  people: People;
}

export const managerId = (email: string): string => `mgr_${shortHash(email, 12)}`;

/** Plan hours after which an unanswered escalation goes one level up. */
const SLA_HOURS = 4;

export interface Decider {
  email: string;
  afterHours: number;
}

/** Who decides what lands in `manager`'s queue, and when: the manager, or after each SLA the next level up; null: nobody ever. */
export function deciderFor(people: People, answering: Readonly<Record<string, Answering>>, manager: string): Decider | null {
  let afterHours = 0;
  const seen = new Set<string>();
  for (let email: string | null = manager; email !== null && !seen.has(email);) {
    seen.add(email);
    const habit: Answering = answering[email] ?? { delayHours: 0.5 };
    if ('delayHours' in habit && (habit.delayHours <= SLA_HOURS || people.get(email)?.managerEmail == null)) {
      return { email, afterHours: afterHours + habit.delayHours };
    }
    afterHours += SLA_HOURS;
    email = people.get(email)?.managerEmail ?? null;
  }
  return null;
}

/** The customer's HRIS. The map is replaced by every change, so that a snapshot can keep the one it saw. */
export class Hris {
  authenticated = true;
  #people: Map<string, Employee>;

  constructor(employees: readonly Employee[]) {
    this.#people = new Map(employees.map((employee) => [employee.email, employee]));
  }

  get people(): People {
    return this.#people;
  }

  add(employee: Employee): void {
    this.#people = new Map(this.#people).set(employee.email, employee);
  }

  remove(email: string): void {
    this.#people = new Map(this.#people);
    this.#people.delete(email);
  }

  /** Everyone whom somebody reports to. */
  managers(): Set<string> {
    const managers = new Set<string>();
    for (const { managerEmail } of this.#people.values()) if (managerEmail !== null) managers.add(managerEmail);
    return managers;
  }
}
