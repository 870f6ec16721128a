import { describe, expect, it } from 'vitest';
import { NOTHING_MEASURED } from '../../../domain/report/figures.ts';
import { buildReport, type Report } from '../../../domain/report/report.ts';
import { ROWS } from '../../../domain/runbook/rows.ts';
import { reportHtml } from '../../../scripts/report/html/page.ts';
import { deploymentEntries, platformOf, type DeploymentOptions } from '../../support/deployment-entries.ts';

function reportOf(options: DeploymentOptions = {}): Report {
  const { view, file } = deploymentEntries(options);
  return buildReport(view, platformOf(view), NOTHING_MEASURED, file);
}

const report = reportOf();
const page = reportHtml(report);

describe('report.html', () => {
  it('runs no script and asks nobody for anything', () => {
    for (const text of [page, reportHtml(reportOf({ cohorts: 250, agents: 2500, seed: 9 }))]) {
      expect(text).not.toMatch(/<script|javascript:|\son\w+=/i);
      expect(text).not.toMatch(/https?:\/\//);
      expect(text).not.toMatch(/<(link|img|iframe|object|embed|base|form)\b|@import|@font-face/i);
      for (const [, target] of text.matchAll(/(?:href|src)="([^"]*)"/g)) expect(target).toMatch(/^#/);
      for (const [, target] of text.matchAll(/url\(([^)]*)\)/g)) expect(target).toMatch(/^['"]?#/);
      expect(text).toContain(`http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"`);
    }
  });

  it('has the same bytes for the same log, also when it is made twice in one process', () => {
    expect(reportHtml(reportOf())).toBe(page);
  });

  it('uses each id once, and has every chapter that it links to', () => {
    const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map((m) => m[1] ?? '');
    expect(new Set(ids).size).toBe(ids.length);
    for (const pattern of [/href="#([^"]+)"/g, /aria-labelledby="([^"]+)"/g, /url\(#([^)]+)\)/g]) {
      for (const [, id] of page.matchAll(pattern)) expect(ids).toContain(id);
    }
  });

  it('has the sections in their order', () => {
    expect([...page.matchAll(/<h2[^>]*>([^<]*)<\/h2>/g)].map((m) => m[1])).toEqual([
      'Result',
      'Plan and actual',
      'Over time',
      'Cohorts',
      'Sign-offs',
      'People',
      'Managers’ queues',
      'Stops and incidents',
      'Gates, waves and holds',
      'Milestones',
      'What was not asked for',
      'Orders',
      'The log',
      'Figures',
    ]);
    expect(page.match(/<h1>/g)).toHaveLength(1);
    expect(page).toContain(`<h1>${report.headline}</h1>`);
  });

  it('names every cohort, every group, every row', () => {
    for (const { id } of report.cohorts) expect(page).toContain(`<span class="id">${id}</span>`);
    for (const { id } of report.groups) expect(page).toContain(`>${id}<`);
    for (const { id } of ROWS) expect(page).toMatch(new RegExp(`<(th[^>]*|b)>${id.replace('.', '\\.')}<`));
  });

  it('gives charts and tables a name for those who do not see them', () => {
    for (const [svg] of page.matchAll(/<svg\b[^>]*>\s*<title[^>]*>[^<]+/g)) expect(svg).toMatch(/role="img"/);
    expect(page.match(/<svg\b/g)?.length).toBe([...page.matchAll(/<svg\b[^>]*>\s*<title[^>]*>[^<]+/g)].length);
    expect(page.match(/<table>/g)?.length).toBe(page.match(/<caption>/g)?.length);
  });

  it('stays a page of reasonable size at 250 cohorts and 20,000 agents', () => {
    expect(reportHtml(reportOf({ cohorts: 250, agents: 20_000, managers: 900, seed: 7 })).length).toBeLessThan(600_000);
  });

  it('can be made at any hour', () => {
    for (const until of [-3, -1, 0.5, 5, 30, 50]) expect(reportHtml(reportOf({ until }))).toContain('</html>');
  });

  it("shows others' words as words", () => {
    const nasty = structuredClone(report);
    const words = `<script>alert("1")</script> & 'q'`;
    for (const c of nasty.cohorts) c.reason = words;
    for (const m of nasty.milestones) m.reason = words;
    for (const w of nasty.watchItems) w.text = words;
    for (const c of nasty.commands) c.kind = words;
    nasty.deployment.id = words;
    const text = reportHtml(nasty);
    expect(text).not.toContain('<script');
    expect(text).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;q&#39;');
  });

  it('says so when the platform did not answer, or says something else than the log', () => {
    const { view } = deploymentEntries();
    expect(reportHtml(buildReport(view, null, NOTHING_MEASURED))).toContain('did not answer');
    const [first, ...rest] = platformOf(view);
    if (first === undefined) throw new Error('no cohorts');
    const other = { ...first, mode: 'halted' as const, byMode: { halted: first.agents } };
    expect(reportHtml(buildReport(view, [other, ...rest], NOTHING_MEASURED))).toContain(
      'The platform and the log do not say the same.',
    );
  });
});
