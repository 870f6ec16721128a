import { number, plural, roleName } from '../../../../domain/describe/words.ts';
import type { Report } from '../../../../domain/report/report.ts';
import { agentsBar, agentsKey } from '../charts/matrix.ts';
import { chip, digest, markup, wallTime, type Markup, type Part } from '../markup.ts';
import { reasonOf } from './cohorts.ts';

const RESULTS: Record<string, string> = { live: 'live', 'live-with-exceptions': 'live, with exceptions', failed: 'failed' };

export function header({ deployment, headline, asOf }: Report): Markup {
  const { id, environment, result, startedAt, closedAt, runbook, manifestSetDigest, speed } = deployment;
  const facts: [string, Part][] = [
    ['T-0', wallTime(startedAt)],
    ['Closed', closedAt === null ? 'still open' : wallTime(closedAt)],
    ['Runbook', runbook?.version ?? '–'],
    ['Manifest set', digest(manifestSetDigest)],
    ['Speed', speed === 1 ? 'real time' : `${number(speed)} × real time`],
    ['Log', asOf === null ? 'empty' : `up to entry #${asOf.auditIndex}`],
  ];
  return markup`<header>
    <p class="kicker"><b>Go-live report</b> &nbsp;·&nbsp; ${id} &nbsp;·&nbsp; ${environment ?? 'environment not said'} &nbsp;·&nbsp; ${result === null ? 'not closed yet' : (RESULTS[result] ?? result)}</p>
    <h1>${headline}</h1>
    <dl class="facts">${facts.map(([name, value]) => markup`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
  </header>`;
}

export function tiles(report: Report): Markup {
  const { agents, cohorts, groups, milestones, minting, writes } = report;
  const count = (status: string): number => milestones.filter((m) => m.status === status).length;
  const notBuilt = milestones.filter((m) => m.notBuilt).length;
  const live = cohorts.filter((c) => c.standing === 'live').length;
  const asked = milestones.length - notBuilt;
  const settled = count('met') + count('late') + count('not-applicable');
  const all: [string, number, number | null, string][] = [
    ['agents live', agents.live, agents.total, `${share(agents.live, agents.total)} of all`],
    ['cohorts live', live, cohorts.length, plural(cohorts.length - live, 'is', 'are').replace(/^0 are/, 'none is') + ' not'],
    ['groups signed', groups.filter((g) => g.signed).length, groups.length, 'by three executives each'],
    [
      'milestones met',
      settled,
      asked,
      `${count('late')} late, ${count('missed')} missed, ${count('waived') - notBuilt} waived; ${notBuilt} not built yet`,
    ],
    ['credentials', minting.minted, null, 'minted into the vault'],
    ['approved writes', writes.count, null, 'found in the log'],
  ];
  return markup`<dl class="tiles">${all.map(([name, value, of, note]) => markup`<div><dd>${number(value)}${of !== null && markup`<small> / ${number(of)}</small>`}</dd><dt>${name}<p>${note}</p></dt></div>`)}</dl>
  <figure>${agentsBar(agents)}${agentsKey(agents)}</figure>`;
}

const share = (part: number, whole: number): string => (whole === 0 ? '–' : `${Math.round((1000 * part) / whole) / 10} %`);

/** How many are told on the first screen; the rest stands in the table of cohorts. */
const MOST = 12;

export function notLive({ cohorts }: Report): Markup | null {
  const aside = cohorts.filter((c) => c.standing !== 'live' && c.liftedBy !== null);
  const onTheirWay = cohorts.filter((c) => c.standing !== 'live').length - aside.length;
  const rest = aside.length - MOST;
  const more = [
    ...(rest > 0 ? [`${plural(rest, 'more cohort')} like these`] : []),
    ...(onTheirWay > 0 ? [`${plural(onTheirWay, 'cohort')} on the way, with nothing to lift`] : []),
  ].join('; ');
  if (aside.length === 0 && more === '') return null;
  return markup`<h3>Not live, and what would lift it</h3>
  ${aside.length > 0 && markup`<ul class="rows">${aside.slice(0, MOST).map((c) => markup`<li>${chip(c.standing)} <span class="id">${c.id}</span> <span class="muted">${plural(c.agents, 'agent')}</span>${reasonOf(c)}</li>`)}</ul>`}
  ${more !== '' && markup`<p class="muted more">${more}: see <a href="#cohorts">the table of cohorts</a>.</p>`}`;
}

export function openItems({ watchItems, tasks }: Report): Markup | null {
  const items = watchItems.filter((w) => w.closedAt === null);
  const waiting = tasks.filter((t) => t.closed === null && t.cohort === null);
  if (items.length + waiting.length === 0) return null;
  return markup`<h3>Still open</h3>
  <ul class="rows">${items.map((w) => markup`<li><b>Watch item</b>${w.text}<span class="sub">${roleName(w.owner)}, since ${wallTime(w.openedAt)}</span></li>`)}
  ${waiting.map((t) => markup`<li><b>Task</b>${t.sentence}<span class="sub">${roleName(t.owner)}: ${t.next}</span></li>`)}</ul>`;
}
