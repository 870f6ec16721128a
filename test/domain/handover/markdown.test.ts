import { describe, expect, it } from 'vitest';
import { COMMAND_CATALOGUE } from '../../../domain/runbook/commands.ts';
import { handoverMarkdown } from '../../../domain/handover/markdown.ts';
import { handoverPack } from '../../../domain/handover/pack.ts';
import { waysToStop } from '../../../domain/handover/stopping.ts';
import type { EntryData, EntryKind, NewEntry } from '../../../domain/entry.ts';
import { fold } from '../../../domain/fold/fold.ts';
import { openedByStop } from '../../../domain/incident/incident.ts';
import { command, evidence } from '../fold/samples.ts';
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

  it('names what is stopped with the command that takes it back, and the incidents that are open', () => {
    const after = structuredClone(view);
    const scope = { level: 'group' as const, names: ['sales-ic'] };
    const halt = command({ id: 'halt-1', kind: 'halt', scope, args: {}, reason: 'odd calls' });
    const say = <K extends EntryKind>(kind: K, data: EntryData[K]): void =>
      fold(after, {
        ...{ v: 1, id: kind, at: '2026-03-10T12:00:00.000Z', customer: 'acme', deployment: 'q4', actor: 'sam', kind, data },
        index: 900_000,
      } as NewEntry & { index: number });
    say('command.applied', { command: halt, envelope: evidence(1), fenceGeneration: 2, latencyMs: 3 });
    say('hold.added', {
      ...{
        holdId: halt.id,
        scope,
        ceiling: 'halted',
        why: halt.reason,
        releasedBy: 'security-lead',
        by: 'halt',
        liftedBy: 'lift',
      },
    });
    const opened = openedByStop(halt, 66.2);
    if (opened !== null) say('incident.opened', opened);
    const read = handoverMarkdown(handoverPack(after, file));
    expect(read).toContain('| halt of sales-ic | odd calls |');
    expect(read).toContain('`golive lift halt-1 --as PERSON`');
    expect(read).not.toContain('golive release halt-1');
    expect(read).toContain('SEV-2: Halted: sales-ic, odd calls (`incident-halt-1`) | Operations Lead | nobody |');
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
