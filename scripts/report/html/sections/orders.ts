import { scopeWords } from '../../../../domain/describe/command.ts';
import { list, number, plural, roleName } from '../../../../domain/describe/words.ts';
import type { Report } from '../../../../domain/report/report.ts';
import { chip, entry, markup, planHoursOf, planTime, section, table, type Markup, type Part } from '../markup.ts';

/** Gates, waves, holds: what people let pass, raised and kept back. */
export function controlSection(report: Report): Markup {
  const { gates, waves, holds } = report;
  const at = (iso: string | null): string => (iso === null ? '–' : planTime(planHoursOf(report, iso)));
  return section(
    'control',
    'Gates, waves and holds',
    null,
    markup`<div class="shown">${table(
      'Gates',
      [
        { head: 'Gate', names: true },
        { head: 'Due', right: true },
        { head: 'Passed', right: true },
        { head: 'Go by' },
        { head: 'Entry', right: true },
      ],
      gates.map((g) => [g.name, planTime(g.duePlanHours), planTime(g.passedPlanHours), g.by ?? '–', entry(g.auditIndex)]),
    )}</div>`,
    waves.length > 0 &&
      markup`<div class="shown" style="margin-top:26px">${table(
        'Waves',
        [
          { head: 'Wave', names: true },
          { head: 'Cohorts', right: true },
          { head: 'Started', right: true },
          { head: 'Closed', right: true },
          { head: 'Exposure' },
          { head: 'Left it' },
          { head: 'Entry', right: true },
        ],
        waves.map((w) => [
          w.id,
          number(w.cohorts),
          at(w.startedAt),
          at(w.closed?.at ?? null),
          steps(w),
          w.closed === null ? '' : list(w.closed.left),
          entry(w.auditIndex),
        ]),
      )}</div>`,
    markup`<div class="shown" style="margin-top:26px">${
      holds.length === 0
        ? markup`<h3>Holds</h3><p class="muted">Nobody held anything.</p>`
        : table(
            'Holds',
            [
              { head: 'On', names: true, width: '26%' },
              { head: 'Why' },
              { head: 'By' },
              { head: 'Since', right: true },
              { head: 'Released' },
              { head: 'Entry', right: true },
            ],
            holds.map((h) => [
              markup`<span class="id">${scopeWords(h.scope)}</span> <span class="muted">at most ${h.ceiling}</span>`,
              h.why,
              h.by,
              at(h.at),
              h.released === null
                ? markup`${chip('held', 'stands')} <span class="muted">${roleName(h.releasedBy)} may release it</span>`
                : `${at(h.released.at)} by ${h.released.by}`,
              entry(h.index),
            ]),
          )
    }</div>`,
  );
}

/** @example '5 %, 10 %, 25 %' with what did not pass at a step beside it. */
const steps = ({ steps: all }: Report['waves'][number]): Part =>
  all.map((s, i) => {
    const bad = Object.entries(s.verdicts).filter(([verdict]) => verdict !== 'pass');
    return markup`${i > 0 && ', '}${s.percent} %${bad.length > 0 && markup` <span class="muted">(${bad.map(([verdict, n]) => `${n} ${verdict}`).join(', ')})</span>`}`;
  });

/** A page of hundreds of orders helps nobody; report.json has them all. */
const MOST = 300;

export function ordersSection(report: Report): Markup {
  const { commands, figures } = report;
  const refused = commands.filter((c) => c.outcome === 'refused').length;
  const { p50, p99 } = figures.commandLatencyMs;
  const times = p50 === null ? '' : ` From handing in to answer: half within ${seconds(p50)}, 99 of 100 within ${seconds(p99)}.`;
  return section(
    'orders',
    'Orders',
    `${plural(commands.length, 'signed order')}, ${refused === 0 ? 'none refused' : `${number(refused)} refused`}.${times}`,
    commands.length > 0 &&
      markup`<div class="wide">${table(
        'Orders, in the order of their answers',
        [
          { head: 'Order', names: true, width: '9%' },
          { head: 'About', width: '32%' },
          { head: 'By' },
          { head: 'When', right: true },
          { head: 'Outcome', width: '22%' },
          { head: 'Took', right: true },
          { head: 'Entry', right: true },
        ],
        commands
          .slice(0, MOST)
          .map((c) => [
            c.kind,
            c.scope === null ? '–' : markup`<span class="id">${scopeWords(c.scope)}</span>`,
            markup`${c.actor}${c.role !== null && markup` <span class="muted">${roleName(c.role)}</span>`}`,
            planTime(planHoursOf(report, c.at)),
            c.outcome === 'applied' ? chip('applied') : markup`${chip('refused')} <span class="muted">${c.sentence}</span>`,
            seconds(c.latencyMs),
            entry(c.auditIndex),
          ]),
      )}</div>`,
    commands.length > MOST && markup`<p class="muted">${plural(commands.length - MOST, 'more order')} in report.json.</p>`,
  );
}

const seconds = (ms: number | null): string =>
  ms === null ? '–' : ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
