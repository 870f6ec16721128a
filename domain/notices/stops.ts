import { scopeWords } from '../describe/command.ts';
import { list, number, plural, roleName } from '../describe/words.ts';
import { buttonValue, type Notice, type NoticeButton } from '../notice.ts';
import { incidentsOf, stopsOf, type ReportIncident, type ReportStop } from '../report/stops.ts';
import type { Lift } from '../stop/stop.ts';
import { STOPS } from '../stop/stop.ts';
import { firstOf, personName, short, timeOf, type Made, type Told } from './told.ts';

const LIFTED: Record<Lift, string> = {
  release: 'golive release',
  resume: 'golive resume',
  promote: 'golive promote, from the first step of the ramp',
  lift: 'golive lift, by two persons',
  nothing: 'nothing',
};

/** Every stop but pauses and drills, as it stands now; shown to the whole channel. */
export const stopsNow = (told: Told): Made[] =>
  stopsOf(told.view)
    .filter((s) => s.kind !== 'pause' && !s.drill)
    .map((s) => ({ key: `stop/${s.id}`, notice: { ...stopNotice(told, s), thread: true, broadcast: true } }));

function stopNotice({ file }: Told, s: ReportStop): Notice {
  const { outcomes, lastMs, left, landed, questionable, lifted } = s;
  const by = s.row === null ? personName(file, s.person) : `golive itself, row ${s.row} of the stopping table`;
  const took = lastMs === null ? '' : `, the last ${number(lastMs)} ms after the order`;
  const things = s.scope.level === 'agent' ? 'agent' : s.how === 'direct' ? 'call' : 'cohort';
  return {
    title: `Stop: ${s.kind} of ${scopeWords(s.scope)}`,
    tone: lifted === null ? 'bad' : 'info',
    lines: [
      `Ordered by ${by}, entry #${s.auditIndex}. ${short(s.reason)}`.trim(),
      ...(outcomes === null ? [] : [`Done: ${plural(outcomes.applied, things)}${took}.`]),
      ...(left.length === 0 ? [] : [`Could not be brought down yet: ${list(left)}.`]),
      ...(landed === null ? [] : [landedLine(landed)]),
      ...(questionable === null ? [] : [questionableLine(questionable)]),
      lifted === null ? `Lifted by: ${LIFTED[STOPS[s.kind].liftedBy]}.` : `Lifted by ${personName(file, lifted.by)}.`,
    ],
    ...(s.incident === null ? {} : { facts: [{ label: 'Incident', value: s.incident }] }),
  };
}

const landedLine = ({ verdict, checks }: NonNullable<ReportStop['landed']>): string =>
  verdict === 'pass'
    ? 'It has landed: no write any more, all figures as they should be.'
    : `It has not landed: ${list(checks.filter((c) => c.verdict !== 'pass').map((c) => `${c.name} ${c.verdict} (${c.detail})`))}`;

const questionableLine = ({ count, owner, cleanedBy }: NonNullable<ReportStop['questionable']>): string =>
  cleanedBy === null
    ? `${plural(count, 'write')} cannot be vouched for; ${owner} deals with them.`
    : `${plural(count, 'questionable write')} dealt with, says ${cleanedBy}.`;

const incidentKey = (id: string): string => `incident/${id}`;

/** One message per incident, edited as it goes on. */
export const incidentsNow = (told: Told): Made[] =>
  incidentsOf(told.view).map((i) => ({ key: incidentKey(i.id), notice: incidentNotice(told, i) }));

function incidentNotice(told: Told, i: ReportIncident): Notice {
  const { file } = told;
  const { closed, ackedBy, eta } = i;
  const said = told.view.incidents[i.id]?.notes.findLast((n) => n.act === 'status');
  const waits = closed === null && ackedBy === null;
  const next = waits ? `Next: golive incident ack ${i.id}` : `golive incident show ${i.id}`;
  return {
    title: closed === null ? `SEV-${i.severity}: ${i.title}` : `Closed, SEV-${i.severity}: ${i.title}`,
    tone: closed !== null ? 'good' : i.severity === 1 ? 'bad' : 'warn',
    lines: [
      ...(closed === null ? [] : [`Closed by ${personName(file, closed.by)}: ${short(i.rootCause ?? '', 300)}`]),
      ...(said === undefined || closed !== null ? [] : [short(said.text, 300)]),
      ...(closed === null
        ? [next]
        : i.followUps.map((f) => `Follow-up: ${short(f.text)} (${personName(file, f.owner)})`).slice(0, 5)),
    ],
    facts: [
      { label: 'Owner', value: roleName(i.owner) },
      { label: 'In hand of', value: ackedBy === null ? 'nobody' : personName(file, ackedBy) },
      ...(eta === null || closed !== null ? [] : [{ label: 'Expected over', value: timeOf(told, eta) }]),
    ],
    ...(waits ? { mention: firstOf(file, [i.owner]) } : {}),
    ...(waits && takesIncidents(told) ? { buttons: [takeIncidentOn(told, i.id)] } : {}),
    thread: true,
  };
}

/** May somebody take an incident on with a click? */
export const takesIncidents = ({ file, view }: Told): boolean =>
  file.slack?.allows.includes('incident') === true && view.header.closedAt === null;

export const takeIncidentOn = ({ view }: Told, incident: string): NoticeButton => ({
  ...({ action: 'incident-ack', label: 'I take it on', style: 'primary' } as const),
  value: buttonValue(view.header.deployment, incident),
});

/** What is said once: an edit calls nobody, so each status, the writes that somebody must deal with, and the end have lines of their own. */
function lines(told: Told): Made[] {
  const { view, file } = told;
  const posts = Object.values(view.incidents).flatMap(({ incident, notes, closed }) => [
    ...notes
      .filter((n) => n.act === 'status')
      .map((n): Made => {
        const eta = n.eta === undefined ? '' : ` Expected over at ${timeOf(told, n.eta)}.`;
        const text = `${short(n.text, 600)}${eta}`;
        const title = `Incident: status by ${personName(file, n.by)}`;
        return { key: `incident-post/${n.index}`, notice: { title, tone: 'info', lines: [text, incident], thread: true } };
      }),
    ...(closed === null
      ? []
      : [
          {
            key: `incident-post/${closed.index}`,
            notice: {
              title: `Incident closed by ${personName(file, closed.by)}`,
              ...{ tone: 'good' as const, lines: [short(closed.rootCause, 600), incident], thread: true },
            },
          },
        ]),
  ]);
  const writes = Object.values(view.stops).flatMap(({ stop, questionable }): Made[] =>
    questionable === null
      ? []
      : [
          {
            key: `questionable/${stop}`,
            notice: {
              title: `${plural(questionable.count, 'write')} that nobody can vouch for`,
              tone: 'warn',
              lines: [
                `${personName(file, questionable.owner)} deals with them; the list is evidence of entry #${questionable.index}.`,
                `When it is done: golive incident note ${questionable.incident} --cleaned`,
              ],
              mention: [...new Set([questionable.owner, ...(questionable.owners ?? [])])].filter((id) =>
                file.people.some((p) => p.id === id),
              ),
              thread: true,
            },
          },
        ],
  );
  return [...posts, ...writes];
}

/** What of all this was not said yet. */
export const stopsDue = (told: Told): Made[] =>
  [...stopsNow(told), ...incidentsNow(told), ...lines(told)].filter(({ key }) => told.view.notices[key] === undefined);
