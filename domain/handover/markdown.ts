import { clause, number, plural, roleName } from '../describe/words.ts';
import { cell, table } from '../report/brief-tables.ts';
import type { Role } from '../roles.ts';
import type { HandoverPack } from './pack.ts';

/** The pack for people to read: what is open first, then whom to call and how to stop, then what to look at. */
export function handoverMarkdown(pack: HandoverPack): string {
  const { customer, deployment, environment, agents, notLive } = pack;
  const sections = [
    [
      `# ${customer}/${deployment}: hand-over to Operations`,
      `${number(agents.live)} of ${plural(agents.total, 'agent')} live${notLive.length === 0 ? '' : `, ${plural(notLive.length, 'cohort')} not live`}. Environment: ${environment ?? 'not said'}. Manifest set: \`${pack.manifestSetDigest ?? 'not said'}\`. Deployment file: version ${pack.policyVersion}.`,
      'With `golive confirm W3.13` the Operations Lead accepts exactly this document, by its digest, and owns the deployment from then on: promotions and resumes are theirs.',
    ],
    ['## What is not live, and what would lift it', ...asTable(NOT_LIVE, notLive, 'Nothing: every cohort is live.')],
    ['## Holds', ...asTable(HOLDS, pack.holds, 'Nobody holds anything.')],
    ['## What is stopped', ...asTable(STOPPED, pack.stops, 'Nothing is stopped.')],
    ['## Incidents', ...asTable(INCIDENTS, pack.incidents, 'None is open.')],
    ['## Open tasks', ...asTable(TASKS, pack.tasks, 'None.')],
    ['## Watch items', ...asTable(WATCH, pack.watchItems, 'None.')],
    ['## Escalations', ...asTable(ESCALATIONS, pack.escalations, 'None is open.')],
    ['## Who acts for whom', ...asTable(DELEGATIONS, pack.delegations, 'Nobody delegated anything that was not taken back.')],
    ...(pack.slowManagers === null ? [] : [slow(pack.slowManagers)]),
    ['## Whom to call', contacts(pack)],
    ['## How to stop', ...asTable(STOPPING, pack.howToStop, '')],
    ['## The first week', ...asTable(CHECKS, pack.firstWeek, '')],
  ];
  return `${sections.map((lines) => lines.join('\n\n')).join('\n\n')}\n`;
}

/** Columns by their heads. */
type Columns<T> = Record<string, (row: T) => string>;

const asTable = <T>(columns: Columns<T>, rows: readonly T[], otherwise: string): string[] => [
  rows.length === 0
    ? otherwise
    : table(
        Object.keys(columns),
        rows.map((row) => Object.values(columns).map((column) => column(row))),
      ),
];

const code = (command: string | null): string => (command === null ? '–' : `\`${command}\``);
/** Minutes are enough. @example '2026-03-10 08:12 UTC' */
const when = (iso: string): string => `${iso.slice(0, 16).replace('T', ' ')} UTC`;

const NOT_LIVE: Columns<HandoverPack['notLive'][number]> = {
  Cohort: (c) => c.cohort,
  Agents: (c) => number(c.agents),
  State: (c) => c.standing,
  Why: (c) => clause(c.reason ?? '–'),
  'What would lift it': (c) => clause(c.liftedBy ?? '–'),
};

const HOLDS: Columns<HandoverPack['holds'][number]> = {
  On: (h) => h.on,
  'At most': (h) => h.atMost,
  Why: (h) => clause(h.why),
  By: (h) => h.by,
  Since: (h) => when(h.since),
  'What lifts it': (h) => `${roleName(h.mayRelease)}: ${code(h.command)}`,
};

const STOPPED: Columns<HandoverPack['stops'][number]> = {
  What: (s) => s.what,
  Why: (s) => clause(s.why),
  By: (s) => s.by,
  Since: (s) => when(s.since),
  Landed: (s) => s.landed,
  'What takes it back': (s) => (s.command === null ? 'nothing' : code(s.command)),
};

const INCIDENTS: Columns<HandoverPack['incidents'][number]> = {
  Incident: (i) => `SEV-${i.severity}: ${clause(i.title)} (\`${i.id}\`)`,
  Owner: (i) => roleName(i.owner),
  'In hand of': (i) => i.inHandOf ?? 'nobody',
  'Questionable writes': (i) => i.writes ?? '–',
};

const TASKS: Columns<HandoverPack['tasks'][number]> = {
  Owner: (t) => roleName(t.owner),
  What: (t) => clause(t.sentence),
  Next: (t) => t.next,
  Since: (t) => when(t.since),
};

const WATCH: Columns<HandoverPack['watchItems'][number]> = {
  What: (w) => clause(w.text),
  Owner: (w) => roleName(w.owner),
  Since: (w) => when(w.since),
};

const ESCALATIONS: Columns<HandoverPack['escalations'][number]> = {
  What: (e) => clause(e.what),
  Owner: (e) => roleName(e.owner),
  Since: (e) => when(e.since),
  'In hand of': (e) => e.inHandOf ?? 'nobody',
};

const DELEGATIONS: Columns<HandoverPack['delegations'][number]> = {
  For: (d) => `${d.from} as ${roleName(d.role)}`,
  'Who acts': (d) => (d.mode === 'watch' ? `${d.to} (is only told)` : d.to),
  Until: (d) => when(d.until),
  'Taken back with': (d) => code(d.command),
};

const STOPPING: Columns<HandoverPack['howToStop'][number]> = {
  'To do': (w) => w.what,
  How: (w) => (w.command === null ? `Not built yet. ${w.instead ?? ''}` : code(w.command)),
  'Who may': (w) => (w.may.length >= EVERYBODY ? 'every role' : w.may.map(roleName).join(', ')),
};
const EVERYBODY = 7;

const CHECKS: Columns<HandoverPack['firstWeek'][number]> = {
  When: (c) => c.when,
  What: (c) => clause(c.what),
  How: (c) => code(c.command),
  Who: (c) => roleName(c.owner),
};

function slow({ count, first, evidence }: NonNullable<HandoverPack['slowManagers']>): string[] {
  const rest = count - first.length;
  const names = first.map((s) => s.manager).join(', ');
  return [
    '## Managers for a refresher (A3)',
    count === 0
      ? 'Every manager answered the drill in time.'
      : `${plural(count, 'manager')} did not answer the drill in time: ${names}${rest > 0 ? ` and ${number(rest)} more` : ''}. All of them are in \`${evidence.ref}\`.`,
  ];
}

function contacts({ contacts: roles }: HandoverPack): string {
  const rows = roles.flatMap(({ role, people }) =>
    people.length === 0 ? [[nameOf(role), 'nobody', '–', '–']] : people.map((p) => contact(role, p)),
  );
  return table(['Role', 'Who', 'E-mail', 'Hours'], rows);
}

const contact = (role: Role, { name, email, hours, deputy }: HandoverPack['contacts'][number]['people'][number]): string[] => [
  deputy ? `${nameOf(role)}, deputy` : nameOf(role),
  cell(name),
  email,
  hours,
];

const nameOf = (role: Role): string => roleName(role);
