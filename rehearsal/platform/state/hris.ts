import type { Employee } from '../config.ts';
import { shortHash } from '../hash.ts';
import type { SnapshotReply } from '../types.ts';

type People = ReadonlyMap<string, Employee>;

/** One consistent picture of who reports to whom; later changes in HRIS do not reach it. */
export interface Snapshot {
  reply: SnapshotReply;
  people: People;
}

export const managerId = (email: string): string => `mgr_${shortHash(email, 12)}`;

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
