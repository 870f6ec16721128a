import { formatT } from '../../../domain/clock.ts';
import type { Report } from '../../../domain/report/report.ts';

/** HTML that needs no escaping any more. Made by `markup` and by the charts, from nothing else. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type Part = Markup | string | number | null | undefined | false | readonly Part[];

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
export const escape = (text: string): string => text.replace(/[&<>"']/g, (c) => ESCAPES[c] ?? c);

const textOf = (part: Part): string => {
  if (part instanceof Markup) return part.text;
  if (typeof part === 'string') return escape(part);
  if (typeof part === 'number') return String(part);
  return Array.isArray(part) ? part.map(textOf).join('') : '';
};

/** Everything that is put in is escaped, unless it is markup itself: reasons and names come from others. */
export const markup = (strings: TemplateStringsArray, ...parts: Part[]): Markup =>
  new Markup(strings.reduce((text, string, i) => text + textOf(parts[i - 1]) + string));

export interface Column {
  head: string;
  /** Numbers stand right. */
  right?: boolean;
  /** The column that names the row. */
  names?: boolean;
  width?: string;
}

export function table(caption: string, columns: readonly Column[], rows: readonly (readonly Part[])[]): Markup {
  return markup`<table>
    <caption>
      ${caption}
    </caption>
    ${head(columns)}
    <tbody>
      ${rows.map((cells) => row(columns, cells))}
    </tbody>
  </table>`;
}

export const head = (columns: readonly Column[]): Markup =>
  markup`<thead>
    <tr>
      ${columns.map((c) => markup`<th scope="col" ${attributes(c)}>${c.head}</th>`)}
    </tr>
  </thead>`;

export const row = (columns: readonly Column[], cells: readonly Part[]): Markup =>
  markup`<tr>${columns.map((c, i) => (c.names ? markup`<th scope="row" ${attributes(c)}>${cells[i]}</th>` : markup`<td ${attributes(c)}>${cells[i]}</td>`))}</tr>`;

const attributes = ({ right, width }: Column): Markup =>
  markup`${right && markup`class="n"`} ${width !== undefined && markup`style="width:${width}"`}`;

export const section = (id: string, title: string, lead: Part, ...parts: Part[]): Markup =>
  markup`<section id="${id}" aria-labelledby="${id}-title">
    <h2 id="${id}-title">${title}</h2>
    ${lead ? markup`<p class="lead">${lead}</p>` : null} ${parts}
  </section>`;

/** State in words, with a colour that only repeats them. */
export const chip = (state: string, words: string = state): Markup =>
  markup`<span class="chip ${state.replace(/[^a-z-]/g, '')}">${words}</span>`;

export const entry = (index: number | null): Part => (index === null ? '' : markup`<span class="entry">#${index}</span>`);

export const digest = (value: string | null): Part =>
  value === null ? '–' : markup`<code title="${value}">${value.replace(/^sha256:/, '').slice(0, 12)}</code>`;

export const planTime = (hours: number | null): string => (hours === null ? '–' : formatT(hours));

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** Wall time, always UTC: whoever reads the page may sit anywhere. @example '2 Mar 2026, 08:12 UTC' */
export function wallTime(iso: string | null): string {
  if (iso === null) return '–';
  const date = new Date(iso);
  const two = (n: number): string => String(n).padStart(2, '0');
  const day = `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()] ?? ''} ${date.getUTCFullYear()}`;
  return `${day}, ${two(date.getUTCHours())}:${two(date.getUTCMinutes())} UTC`;
}

/** Wall time as plan hours on this report's clock; fit for tables in which everything else is plan time. */
export function planHoursOf({ deployment, asOf }: Report, iso: string): number | null {
  if (asOf?.planHours === null || asOf === null) return null;
  return asOf.planHours - ((Date.parse(asOf.at) - Date.parse(iso)) * deployment.speed) / 3_600_000;
}
