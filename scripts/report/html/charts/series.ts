import { LineChart } from 'echarts/charts';
import { GridComponent, MarkLineComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { number } from '../../../../domain/describe/words.ts';
import type { Report } from '../../../../domain/report/report.ts';
import { escape, Markup } from '../markup.ts';
import { ACCENT, INK, MUTED, RULE, SANS, STATE_COLOURS } from '../style.ts';

use([LineChart, GridComponent, MarkLineComponent, SVGRenderer]);

/** From the bottom up: what is furthest carries the rest. */
export const STATES = ['live', 'shadow', 'provisioning', 'paused', 'halted', 'terminated'] as const;

interface Drawing {
  name: string;
  title: string;
  width: number;
  height: number;
  option: Parameters<ReturnType<typeof init>['setOption']>[0];
}

/**
 * One chart as inline SVG. ECharts goes on counting its class names through the life of a process and keeps timers until it
 * is disposed of: so names get the chart's own prefix and start anew, and nothing stays behind.
 */
function draw({ name, title, width, height, option }: Drawing): Markup {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    chart.setOption(option);
    const svg = chart.renderToSVGString();
    const numbers = new Map<string, number>();
    const own = svg
      .replace(/\bzr\d+-([a-z]+)-?(\d+)/g, (whole, kind: string) => {
        if (!numbers.has(whole)) numbers.set(whole, numbers.size);
        return `${name}-${kind}${numbers.get(whole) ?? 0}`;
      })
      .replace(/<style\b[\s\S]*?<\/style>/g, '')
      .replace(/\s+(class|ecmeta_\w+|pointer-events)="[^"]*"/g, '')
      .replace(/\s+xmlns(:xlink)?="[^"]*"/g, '')
      .replace(/\s+(baseProfile|version)="[^"]*"/g, '');
    return new Markup(
      own
        .replace(/<svg\b/, `<svg role="img" aria-label="${escape(title)}"`)
        .replace(/(<svg\b[^>]*>)/, `$1<title>${escape(title)}</title>`),
    );
  } finally {
    chart.dispose();
  }
}

const text = { color: MUTED, fontSize: 12, fontFamily: SANS };
const HOURS = {
  type: 'value' as const,
  min: 0,
  axisLabel: { ...text, formatter: (h: number) => `T+${h}` },
  axisLine: { lineStyle: { color: '#c7ced7' } },
  axisTick: { show: false },
  splitLine: { show: false },
};
const COUNT = {
  type: 'value' as const,
  min: 0,
  axisLabel: { ...text, formatter: (n: number) => number(n) },
  splitLine: { lineStyle: { color: RULE } },
};

const lastHour = (hours: readonly number[], least: number): number =>
  Math.max(least, Math.ceil(((hours.at(-1) ?? 0) - 0.5) / 6) * 6);

/** Agents by state. A point holds until the next: nothing was recorded between them because nothing changed. */
export function agentsChart({ series, agents }: Report): Markup | null {
  const { points } = series.agents;
  if (points.length < 2) return null;
  const shown = STATES.filter((state) => points.some((p) => p[state] > 0));
  const end = lastHour(
    points.map((p) => p.planHours),
    24,
  );
  return draw({
    name: 'agents',
    title: `Agents by state over plan time; at the end ${shown.map((state) => `${number(agents[state])} ${state}`).join(', ')}`,
    width: 640,
    height: 300,
    option: {
      animation: false,
      grid: { left: 48, right: 12, top: 22, bottom: 28 },
      xAxis: { ...HOURS, max: end, interval: end > 36 ? 12 : 6 },
      yAxis: COUNT,
      series: shown.map((state) => ({
        type: 'line',
        stack: 'agents',
        step: 'end',
        symbol: 'none',
        silent: true,
        lineStyle: { width: 0 },
        areaStyle: { color: STATE_COLOURS[state], opacity: 1 },
        data: points.map((p) => [p.planHours, p[state]]),
      })),
    },
  });
}

const MINT_DUE_HOUR = 12;

/** Credentials against the target rate, from the first one on. */
export function mintedChart({ series, minting, agents }: Report): Markup | null {
  const { points } = series.minted;
  const first = points.findIndex((p) => p.minted > 0);
  const done = points.find((p) => p.minted === minting.minted) ?? points.at(-1);
  const from = points[Math.max(0, first - 1)];
  if (first < 0 || done === undefined || from === undefined) return null;
  const { targetPerHour } = minting;
  const reached = targetPerHour === null ? done.planHours : from.planHours + agents.total / targetPerHour;
  const end = Math.max(MINT_DUE_HOUR + 4, Math.ceil((done.planHours + 1) / 4) * 4);
  return draw({
    name: 'minted',
    title: `Credentials minted over plan time: ${number(minting.minted)} by T+${done.planHours.toFixed(1)}${targetPerHour === null ? '' : `, against a target of ${number(targetPerHour)} an hour`}`,
    width: 430,
    height: 300,
    option: {
      animation: false,
      grid: { left: 48, right: 12, top: 22, bottom: 28 },
      xAxis: { ...HOURS, max: end, interval: 4 },
      yAxis: COUNT,
      series: [
        {
          type: 'line',
          symbol: 'none',
          silent: true,
          lineStyle: { color: ACCENT, width: 2 },
          areaStyle: { color: ACCENT, opacity: 0.08 },
          data: [...points.filter((p) => p.planHours <= end).map((p) => [p.planHours, p.minted]), [end, minting.minted]],
          markLine: {
            symbol: 'none',
            silent: true,
            lineStyle: { color: INK, type: 'dotted', width: 1 },
            label: { ...text, formatter: 'due', position: 'end' },
            data: [{ xAxis: MINT_DUE_HOUR }],
          },
        },
        ...(targetPerHour === null
          ? []
          : [
              {
                type: 'line' as const,
                symbol: 'none',
                silent: true,
                lineStyle: { color: '#9a6a10', width: 1.5, type: 'dashed' as const },
                data: [
                  [from.planHours, 0],
                  [reached, agents.total],
                ],
              },
            ]),
      ],
    },
  });
}
