type Habit = { delayHours: number } | { never: true };

export interface Company {
  /** Those to whom agents report. */
  managers: string[];
  employees: { email: string; name: string; managerEmail: string | null }[];
  answering: Record<string, Habit>;
  /** From a manager up to the top. */
  lineOf: (manager: string) => string[];
}

const NEVER: Habit = { never: true };
/** However much haste they make, more than four hours. */
const LATE: Habit = { delayHours: 7 };
/** However little, less. */
const soon = (n: number): Habit => ({ delayHours: 0.2 + (n % 34) / 10 });

/**
 * Managers under directors under heads under a boss; some of each rank answer late or never. The last two directors belong to
 * a branch of their own where nobody above the managers answers anything.
 */
export function makeCompany(count: number): Company {
  const bosses = new Map<string, string | null>();
  const answering: Record<string, Habit> = {};
  const hire = (email: string, boss: string | null, habit: Habit): string => {
    bosses.set(email, boss);
    answering[email] = habit;
    return email;
  };
  const ceo = hire('ceo@acme.test', null, soon(3));
  const abroad = hire('abroad@acme.test', null, NEVER);
  const directors = Math.ceil(count / 8);
  const heads = Array.from({ length: Math.ceil(directors / 10) }, (_, n) =>
    hire(`head-${n}@acme.test`, ceo, n % 5 === 0 ? NEVER : soon(n)),
  );
  const chiefs = Array.from({ length: directors }, (_, n) => {
    if (n >= directors - 2) return hire(`director-${n}@acme.test`, abroad, NEVER);
    return hire(`director-${n}@acme.test`, heads[n % heads.length] ?? ceo, n % 10 === 0 ? NEVER : n % 10 === 1 ? LATE : soon(n));
  });
  const managers = Array.from({ length: count }, (_, n) => {
    const silent = n % 20 === 7 || n === count - 1;
    const habit = silent ? NEVER : n % 14 === 3 ? LATE : soon(n);
    return hire(`manager-${String(n).padStart(4, '0')}@acme.test`, chiefs[Math.floor(n / 8)] ?? ceo, habit);
  });
  return {
    managers,
    employees: [...bosses].map(([email, managerEmail]) => ({ email, name: email, managerEmail })),
    answering,
    lineOf(manager) {
      const line: string[] = [];
      for (let person: string | null = manager; person !== null; person = bosses.get(person) ?? null) line.push(person);
      return line;
    },
  };
}

/** How often a question to `manager` must be passed on, and who answers it in the end; null: nobody. */
export function expected({ lineOf, answering }: Company, manager: string, isLeft: boolean): { level: number; by: string | null } {
  const line = lineOf(manager);
  for (const [level, person] of line.entries()) {
    const habit = answering[person] ?? NEVER;
    const inTime = 'delayHours' in habit && habit.delayHours < 4 && !(isLeft && level === 0);
    if (inTime) return { level, by: person };
    const isTop = level === line.length - 1;
    if (isTop) return { level, by: 'delayHours' in habit ? person : null };
  }
  return { level: 0, by: null };
}
