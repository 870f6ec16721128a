import { number, plural, roleName } from '../../../../domain/describe/words.ts';
import { GROUP_SIGNERS } from '../../../../domain/authority/quorum.ts';
import type { ReportCohort } from '../../../../domain/report/cohorts.ts';
import { STANDING_WORDS } from '../../../../domain/report/headline.ts';
import type { Report } from '../../../../domain/report/report.ts';
import { cohortMatrix, standingKey } from '../charts/matrix.ts';
import {
  chip,
  digest,
  entry,
  head,
  markup,
  planHoursOf,
  planTime,
  row,
  section,
  table,
  type Column,
  type Markup,
  type Part,
} from '../markup.ts';

export const reasonOf = ({ reason, liftedBy }: Pick<ReportCohort, 'reason' | 'liftedBy'>): Part =>
  reason !== null && markup`<div class="why">${reason}${liftedBy !== null && markup`<em>${liftedBy}</em>`}</div>`;

const COLUMNS: readonly Column[] = [
  { head: 'Cohort', names: true, width: '35%' },
  { head: 'Shape', width: '11%' },
  { head: 'Agents', right: true, width: '7%' },
  { head: 'Live', right: true, width: '7%' },
  { head: 'State', width: '10%' },
  { head: 'Why, and what would lift it' },
];

export function cohortsSection(report: Report): Markup {
  const { cohorts, groups, platform } = report;
  const source = platform.answered
    ? 'Modes and numbers are what the platform says.'
    : 'The platform was not asked or did not answer: modes and numbers are what the log says was done.';
  const bodies = groups.map((group) => {
    const members = cohorts.filter((c) => c.group === group.id);
    return markup`<tbody class="group"><tr><th colspan="${COLUMNS.length}" scope="rowgroup">${group.id}<small>${number(group.live)} of ${plural(group.agents, 'agent')} live, ${group.signed ? 'signed' : 'not signed by all three'}</small></th></tr>${members.map(cohortRow)}</tbody>`;
  });
  return section(
    'cohorts',
    'Cohorts',
    markup`One square is one cohort. ${source}`,
    cohorts.length > 0 && markup`<figure>${cohortMatrix(cohorts)}${standingKey(cohorts)}</figure>`,
    differences(platform.differences),
    markup`<div class="wide" style="margin-top:26px"><table><caption>Cohorts by group</caption>${head(COLUMNS)}${bodies}</table></div>`,
  );
}

const cohortRow = (c: ReportCohort): Markup =>
  row(COLUMNS, [
    markup`<span class="id">${c.id}</span>`,
    c.shape,
    number(c.agents),
    number(c.counts.live),
    chip(c.standing, STANDING_WORDS[c.standing].replace(/^(in|on the|being) /, '')),
    reasonOf(c),
  ]);

const differences = (found: readonly string[]): Part =>
  found.length > 0 &&
  markup`<div class="note"><p><strong>The platform and the log do not say the same.</strong> The platform's word stands above.</p>${found.slice(0, 20).map((d) => markup`<p>${d}</p>`)}${found.length > 20 && markup`<p>${found.length - 20} more in report.json.</p>`}</div>`;

/** Group × role. */
export function signOffsSection(report: Report): Markup {
  const { groups, approvals } = report;
  const rows = groups.map((g) => [
    g.id,
    number(g.agents),
    ...g.signatures.map((s): Part => {
      if (s.decision === null) return markup`<span class="muted">not signed</span>`;
      return markup`${s.decision === 'reject' && markup`${chip('reject', 'rejected')} `}${s.person}${s.channel === 'slack' && markup` <span class="muted">Slack</span>`} <span class="entry">${s.at === null ? '' : planTime(planHoursOf(report, s.at))} #${s.auditIndex}</span>`;
    }),
  ]);
  const columns: Column[] = [
    { head: 'Cohort group', names: true, width: '24%' },
    { head: 'Agents', right: true, width: '8%' },
    ...GROUP_SIGNERS.map((role) => ({ head: roleName(role) })),
  ];
  const voided = report.signOffs.filter((s) => !s.current).length;
  return section(
    'sign-offs',
    'Sign-offs',
    'Who signed, when on the T-clock, and the entry of the log that holds it.',
    approvals.length > 0 &&
      table(
        'Approvals of the manifest set',
        [
          { head: 'Approval of the manifest set', names: true },
          { head: 'Role' },
          { head: 'Said' },
          { head: 'Set' },
          { head: 'Entry', right: true },
        ],
        approvals.map((a) => [
          a.person,
          roleName(a.role),
          a.decision === 'approve' ? 'approved' : chip('reject', 'rejected'),
          digest(a.manifestSetDigest),
          entry(a.auditIndex),
        ]),
      ),
    markup`<div class="wide" style="margin-top:26px">${groups.length > 0 ? table('Sign-offs by cohort group and role', columns, rows) : 'There are no cohort groups yet.'}</div>`,
    voided > 0 &&
      markup`<p class="muted">${plural(voided, 'earlier signature')} became void: what was signed for changed afterwards, or the delegation behind it was revoked.</p>`,
  );
}
