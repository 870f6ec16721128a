import { describe, expect, it } from 'vitest';
import { briefMarkdown } from '../../../domain/brief.ts';
import { deploymentEntries } from '../../support/deployment-entries.ts';

const { view, file } = deploymentEntries();
const brief = briefMarkdown(view, file);
const [firstPage = '', details = ''] = brief.split('\n---\n');

describe('the brief for the CEO', () => {
  it('begins with the result, then what is not live with its reason and remedy, what is open, what was waived, figures', () => {
    expect([...firstPage.matchAll(/^#+ (.*)$/gm)].map((m) => m[1])).toEqual([
      'acme/q4: brief for the CEO',
      'What is not live, and what would lift it',
      'What is still open',
      'What was waived',
      'In figures',
    ]);
    expect(firstPage).toContain('**981 of 1,200 agents are live');
    expect(firstPage.match(/What would lift it: /g)).toHaveLength(5);
    expect(firstPage).toContain('Not asked for, because this version of golive does not do it: C1, W2.10,');
  });

  it('has one page first, however many cohorts there are', () => {
    const large = deploymentEntries({ cohorts: 250, agents: 2000, seed: 5 });
    const [page = ''] = briefMarkdown(large.view, large.file).split('\n---\n');
    expect(page.split('\n').length).toBeLessThan(60);
    expect(page).toContain('more cohorts: see *Cohort by cohort*');
  });

  it('tells every cohort once, under its group', () => {
    for (const { id } of Object.values(view.cohorts)) expect(details.split(`| ${id} |`)).toHaveLength(2);
    const groups = new Set(Object.values(view.cohorts).map((c) => c.group));
    expect(details.match(/^### /gm)).toHaveLength(groups.size);
  });

  it('says who decided by name, and whom to call', () => {
    const cfo = file.people.find((p) => p.roles.includes('cfo'));
    expect(details).toMatch(
      new RegExp(`^- ${cfo?.name ?? '?'} \\(CFO\\) signed \\d+ cohort groups, first in entry #\\d+\\.$`, 'm'),
    );
    expect(details).toContain(cfo?.email);
  });

  it('is the same for the same log', () => expect(briefMarkdown(deploymentEntries().view, file)).toBe(brief));

  it('can be written at any hour, also before there is anything to say', () => {
    for (const until of [-3, -1, 1, 40]) {
      const early = deploymentEntries({ until });
      expect(briefMarkdown(early.view, early.file)).toMatch(/^# acme\/q4: brief for the CEO\n/);
    }
  });

  it("keeps others' words inside their line and cell", () => {
    const nasty = structuredClone(view);
    const cohort = Object.values(nasty.cohorts).find((c) => c.phase === 'isolated');
    if (cohort) cohort.reason = 'a | b\n# not a heading <img src=x>';
    const text = briefMarkdown(nasty, file);
    expect(text).toContain('a \\| b # not a heading &lt;img src=x>');
    expect(text).not.toMatch(/^# not a heading/m);
  });
});
