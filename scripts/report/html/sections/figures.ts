import { number, plural } from '../../../../domain/describe/words.ts';
import type { Report } from '../../../../domain/report/report.ts';
import { agentsChart, mintedChart } from '../charts/series.ts';
import { agentsKey } from '../charts/matrix.ts';
import { chip, markup, section, table, type Markup, type Part } from '../markup.ts';

/** Agents over time beside minting: how the work went. */
export function overTimeSection(report: Report): Markup | null {
  const [agents, minted] = [agentsChart(report), mintedChart(report)];
  if (agents === null) return null;
  const { targetPerHour } = report.minting;
  return section(
    'over-time',
    'Over time',
    null,
    markup`<div class="pair">
      <figure><h3>Agents by state</h3>${agents}${agentsKey(report.agents, report.series.agents.points)}</figure>
      ${minted !== null && markup`<figure><h3>Credentials minted</h3>${minted}<ul class="key"><li><i style="background:#1f4e79"></i>minted</li>${targetPerHour !== null && markup`<li><i style="background:#9a6a10;height:2px"></i>target, ${number(targetPerHour)} an hour</li>`}</ul></figure>`}
    </div>`,
  );
}

export function figuresSection(report: Report): Markup {
  const { figures, deployment } = report;
  const value = (n: number | null, unit = ''): Part =>
    n === null ? markup`<span class="muted">not measured</span>` : `${number(n)}${unit}`;
  const main: [string, Part][] = [
    ['Wall time, first entry to last', figures.wallSeconds === null ? value(null) : duration(figures.wallSeconds)],
    ['Entries in the log', number(figures.logEntries)],
    ['Workflow history events', value(figures.historyEvents)],
    ['Events per agent', value(figures.eventsPerAgent)],
    ['Events per cohort', value(figures.eventsPerCohort)],
    ['Activities', value(figures.activities)],
    ['Largest payload in a history', figures.largestPayloadBytes === null ? value(null) : bytes(figures.largestPayloadBytes)],
    ['Peak memory of all processes', value(figures.peakRssMb, ' MB')],
    ['Managers', value(deployment.managers)],
  ];
  const operations = Object.entries(figures.operations);
  return section(
    'figures',
    'Figures',
    null,
    markup`<div class="cols"><div class="shown">${table(
      'What it took',
      [
        { head: 'Figure', names: true },
        { head: '', right: true },
      ],
      main,
    )}${budget(report)}</div>
    <div class="shown">${
      operations.length > 0 &&
      table(
        'Side effects, by the log',
        [
          { head: 'Operation', names: true },
          { head: 'Agents intended', right: true },
          { head: 'Applied', right: true },
          { head: 'Not applied', right: true },
          { head: 'Unknown', right: true },
        ],
        operations.map(([name, o]) => [name, number(o.intended), number(o.applied), number(o.notApplied), number(o.unknown)]),
      )
    }</div></div>`,
    types(report),
    changes(report),
  );
}

function budget({ figures }: Report): Part {
  const b = figures.budget;
  if (b === null) return null;
  return markup`<p class="muted" style="font-size:13px">${chip(b.within ? 'within' : 'over', b.within ? 'within budget' : 'over budget')} ${number(b.recorded)} events recorded, ${number(b.worstCase)} in the worst case, of ${number(b.allowed)}: ${b.perCohort} per cohort, ${b.perChunkAndOperation} for each of ${plural(b.chunkCalls, 'call')} in bulk, ${b.perClick} for each of ${plural(b.clicks, 'click')} in Slack, and ${b.perIntervention} for each of ${plural(b.interventions, 'order')} about a stop or after one.</p>`;
}

function types({ figures }: Report): Part {
  const found = figures.histories?.types ?? [];
  if (found.length === 0) return null;
  return markup`<div class="shown" style="margin-top:26px">${table(
    'Workflows',
    [
      { head: 'Type', names: true },
      { head: 'Executions', right: true },
      { head: 'Runs', right: true },
      { head: 'Events', right: true },
      { head: 'Worst case', right: true },
      { head: 'Activities', right: true },
      { head: 'Longest run', right: true },
    ],
    found.map((t) => [t.type, ...[t.executions, t.runs, t.events, t.worstCaseEvents, t.activities, t.largestRun].map(number)]),
  )}</div>`;
}

/** Where this run was not what the runbook says: speed, floors, limits. */
function changes({ speed, limits }: Report): Part {
  const stretched = speed.stretched.map((s) => [s.what, span(s.planMs), span(s.insteadOfMs), span(s.wallMs)]);
  const changed = limits?.changed ?? [];
  return markup`<h3>Where this run was not the runbook</h3>
  ${speed.factor === 1 ? markup`<p class="lead">It ran in real time.</p>` : markup`<p class="lead">It ran ${number(speed.factor)} times as fast as the clock. Technical time-outs are never scaled; what follows could not be made as short as the speed asks, so it lasts longer than planned.</p>`}
  ${
    stretched.length > 0 &&
    table(
      'Durations stretched by their floors',
      [
        { head: 'Duration', names: true },
        { head: 'In the plan', right: true },
        { head: 'At this speed', right: true },
        { head: 'Lasts at least', right: true },
      ],
      stretched,
    )
  }
  ${
    limits === null
      ? markup`<p class="lead" style="margin-top:18px">The deployment file was not at hand, so changed limits cannot be listed.</p>`
      : changed.length === 0
        ? markup`<p class="lead" style="margin-top:18px">All limits are the runbook's.</p>`
        : markup`<div style="margin-top:22px">${table(
            'Limits that the deployment file changed',
            [{ head: 'Limit', names: true }, { head: 'Runbook', right: true }, { head: 'Here', right: true }, { head: '' }],
            changed.map((c) => [
              c.what,
              list(c.runbook),
              list(c.here),
              c.protects ? 'protects: only ever tighter' : 'set by the deployment',
            ]),
          )}</div>`
  }`;
}

const list = (value: number | readonly number[]): string => (typeof value === 'number' ? number(value) : value.join(', '));

const bytes = (n: number): string => (n < 1024 ? `${n} bytes` : `${(n / 1024).toFixed(1)} KB`);

/** @example duration(252) // '4 min 12 s' */
function duration(seconds: number): string {
  const whole = Math.round(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
  if (hours > 0) return `${number(hours)} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min ${whole % 60} s` : `${whole} s`;
}

function span(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${Math.round(ms / 100) / 10} s`;
  return ms < 7_200_000 ? `${Math.round(ms / 6000) / 10} min` : `${Math.round(ms / 360_000) / 10} h`;
}
