import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { BREAKER_OPEN } from '../../clients/breaker/metric.ts';
import { gatewayMetrics } from '../../gateway/metrics.ts';

interface Rule {
  alert: string;
  expr: string;
  labels: Record<string, string>;
  annotations: { summary: string; description: string; runbook: string };
}
const { groups } = parse(readFileSync('deploy/alerts/golive.yaml', 'utf8')) as { groups: { rules: Rule[] }[] };
const rules = groups.flatMap((group) => group.rules);

/** The heading that a link to a section means, as it is made of its words. */
const anchors = (page: string): string[] =>
  [...page.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  );

describe('the alert rules', () => {
  it.each(rules)('$alert asks for metrics that there are', async ({ expr }) => {
    const registered = await gatewayMetrics().registry.getMetricsAsJSON();
    const known = [BREAKER_OPEN.name, ...registered.map(({ name }) => name)];
    const asked = expr.match(/golive_\w+/g) ?? [];
    expect(asked.length).toBeGreaterThan(0);
    for (const name of asked) expect(known).toContain(name);
  });

  it.each(rules)('$alert says what it means and leads to a section that there is', ({ annotations, labels }) => {
    const [page = '', section = ''] = annotations.runbook.split('#');
    expect(existsSync(page)).toBe(true);
    expect(anchors(readFileSync(page, 'utf8'))).toContain(section);
    expect([annotations.summary, annotations.description, labels['severity']].every((text) => (text ?? '') !== '')).toBe(true);
  });
});
