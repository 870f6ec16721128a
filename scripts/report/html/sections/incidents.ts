import { plural, roleName } from '../../../../domain/describe/words.ts';
import type { Report } from '../../../../domain/report/report.ts';
import type { ReportIncident } from '../../../../domain/report/stops.ts';
import { chip, entry, markup, planHoursOf, planTime, type Markup, type Part } from '../markup.ts';

/** Each incident with why it happened, what follows from it, and what happened in it, line by line from the log. */
export const incidentsPart = (report: Report): Part =>
  report.incidents.length > 0 && markup`<h3 id="incidents">Incidents</h3>${report.incidents.map((i) => incident(report, i))}`;

function incident(report: Report, i: ReportIncident): Markup {
  const at = (iso: string): string => planTime(planHoursOf(report, iso));
  const hands =
    i.ackedBy === null ? 'nobody took it on' : `in hand of ${i.ackedBy}${i.ackedAt === null ? '' : ` from ${at(i.ackedAt)}`}`;
  const closed = i.closed === null ? 'open' : `closed by ${i.closed.by} at ${at(i.closed.at)}`;
  const told = [
    i.rootCause !== null && markup`<dt>Why</dt><dd>${i.rootCause}</dd>`,
    i.followUps.map((f) => markup`<dt>Then</dt><dd>${f.text} <span class="muted">${f.owner}</span></dd>`),
    i.questionable !== null &&
      markup`<dt>Writes</dt><dd>${plural(i.questionable.count, 'questionable write')}${i.questionable.open ? `, with ${i.questionable.owner}` : ', dealt with'}</dd>`,
  ];
  const known = i.rootCause !== null || i.followUps.length > 0 || i.questionable !== null;
  return markup`<article class="incident">
    <h4>${chip(i.closed === null ? 'missed' : 'met', `SEV-${i.severity}`)} ${i.title}</h4>
    <p class="muted more">${roleName(i.owner)} · opened ${at(i.openedAt)} · ${hands} · ${closed}</p>
    ${known && markup`<dl class="told">${told}</dl>`}
    <ol class="line">${i.timeline.map((l) => markup`<li><b>${at(l.at)}</b> ${withoutIds(l.text, i)} ${entry(l.auditIndex)}</li>`)}</ol>
  </article>`;
}

/** All lines here are about the one incident and its stop. */
const withoutIds = (text: string, { id, stop }: ReportIncident): string =>
  [id, ...(stop === null ? [] : [stop])].reduce((rest, name) => rest.replaceAll(` ${name}`, ''), text);
