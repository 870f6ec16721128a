import type { Command } from 'commander';
import type { IncidentAct, Scope } from '../../../domain/command.ts';
import { openIncidents } from '../../../domain/incident/incident.ts';
import { incidentOf, incidentsOf } from '../../../domain/report/stops.ts';
import type { DeploymentView } from '../../../domain/view.ts';
import { listLines, showLines } from '../incident/screen.ts';
import { EXIT, usage, type ExitCode } from '../io.ts';
import { nearest } from '../nearest.ts';
import { giveOrder, type OrderOptions } from '../orders/give.ts';
import type { OrderSpec } from '../orders/spec.ts';
import { paintFor, widthOf } from '../paint.ts';
import type { Session } from '../session.ts';
import { addVerb, milliseconds, withExamples, type Cli } from '../verb.ts';
import { golive } from '../words.ts';
import { groupsOf } from './decisions.ts';
import { knownNames, orderOptions } from './order-options.ts';

interface OpenOptions extends OrderOptions {
  severity?: string;
  cohort?: string[];
  group?: string[];
}
interface NoteOptions extends OrderOptions {
  status?: string;
  eta?: string;
  scope?: string;
  rootCause?: string;
  followUp?: string;
  owner?: string;
  cleaned?: boolean;
}

/** Incidents: opened by a stop or by hand, taken on, written about, closed. Whatever is said is a signed order in the log. */
export function incidentVerb(program: Command, cli: Cli): void {
  const incident = program
    .command('incident')
    .summary('incidents: list, show, open, take on, write about, close')
    .description('A stop opens an incident by itself. list and show read nothing but the log; the others are signed orders.');
  withExamples(incident, [
    'golive incident list',
    'golive incident ack incident-20260303t100000000-rollback-9f3c2a1b --as lea',
    'golive incident note incident-… --status "the connector is being restarted" --eta 30m --as lea',
    'golive incident close incident-… --root-cause "a loop in the template" --as lea',
  ]);
  reading(incident, cli);
  ordering(incident, cli);
}

function reading(incident: Command, cli: Cli): void {
  addVerb<{ all?: boolean; color?: boolean }>(incident, cli, {
    usage: 'list',
    summary: 'incidents that are open',
    examples: ['golive incident list', 'golive incident list --all --json'],
    options: (c) => c.option('--all', 'those that are closed as well'),
    run: async (session, _args, options) => {
      const view = await session.view();
      const shown = incidentsOf(view).filter((i) => options.all === true || i.closed === null);
      return say(session, shown, listLines(shown, look(session, options)), 'There is no open incident.');
    },
  });
  addVerb<{ color?: boolean }>(incident, cli, {
    usage: 'show <incident>',
    summary: 'one incident with its timeline from the log',
    examples: ['golive incident show incident-20260303t100000000-rollback-9f3c2a1b'],
    run: async (session, [id = ''], options) => {
      const view = await session.view();
      const shown = incidentOf(view, known(view, id));
      return say(session, shown, showLines(shown, look(session, options)), '');
    },
  });
}

function ordering(incident: Command, cli: Cli): void {
  addVerb<OpenOptions>(incident, cli, {
    usage: 'open <what-happens>',
    summary: 'open an incident by hand; nothing is stopped by it',
    examples: ['golive incident open "managers see odd requests" --group sales-ic --as sam'],
    options: (c) =>
      orderOptions(c)
        .option('--severity <n>', '1, 2 or 3; default: by what it is about')
        .option('--cohort <names...>', 'about these cohorts')
        .option('--group <names...>', 'about these cohort groups'),
    run: (session, [text = ''], options) => giveOrder(session, opening(text, options), options),
  });
  addVerb<OrderOptions>(incident, cli, {
    usage: 'ack <incident>',
    summary: 'take an incident on, so that nobody else is called',
    examples: ['golive incident ack incident-… --as lea'],
    options: orderOptions,
    run: (session, [id = ''], options) => giveOrder(session, about({ id, act: 'ack' }), options),
  });
  addVerb<NoteOptions>(incident, cli, {
    usage: 'note <incident>',
    summary: 'say how it stands, what is affected, why it happened, what is to be done',
    examples: [
      'golive incident note incident-… --status "rolled back, looking at the connector" --eta 45m --as lea',
      'golive incident note incident-… --scope "only sales-ic-production; the others are well" --as lea',
      'golive incident note incident-… --follow-up "cap the retries" --owner ada --as lea',
      'golive incident note incident-… --cleaned --as lea   # the questionable writes are dealt with',
    ],
    options: (c) =>
      orderOptions(c)
        .option('--status <text>', 'how it stands')
        .option('--eta <time>', 'with --status: when it is expected to be over, as 45m or 2026-03-03T18:00:00Z')
        .option('--scope <text>', 'what is affected, and what is not')
        .option('--root-cause <text>', 'why it happened')
        .option('--follow-up <text>', 'what is to be done so that it does not happen again')
        .option('--owner <person>', 'with --follow-up: who does it')
        .option('--cleaned', 'the questionable writes are dealt with'),
    run: (session, [id = ''], options) => giveOrder(session, about(noted(id, options, session.io.now())), options),
  });
  addVerb<OrderOptions & { rootCause?: string }>(incident, cli, {
    usage: 'close <incident>',
    summary: 'close an incident that somebody had in hand, whose cause is known and whose writes are dealt with',
    examples: ['golive incident close incident-… --root-cause "a loop in the template" --as lea'],
    options: (c) => orderOptions(c).option('--root-cause <text>', 'why it happened; default: what was noted last'),
    run: (session, [id = ''], options) => {
      const text = options.rootCause === undefined ? {} : { text: options.rootCause };
      return giveOrder(session, about({ id, act: 'close', ...text }), options);
    },
  });
}

function opening(text: string, { severity, cohort, group }: OpenOptions): OrderSpec {
  const [level] =
    group === undefined ? (cohort === undefined ? (['deployment'] as const) : (['cohort'] as const)) : (['group'] as const);
  const given = severity === undefined ? {} : { severity: severityIn(severity) };
  return {
    kind: 'incident',
    level,
    draft: ({ view }) => {
      const known = level === 'group' ? groupsOf(view) : Object.keys(view.cohorts);
      const names = level === 'deployment' ? [] : knownNames(level, group ?? cohort ?? [], known);
      const scope: Scope = { level, names };
      return { scope, args: { incident: { act: 'open', text, ...given } } };
    },
  };
}

const about = (act: IncidentAct): OrderSpec => ({
  kind: 'incident',
  level: 'deployment',
  draft: ({ view }) => {
    known(view, act.id ?? '');
    return { scope: { level: 'deployment', names: [] }, args: { incident: act } };
  },
});

function noted(id: string, options: NoteOptions, nowMs: number): IncidentAct {
  const { status, eta, scope, rootCause, followUp, owner, cleaned } = options;
  const acts: IncidentAct[] = [
    ...(status === undefined
      ? []
      : [{ id, act: 'status' as const, text: status, ...(eta === undefined ? {} : { eta: timeOf(eta, nowMs) }) }]),
    ...(scope === undefined ? [] : [{ id, act: 'scope' as const, text: scope }]),
    ...(rootCause === undefined ? [] : [{ id, act: 'root-cause' as const, text: rootCause }]),
    ...(followUp === undefined
      ? []
      : [{ id, act: 'follow-up' as const, text: followUp, ...(owner === undefined ? {} : { owner }) }]),
    ...(cleaned === true ? [{ id, act: 'cleaned' as const }] : []),
  ];
  const [first] = acts;
  if (first === undefined || acts.length > 1)
    throw usage('Say one thing at a time.', 'One of --status, --scope, --root-cause, --follow-up, --cleaned.');
  return first;
}

/** @example timeOf('45m', Date.parse('2026-03-03T10:00:00Z')) // '2026-03-03T10:45:00.000Z' */
function timeOf(text: string, nowMs: number): string {
  const at = Date.parse(text);
  return new Date(/^\d{4}-/.test(text) && !Number.isNaN(at) ? at : nowMs + milliseconds(text)).toISOString();
}

function severityIn(text: string): 1 | 2 | 3 {
  const found = ([1, 2, 3] as const).find((n) => String(n) === text);
  if (found === undefined) throw usage(`There is no severity ${text}.`, '1 is the widest, 3 the narrowest.');
  return found;
}

function known(view: DeploymentView, id: string) {
  const found = Object.hasOwn(view.incidents, id) ? view.incidents[id] : undefined;
  if (found !== undefined) return found;
  const open = openIncidents(view).map((i) => i.incident);
  throw usage(
    `There is no incident ${id}${nearest(id, Object.keys(view.incidents))}`,
    open.length === 0 ? 'No incident is open.' : `Open: ${open.join(', ')}.`,
  );
}

const look = ({ io }: Session, options: { color?: boolean }) => ({
  ...{ paint: paintFor(io, options), width: widthOf(io), nowMs: io.now() },
});

function say(session: Session, data: unknown, lines: readonly string[], none: string): ExitCode {
  const { io, options } = session;
  if (options.json === true) io.stdout(`${JSON.stringify(data, null, 2)}\n`);
  else if (lines.length > 0) io.stdout(`${lines.join('\n')}\n`);
  else io.stderr(`${none}\nNext: ${golive(session, ['status'])}\n`);
  return EXIT.ok;
}
