/** Colours of agents by state, also on paper and for those who do not tell red from green: they differ in lightness too. */
export const STATE_COLOURS = {
  live: '#1f7a5c',
  shadow: '#8fa9cf',
  provisioning: '#dde2e8',
  paused: '#e3b04b',
  halted: '#c2573f',
  terminated: '#5d2a2e',
} as const;

/** Colours of cohorts by standing: those of their agents, and one for each way to be set aside. */
export const STANDING_COLOURS = {
  ...STATE_COLOURS,
  ramping: '#7dbf9f',
  held: '#e3b04b',
  parked: '#b58bd1',
  isolated: '#c2573f',
} as const;

export const INK = '#1d2733';
export const MUTED = '#566273';
export const RULE = '#e2e6eb';
export const ACCENT = '#1f4e79';
export const SANS = `-apple-system, 'Segoe UI', 'Helvetica Neue', Helvetica, Arial, sans-serif`;

export const STYLE = `
:root { --ink: ${INK}; --muted: ${MUTED}; --rule: ${RULE}; --wash: #f7f8fa; --accent: ${ACCENT}; }
* { box-sizing: border-box; }
html { font: 400 15px/1.55 ${SANS}; color: var(--ink); background: #fff; -webkit-text-size-adjust: 100%; }
body { margin: 0; }
.page { max-width: 1120px; margin: 0 auto; padding: 0 40px 72px; }
a { color: var(--accent); text-underline-offset: 2px; }
.skip { position: absolute; left: -9999px; }
.skip:focus { left: 16px; top: 12px; background: #fff; padding: 6px 10px; }
header { padding: 60px 0 30px; border-bottom: 1px solid var(--rule); }
.kicker { font-size: 12px; letter-spacing: .09em; text-transform: uppercase; color: var(--muted); margin: 0 0 16px; }
.kicker b { color: var(--ink); font-weight: 600; }
h1 { font: 400 36px/1.25 'Iowan Old Style', 'Palatino Linotype', Palatino, Georgia, 'Times New Roman', serif; letter-spacing: -.01em; margin: 0 0 20px; max-width: 24em; text-wrap: balance; }
.facts { display: flex; flex-wrap: wrap; gap: 4px 28px; margin: 0; font-size: 13px; color: var(--muted); }
.facts div { display: flex; gap: 6px; }
.facts dt { color: var(--muted); }
.facts dd { margin: 0; color: var(--ink); }
nav { padding: 14px 0; border-bottom: 1px solid var(--rule); font-size: 13px; }
nav ul { list-style: none; display: flex; flex-wrap: wrap; gap: 4px 20px; margin: 0; padding: 0; }
nav a { text-decoration: none; }
nav a:hover { text-decoration: underline; }
section { padding: 46px 0 0; }
#result { padding-top: 4px; } #result h2 { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
h2 { font-size: 21px; line-height: 1.3; font-weight: 600; letter-spacing: -.01em; margin: 0 0 6px; }
h3 { font-size: 15px; font-weight: 600; margin: 28px 0 6px; }
.lead { margin: 0 0 18px; font-size: 14px; color: var(--muted); max-width: 46em; }
.tiles { display: grid; grid-template-columns: repeat(6, 1fr); margin: 30px 0 28px; padding: 0; }
.tiles > div { padding: 0 18px; border-left: 1px solid var(--rule); }
.tiles > div:first-child { padding-left: 0; border-left: 0; }
.tiles dt { font-size: 12.5px; color: var(--muted); line-height: 1.35; }
.tiles dd { margin: 0 0 4px; font-size: 31px; line-height: 1.15; font-weight: 300; letter-spacing: -.02em; white-space: nowrap; font-variant-numeric: tabular-nums; }
.tiles dd small { font-size: 15px; color: var(--muted); letter-spacing: 0; }
.tiles p { margin: 2px 0 0; font-size: 12px; color: var(--muted); line-height: 1.35; }
figure { margin: 0; }
figcaption { font-size: 12.5px; color: var(--muted); margin-top: 8px; }
svg { display: block; width: 100%; height: auto; }
svg text { font-family: ${SANS}; }
.pair { display: grid; grid-template-columns: 3fr 2fr; gap: 44px; }
.key { list-style: none; display: flex; flex-wrap: wrap; gap: 3px 18px; margin: 10px 0 0; padding: 0; font-size: 12.5px; color: var(--muted); }
.key li { display: flex; align-items: center; gap: 7px; }
.key i { width: 11px; height: 11px; border-radius: 2px; display: inline-block; }
.key b { color: var(--ink); font-weight: 600; font-variant-numeric: tabular-nums; }
table { border-collapse: collapse; width: 100%; font-size: 13px; line-height: 1.42; font-variant-numeric: tabular-nums; }
caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.shown caption { position: static; width: auto; height: auto; clip-path: none; text-align: left; font-weight: 600; font-size: 14px; padding: 0 0 6px; }
th, td { text-align: left; vertical-align: top; padding: 7px 14px 7px 0; border-bottom: 1px solid var(--rule); font-weight: 400; }
th:last-child, td:last-child { padding-right: 0; }
thead th { font-size: 12px; color: var(--muted); border-bottom-color: #c7ced7; padding-top: 0; white-space: nowrap; }
.n { text-align: right; white-space: nowrap; }
td.n + td, th.n + th, td.n + th { padding-left: 14px; }
tbody.group tr:first-child th { padding-top: 16px; border-bottom-color: #c7ced7; font-weight: 600; font-size: 14px; }
tbody.group tr:first-child th small { font-weight: 400; font-size: 12.5px; color: var(--muted); margin-left: 10px; }
.id { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace; font-size: 12px; overflow-wrap: anywhere; }
code { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace; font-size: 12px; }
.why { color: var(--ink); } .why em { display: block; font-style: normal; color: var(--muted); }
.entry, .muted { color: var(--muted); } .entry { font-size: 12px; white-space: nowrap; }
.chip { display: inline-block; padding: 0 8px; border-radius: 9px; font-size: 12px; line-height: 18px; white-space: nowrap; background: #eef1f4; color: #3a4553; }
.chip.live, .chip.met, .chip.applied, .chip.approve, .chip.within { background: #e0f0e9; color: #14573f; }
.chip.ramping { background: #e6f4ec; color: #1f6148; }
.chip.shadow { background: #e6edf7; color: #2b4872; }
.chip.held, .chip.paused, .chip.late, .chip.live-with-exceptions { background: #fbf0d9; color: #744f07; }
.chip.parked { background: #f1e8f7; color: #5c3679; }
.chip.isolated, .chip.halted, .chip.missed, .chip.refused, .chip.reject, .chip.failed, .chip.over { background: #f8e3de; color: #8a2e19; }
.chip.terminated { background: #ecdfe0; color: #5d2a2e; }
.note { background: var(--wash); border-left: 3px solid #c7ced7; padding: 12px 18px; margin: 0 0 18px; font-size: 13.5px; max-width: none; }
.note p { margin: 0; } .note p + p { margin-top: 6px; }
.rows { columns: 2; column-gap: 44px; margin: 0; padding: 0; list-style: none; font-size: 13px; }
.rows li { break-inside: avoid; padding: 7px 0; border-bottom: 1px solid var(--rule); }
.rows b { font-weight: 600; margin-right: 7px; } .rows .sub { display: block; color: var(--muted); } .rows .why { margin-top: 3px; }
.incident { padding: 12px 0 14px; border-top: 1px solid var(--rule); break-inside: avoid; } .incident h4 { font-size: 13.5px; font-weight: 600; margin: 0 0 3px; overflow-wrap: anywhere; }
.incident p { margin: 0 0 6px; } .told { display: grid; grid-template-columns: 52px 1fr; gap: 2px 8px; margin: 0 0 8px; font-size: 13px; } .told dt { color: var(--muted); } .told dd { margin: 0; }
.line { columns: 2; column-gap: 44px; list-style: none; margin: 0; padding: 0; font-size: 12px; color: var(--muted); } .line li { break-inside: avoid; padding: 2px 0; overflow-wrap: anywhere; } .line b { color: var(--ink); font-weight: 600; font-variant-numeric: tabular-nums; }
.cols { display: grid; grid-template-columns: 1fr 1fr; gap: 8px 44px; align-items: start; }
h2 + .cols, h2 + .shown { margin-top: 16px; } .more { font-size: 13px; }
.cols h3 { margin-top: 12px; }
footer { margin-top: 56px; padding-top: 18px; border-top: 1px solid var(--rule); font-size: 12.5px; color: var(--muted); }
footer p { margin: 0 0 4px; }
@media screen and (max-width: 860px) { .page { padding: 0 20px 48px; } .tiles { grid-template-columns: repeat(3, 1fr); gap: 22px 0; } .tiles > div:nth-child(4) { padding-left: 0; border-left: 0; } .pair, .cols { grid-template-columns: 1fr; } .rows { columns: 1; } .wide, .shown { overflow-x: auto; } .wide svg { min-width: 760px; } .pair > *, .cols > * { min-width: 0; } section > table { display: block; overflow-x: auto; } h1 { font-size: 27px; } }
@page { size: A4; margin: 15mm 14mm 16mm; }
@media print {
  html { font-size: 10pt; -webkit-print-color-adjust: exact; print-color-adjust: exact; }
  .page { max-width: none; padding: 0; }
  nav, .skip { display: none; }
  header { padding: 0 0 16px; } h1 { font-size: 23pt; }
  section { padding-top: 24px; }
  .tiles > div { padding: 0 9px; } .tiles dd { font-size: 19pt; } .tiles dd small { font-size: 9.5pt; } .tiles { margin: 18px 0 16px; }
  .tiles dt, .tiles p, .key, figcaption, .entry { font-size: 7.8pt; }
  table, .rows { font-size: 8.2pt; } .id, code, .chip, thead th { font-size: 7.6pt; }
  th, td { padding-top: 3.5px; padding-bottom: 3.5px; }
  h2, h3, .lead { break-after: avoid; } figure, tr, .tiles, .note { break-inside: avoid; } thead { display: table-header-group; }
  tbody.group tr:first-child { break-after: avoid; } tbody:first-of-type tr:first-child { break-before: avoid; }
  .lead { font-size: 9pt; margin-bottom: 10px; } h2 { font-size: 13.5pt; } h3 { font-size: 10.5pt; margin-top: 16px; }
  .pair, .cols { gap: 24px; }
  a { color: inherit; text-decoration: none; }
}
`;
