import { formatT } from './clock.ts';
import { contactWords, type DeploymentFile } from './deployment-file.ts';
import { scopeWords } from './describe/command.ts';
import { clause, number, plural, roleName } from './describe/words.ts';
import { buildReport, type Report } from './report/report.ts';
import { cell, cohortTables, decisions, percent, table } from './report/brief-tables.ts';
import { NOTHING_MEASURED } from './report/figures.ts';
import type { ReportIncident } from './report/stops.ts';
import { STANDING_WORDS } from './report/headline.ts';
import { STANDINGS } from './report/standing.ts';
import type { DeploymentView } from './view.ts';

/** What stands on the first page; the rest of a list is told further down. */
const MOST_ON_FIRST_PAGE = 8;

/**
 * The brief for the CEO: one page that says what is live, what is not and what would lift it, what is open, what was waived;
 * then the details, cohort by cohort. It is written from the log alone, so that it can be checked against it.
 */
export function briefMarkdown(view: DeploymentView, file: DeploymentFile | null): string {
  const report = buildReport(view, null, NOTHING_MEASURED, file);
  const nameOf = (id: string): string => file?.people.find((p) => p.id === id)?.name ?? id;
  const sections = [
    title(report),
    notLive(report),
    open(report),
    waived(report),
    figures(report),
    ['---'],
    ['# Details'],
    ['## Cohort by cohort', ...cohortTables(report)],
    ['## Who decided', ...decisions(report, nameOf)],
    ['## Rows of the runbook that were not met in time or not asked for', ...rows(report)],
    ...(file === null ? [] : [['## Whom to call', ...contacts(file)]]),
  ];
  return `${sections.map((lines) => lines.join('\n\n')).join('\n\n')}\n`;
}

function title({ deployment, headline, asOf, cohorts, agents }: Report): string[] {
  const when =
    asOf === null
      ? 'before anything was recorded'
      : `at ${asOf.planHours === null ? 'T-0' : formatT(asOf.planHours)} (${asOf.at}), from the log up to entry #${asOf.auditIndex}`;
  const byStanding = STANDINGS.flatMap((standing) => {
    const members = cohorts.filter((c) => c.standing === standing);
    const sum = members.reduce((total, c) => total + c.agents, 0);
    return members.length === 0
      ? []
      : [[STANDING_WORDS[standing], number(members.length), number(sum), percent(sum, agents.total)]];
  });
  return [
    `# ${deployment.id}: brief for the CEO`,
    `**${headline}**`,
    `${deployment.environment === 'production' ? '' : `This was a ${deployment.environment ?? 'trial'}, ${number(deployment.speed)} times as fast as the clock. `}Written ${when}.`,
    ...(byStanding.length === 0 ? [] : [table(['Cohorts are', 'Cohorts', 'Agents', 'Share'], byStanding, [1, 2, 3])]),
  ];
}

function notLive({ cohorts }: Report): string[] {
  const aside = cohorts.filter((c) => c.standing !== 'live' && c.liftedBy !== null);
  const onTheirWay = cohorts.filter((c) => c.standing !== 'live').length - aside.length;
  if (aside.length + onTheirWay === 0)
    return ['## What is not live', cohorts.length === 0 ? 'Nothing is planned yet.' : 'Nothing: every cohort is live.'];
  const lines = aside
    .slice(0, MOST_ON_FIRST_PAGE)
    .map(
      ({ id, agents, standing, reason, liftedBy }) =>
        `- **${id}** (${plural(agents, 'agent')}) is ${STANDING_WORDS[standing]}. ${clause(reason ?? 'No reason was given')}. What would lift it: ${clause(liftedBy ?? '')}.`,
    );
  const rest = aside.length - lines.length;
  if (rest > 0) lines.push(`- ${plural(rest, 'more cohort')}: see *Cohort by cohort*.`);
  if (onTheirWay > 0) lines.push(`- ${plural(onTheirWay, 'cohort')} on the way, with nothing to lift.`);
  return ['## What is not live, and what would lift it', lines.map(cell).join('\n')];
}

/** What the cohorts above wait for was told with them. */
function open({ watchItems, tasks, holds, escalations, incidents }: Report): string[] {
  const lines = [
    ...incidents.filter((i) => i.closed === null).map(incidentLine),
    ...watchItems.filter((w) => w.closedAt === null).map((w) => `- Watch item: ${clause(w.text)}. Owner: ${roleName(w.owner)}.`),
    ...tasks
      .filter((t) => t.closed === null && t.cohort === null)
      .map((t) => `- Waiting for ${roleName(t.owner)}: ${clause(t.sentence)}. ${t.next}`),
    ...escalations
      .filter((e) => e.closed === null && !e.about.startsWith('task/'))
      .map((e) => {
        const inHand =
          e.acknowledged === null ? 'nobody has taken it on' : `in hand of ${e.acknowledged.handedTo ?? e.acknowledged.by}`;
        return `- Escalated: ${roleName(e.owner)} to ${clause(e.what)}; ${inHand}.`;
      }),
    ...holds
      .filter((h) => h.released === null && h.scope.level !== 'cohort')
      .map(
        (h) => `- Hold \`${h.holdId}\` on ${scopeWords(h.scope)}: ${clause(h.why)}. ${roleName(h.releasedBy)} may release it.`,
      ),
  ];
  const shown = lines.slice(0, MOST_ON_FIRST_PAGE).map(cell);
  if (lines.length > shown.length) shown.push(`- ${lines.length - shown.length} more in the report.`);
  return [
    '## What is still open',
    shown.length === 0 ? 'Nothing besides: no watch item, no other task, no wider hold.' : shown.join('\n'),
  ];
}

const incidentLine = ({ id, severity, title, ackedBy, owner, questionable }: ReportIncident): string => {
  const writes =
    questionable?.open === true
      ? ` ${plural(questionable.count, 'write')} cannot be vouched for; ${questionable.owner} deals with them.`
      : '';
  return `- Incident \`${id}\` (SEV-${severity}): ${clause(title)}; ${ackedBy === null ? `${roleName(owner)} is to take it on` : `in hand of ${ackedBy}`}.${writes}`;
};

/** Stops in figures; how each went stands in the report. */
function stopLine({ stops, incidents }: Report): string {
  const real = stops.filter((s) => !s.drill);
  const longest = Math.max(0, ...real.flatMap((s) => s.lastMs ?? []));
  const closed = incidents.filter((i) => i.closed !== null).length;
  return `${number(real.length)}${longest > 0 ? ` (longest ${number(longest)} ms to the last cohort)` : ''} · ${number(closed)} of ${number(incidents.length)}`;
}

function waived({ milestones }: Report): string[] {
  const all = milestones.filter((m) => m.status === 'waived');
  const ordered = all.filter((m) => !m.notBuilt);
  const notBuilt = all.filter((m) => m.notBuilt);
  const lines = ordered.map((m) => `- ${m.id}: ${clause(m.title)}. Waived: ${clause(m.reason ?? 'no reason given')}.`);
  if (notBuilt.length > 0) {
    lines.push(
      `- Not asked for, because this version of golive does not do it: ${notBuilt.map((m) => m.id).join(', ')}. Each is told in words below.`,
    );
  }
  return ['## What was waived', lines.length === 0 ? 'Nothing.' : lines.map(cell).join('\n')];
}

function figures(report: Report): string[] {
  const { milestones, commands, agents, minting, writes, groups } = report;
  const count = (status: string): string => number(milestones.filter((m) => m.status === status).length);
  const refused = commands.filter((c) => c.outcome === 'refused').length;
  const signed = groups.filter((g) => g.signed).length;
  return [
    '## In figures',
    table(
      ['', ''],
      [
        ['Agents live', `${number(agents.live)} of ${number(agents.total)}`],
        ['Credentials in the vault', number(minting.minted)],
        ['Cohort groups signed by three executives', `${signed} of ${groups.length}`],
        [
          'Milestones met · met late · missed · waived',
          `${count('met')} · ${count('late')} · ${count('missed')} · ${count('waived')}`,
        ],
        ['Stops · incidents closed', stopLine(report)],
        ['Orders carried out · refused', `${number(commands.length - refused)} · ${number(refused)}`],
        ['Writes approved by managers, found in the log', number(writes.count)],
      ],
      [1],
    ),
  ];
}

function rows({ milestones }: Report): string[] {
  const told = milestones.filter((m) => m.status !== 'met' && m.status !== 'not-applicable');
  if (told.length === 0) return ['Every row was met in time.'];
  return [
    table(
      ['Row', 'What it asks', 'Due', 'State', 'Why'],
      told.map((m) => [m.id, clause(m.title), formatT(m.duePlanHours), m.status, clause(m.reason ?? '')]),
    ),
  ];
}

function contacts({ people }: DeploymentFile): string[] {
  const heads = people.filter((p) => p.roles.length > 0);
  return [
    table(
      ['Who', 'Role', 'E-mail', 'Hours'],
      heads.map((p) => [cell(p.name), p.roles.map(roleName).join(', '), p.email, contactWords(p.contactHours)]),
    ),
  ];
}
