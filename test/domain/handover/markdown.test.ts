import { describe, expect, it } from 'vitest';
import { COMMAND_CATALOGUE } from '../../../domain/runbook/commands.ts';
import { handoverMarkdown } from '../../../domain/handover/markdown.ts';
import { handoverPack } from '../../../domain/handover/pack.ts';
import { waysToStop } from '../../../domain/handover/stopping.ts';
import { deploymentEntries } from '../../support/deployment-entries.ts';

const { view, file } = deploymentEntries({ until: 66.2 });
const pack = handoverPack(view, file);
const text = handoverMarkdown(pack);

describe('the hand-over pack as people read it', () => {
  it('names every cohort that is not live, every hold that stands, every open task and watch item', () => {
    expect(pack.notLive.length).toBeGreaterThan(0);
    for (const { cohort } of pack.notLive) expect(text).toContain(`| ${cohort} |`);
    for (const { id } of pack.holds) expect(text).toContain(`golive release ${id}`);
    expect(pack.tasks).toHaveLength(Object.values(view.tasks).filter((t) => t.closed === null).length);
    expect(pack.watchItems).toHaveLength(Object.values(view.watchItems).filter((w) => w.closed === null).length);
  });

  it('has every person with a role, with their hours', () => {
    for (const { name } of file.people.filter((p) => p.roles.length > 0)) expect(text).toContain(name);
    expect(text).toMatch(/around the clock|\d\d:\d\d to \d\d:\d\d/);
  });

  it('is the same for the same log, also when the hour is another', () => {
    expect(handoverMarkdown(handoverPack(view, file))).toBe(text);
    const alone = { ...view, figures: { ...view.figures, entries: 0 } };
    expect(handoverPack(alone, file)).toEqual(pack);
  });

  it('gives a command for what this version does, and says in words what to do for what it does not', () => {
    for (const { command, instead, what } of waysToStop()) {
      expect(
        [command, instead].filter((words) => words !== null),
        what,
      ).toHaveLength(1);
      const verb = command?.split(' ')[1];
      if (verb !== undefined) expect(COMMAND_CATALOGUE[verb as keyof typeof COMMAND_CATALOGUE].built).toBe(true);
    }
  });

  it("shows others' words as words", () => {
    const [first] = pack.holds;
    const nasty = {
      ...pack,
      holds: [{ ...(first ?? ({} as never)), why: 'a | b <script>\nc', on: 'x', since: '2026-03-10T08:00' }],
    };
    expect(handoverMarkdown(nasty)).toContain('a \\| b &lt;script> c');
  });
});
