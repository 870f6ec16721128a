import type { Report } from '../../../domain/report/report.ts';
import { markup, section, wallTime, Markup } from './markup.ts';
import { auditSection } from './sections/audit.ts';
import { cohortsSection, signOffsSection } from './sections/cohorts.ts';
import { drillSection } from './sections/drill.ts';
import { figuresSection, overTimeSection } from './sections/figures.ts';
import { milestonesSection, notBuiltSection, timelineSection } from './sections/milestones.ts';
import { controlSection, ordersSection } from './sections/orders.ts';
import { peopleSection } from './sections/people.ts';
import { stopsSection } from './sections/stops.ts';
import { header, notLive, openItems, tiles } from './sections/summary.ts';
import { STYLE } from './style.ts';

const CHAPTERS: [string, string][] = [
  ['result', 'Result'],
  ['timeline', 'Plan and actual'],
  ['over-time', 'Over time'],
  ['cohorts', 'Cohorts'],
  ['sign-offs', 'Sign-offs'],
  ['people', 'People'],
  ['drill', 'Queues'],
  ['stops', 'Stops and incidents'],
  ['control', 'Gates, waves, holds'],
  ['milestones', 'Milestones'],
  ['waived', 'Not asked for'],
  ['orders', 'Orders'],
  ['audit', 'The log'],
  ['figures', 'Figures'],
];

/**
 * The report as one file for people: no script, nothing from elsewhere, and a policy that keeps it so whatever words the
 * log holds. The same report gives the same bytes.
 */
export function reportHtml(report: Report): string {
  const { deployment, audit, asOf, platform } = report;
  const over = overTimeSection(report);
  const drill = drillSection(report);
  const empty = [...(over === null ? ['over-time'] : []), ...(drill === null ? ['drill'] : [])];
  const chapters = CHAPTERS.filter(([id]) => !empty.includes(id));
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${deployment.id}: go-live report</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
<a class="skip" href="#result">To the result</a>
<div class="page">
${header(report)}
<nav aria-label="Chapters"><ul>${chapters.map(([id, name]) => markup`<li><a href="#${id}">${name}</a></li>`)}</ul></nav>
<main>
${section('result', 'Result', null, tiles(report), notLive(report), openItems(report))}
${timelineSection(report)}
${over}
${cohortsSection(report)}
${signOffsSection(report)}
${peopleSection(report)}
${drill}
${stopsSection(report)}
${controlSection(report)}
${milestonesSection(report)}
${notBuiltSection(report)}
${ordersSection(report)}
${auditSection(report)}
${figuresSection(report)}
</main>
<footer>
<p>Made from the log ${audit.origin ?? ''}${asOf === null ? '' : ` up to entry #${asOf.auditIndex} of ${wallTime(asOf.at)}`} and ${platform.answered ? 'the platform’s own state' : 'nothing else: the platform did not answer'}.</p>
</footer>
</div>
</body>
</html>
`.text;
}
