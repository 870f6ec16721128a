import { FUNCTIONS, type BusinessFunction } from '../../domain/manifest/manifest.ts';
import { personMaker, type NamedPerson } from './names.ts';
import { random } from './random.ts';

export interface Employee {
  email: string;
  name: string;
  managerEmail: string | null;
}

export const EXECUTIVES = ['ceo', 'cfo', 'customer-lead', 'security-lead'] as const;
export type Executive = (typeof EXECUTIVES)[number];

export interface Organisation {
  executives: Record<Executive, NamedPerson>;
  /** Those to whom agents report, by function. Every function has one at least. */
  managers: Record<BusinessFunction, NamedPerson[]>;
  /** Heads of function, for questions that no manager answers. */
  heads: Record<BusinessFunction, NamedPerson>;
  /** The whole tree, the CEO first; nobody stands before who they report to. */
  employees: Employee[];
  /** Makes another person of the customer who is in nobody's tree yet. */
  hire(managerEmail: string): NamedPerson;
  /** Makes a person of another company. */
  outsider(domain: string): NamedPerson;
}

const MANAGERS_PER_DIRECTOR = 8;
/** Functions whose head reports to an executive other than the CEO. */
const UNDER: Partial<Record<BusinessFunction, Executive>> = {
  finance: 'cfo',
  legal: 'cfo',
  people: 'customer-lead',
  security: 'security-lead',
  it: 'security-lead',
};

/** A company as HRIS shows it: managers, their directors, heads of function, executives, one CEO. So every skip-level leads to the top. */
export function organise(options: {
  seed: number;
  customer: string;
  managers: number;
  functions: readonly BusinessFunction[];
}): Organisation {
  const { seed, customer, functions } = options;
  const domain = `${customer}.example`;
  const make = personMaker(random(seed, 'people'));
  const employees: Employee[] = [];
  const hire = (managerEmail: string | null): NamedPerson => {
    const person = make(domain);
    employees.push({ email: person.email, name: person.name, managerEmail });
    return person;
  };

  const ceo = hire(null);
  const executives = { ceo, cfo: hire(ceo.email), 'customer-lead': hire(ceo.email), 'security-lead': hire(ceo.email) };
  const heads = {} as Record<BusinessFunction, NamedPerson>;
  const managers = {} as Record<BusinessFunction, NamedPerson[]>;
  for (const fn of FUNCTIONS) {
    heads[fn] = hire(executives[UNDER[fn] ?? 'ceo'].email);
    managers[fn] = [];
  }
  // Managers go round the functions that have agents, so that with enough agents every manager has some.
  const perFunction = functions.map((fn, i) => ({ fn, count: Math.ceil((options.managers - i) / functions.length) }));
  for (const { fn, count } of perFunction) {
    for (let i = 0, director = heads[fn]; i < count; i += 1) {
      if (i % MANAGERS_PER_DIRECTOR === 0) director = hire(heads[fn].email);
      managers[fn].push(hire(director.email));
    }
  }
  const all = Object.values(managers).flat();
  for (const [i, fn] of FUNCTIONS.entries()) {
    const substitute = all[i % all.length] ?? heads[fn];
    if (managers[fn].length === 0) managers[fn].push(substitute);
  }
  return { executives, heads, managers, employees, hire, outsider: make };
}
