import { list, number, plural, roleName } from '../../../../domain/describe/words.ts';
import { WINDOW_NAMES } from '../../../../domain/outlook.ts';
import type { Report } from '../../../../domain/report/report.ts';
import { RUNBOOK_WINDOWS } from '../../../../domain/runbook/milestone.ts';
import { chip, digest, entry, head, markup, planHoursOf, planTime, row, section, table } from '../markup.ts';
import type { Column, Markup, Part } from '../markup.ts';

/** How decisions came about: how long people took, whom nobody answered, who stood in for whom, who was told. */
export function peopleSection(report: Report): Markup {
  return section(
    'people',
    'People',
    lead(report),
    approvalPath(report),
    escalations(report),
    delegations(report),
    handOver(report),
  );
}

function lead({ signOffChannels, channel, turnedAway }: Report): string {
  const { cli, slack } = signOffChannels;
  const sent = Object.entries(channel.sent).map(([adapter, count]) => `${number(count)} to ${adapter}`);
  const refused = Object.values(turnedAway).reduce((sum, count) => sum + count, 0);
  return [
    `${plural(cli + slack, 'decision')} about cohort groups: ${number(slack)} through Slack, ${number(cli)} with a key of their own.`,
    channel.made === 0
      ? 'Nobody was told anything by the channel.'
      : `${plural(channel.made, 'notice')} made${sent.length > 0 ? `, ${list(sent)}` : ''}${channel.waiting > 0 ? `; ${number(channel.waiting)} reached nobody` : ''}.`,
    ...(refused === 0
      ? []
      : [`The gateway turned away ${plural(refused, 'request')} from nobody that it knows: ${reasons(turnedAway)}.`]),
  ].join(' ');
}

const reasons = (counts: Record<string, number>): string =>
  list(
    Object.entries(counts)
      .sort(([, a], [, b]) => b - a)
      .map(([reason, count]) => `${reason.replaceAll('_', ' ')} ${number(count)}`),
    5,
  );

const hours = (value: number | null): string => (value === null ? '–' : `${value.toFixed(2)} h`);

const PATH: readonly Column[] = [
  { head: 'Role', names: true, width: '30%' },
  { head: 'Answered', right: true },
  { head: 'Median', right: true },
  { head: 'Longest', right: true },
  { head: 'Open', right: true },
  { head: 'Oldest', right: true },
  { head: 'Ran out', right: true },
];

function approvalPath({ approvalPath: path, cards }: Report): Part {
  if (path === null || path.paths.length === 0) return null;
  const { limits, paths } = path;
  const windows = RUNBOOK_WINDOWS.filter((window) => paths.some((p) => p.window === window));
  const bodies = windows.map(
    (window) =>
      markup`<tbody class="group"><tr><th colspan="${PATH.length}" scope="rowgroup">${WINDOW_NAMES[window]}</th></tr>${paths.filter((p) => p.window === window).map((p) => pathRow(p, limits))}</tbody>`,
  );
  return markup`<div class="shown"><table><caption>The approval path, in hours of plan</caption>${head(PATH)}${bodies}</table></div>
  <p class="muted more">Limits: ${limits.latencyHours} h to answer by the median, ${number(limits.backlog)} open, ${limits.oldestHours} h for the oldest.${cards.issued > 0 && ` Slack: ${plural(cards.issued, 'card')}, ${number(cards.decided)} decided, ${number(cards.replaced)} replaced by a newer one, ${number(cards.expired)} run out, ${number(cards.open)} open.`}</p>`;
}

type Paths = NonNullable<Report['approvalPath']>;

function pathRow(p: Paths['paths'][number], limits: Paths['limits']): Markup {
  const judged = (value: number | null, limit: number, words: string): Part =>
    p.window !== 'countdown' && value !== null && value > limit ? chip('over', words) : words;
  return row(PATH, [
    roleName(p.role),
    number(p.answered),
    judged(p.medianHours, limits.latencyHours, hours(p.medianHours)),
    hours(p.mostHours),
    judged(p.open, limits.backlog, number(p.open)),
    judged(p.oldestHours, limits.oldestHours, hours(p.oldestHours)),
    number(p.expiredCards + p.expiredOrders),
  ]);
}

function escalations(report: Report): Markup {
  const { escalations: all } = report;
  if (all.length === 0) return markup`<h3>Escalations</h3><p class="muted">Nobody had to be told twice.</p>`;
  const at = (iso: string): string => planTime(planHoursOf(report, iso));
  return markup`<div class="shown" style="margin-top:26px">${table(
    'Escalations',
    [
      { head: 'Waited for', names: true, width: '30%' },
      { head: 'Since', right: true },
      { head: 'Told' },
      { head: 'In hand of' },
      { head: 'Ended', width: '22%' },
      { head: 'Entry', right: true },
    ],
    all.map((e) => [
      markup`${roleName(e.owner)} to ${e.what}`,
      at(e.since),
      e.levels.map(
        (l, i) =>
          markup`${i > 0 && markup`<br>`}${l.level.replaceAll('-', ' ')} <span class="muted">${at(l.at)}, ${list(l.told)}</span>`,
      ),
      e.acknowledged === null ? '–' : `${e.acknowledged.handedTo ?? e.acknowledged.by}, ${at(e.acknowledged.at)}`,
      e.closed === null
        ? report.deployment.closedAt === null
          ? chip('held', 'open')
          : 'open at the close'
        : markup`${at(e.closed.at)} <span class="muted">${e.closed.how}</span>`,
      entry(e.levels[0]?.auditIndex ?? null),
    ]),
  )}</div>`;
}

function delegations(report: Report): Part {
  const { delegations: all } = report;
  if (all.length === 0) return null;
  return markup`<div class="shown" style="margin-top:26px">${table(
    'Who acted for whom',
    [
      { head: 'For', names: true },
      { head: 'Who' },
      { head: 'What' },
      { head: 'From', right: true },
      { head: 'Until', right: true },
      { head: 'Revoked' },
      { head: 'Entry', right: true },
    ],
    all.map((d) => [
      markup`${d.principal} <span class="muted">${roleName(d.role)}</span>`,
      d.mode === 'watch' ? markup`${d.to} <span class="muted">is only told</span>` : d.to,
      markup`${list(d.kinds)}${d.groups !== undefined && markup` <span class="muted">${list(d.groups)}</span>`}`,
      planTime(planHoursOf(report, d.at)),
      planTime(planHoursOf(report, d.until)),
      d.revoked === null ? '–' : `${planTime(planHoursOf(report, d.revoked.at))} by ${d.revoked.by}`,
      entry(d.auditIndex),
    ]),
  )}</div>`;
}

function handOver(report: Report): Part {
  const { handOver: pack } = report;
  if (pack === null) return null;
  const accepted =
    pack.accepted === null
      ? 'not accepted yet'
      : `accepted by ${pack.accepted.by} at ${planTime(planHoursOf(report, pack.accepted.at))}, entry #${pack.accepted.auditIndex}`;
  return markup`<h3>Hand-over</h3><p class="more">${pack.summary.replace(/^./, (c) => c.toUpperCase())}; ${accepted}. <span class="muted">Document ${digest(pack.evidence.digest)}, entry #${pack.auditIndex}.</span></p>`;
}
