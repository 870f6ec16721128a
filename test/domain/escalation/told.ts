import type { EntryData, EntryKind, NewEntry } from '../../../domain/entry.ts';
import { escalations } from '../../../domain/escalation/due.ts';
import { emptyView } from '../../../domain/fold/empty.ts';
import { fold } from '../../../domain/fold/fold.ts';
import type { Role } from '../../../domain/roles.ts';
import type { DeploymentView } from '../../../domain/view.ts';
import { deploymentFile } from '../../audit/signed-set.ts';

export const T0 = Date.parse('2026-03-10T08:00:00.000Z');
export const MINUTE = 60_000;
export const at = (minutes: number): string => new Date(T0 + minutes * MINUTE).toISOString();

/** A deployment at real speed whose log says what the test says, minute by minute. */
export class Told {
  readonly view: DeploymentView = emptyView('northwind', 'q1');
  file = structuredClone(deploymentFile);
  #index = 0;

  constructor(speed = 1) {
    this.file.people = this.file.people.map((p) => ({ ...p, contactHours: undefined }));
    this.view.header.openedAt = at(-600);
    this.view.header.speed = speed;
    this.say(-1, 'milestone', { row: 'C4', status: 'met', dueAt: at(-1), duePlanHours: -24 });
    this.say(0, 'clock.started', { planHours: 0, speed, wallAt: at(0) });
  }

  say<K extends EntryKind>(minutes: number, kind: K, data: EntryData[K]): void {
    const index = this.#index++;
    const head = { v: 1, id: `e/${index}`, at: at(minutes), kind, customer: 'northwind', deployment: 'q1', actor: 'golive' };
    fold(this.view, { ...head, data, index } as NewEntry & { index: number });
  }

  task(minutes: number, owner: Role = 'connector-standby'): void {
    this.say(minutes, 'task.opened', {
      taskId: 'vault',
      owner,
      code: 'mint_unavailable' as never,
      sentence: 'The vault is shut.',
      next: '',
    });
  }

  /** Looks at a minute and writes down what is due, as the watcher does. */
  look(minutes: number): EntryData['escalation.raised'][] {
    const { raise, close } = escalations(this.view, this.file, T0 + minutes * MINUTE);
    for (const r of raise) this.say(minutes, 'escalation.raised', r);
    for (const c of close) this.say(minutes, 'escalation.closed', c);
    return raise;
  }

  order(minutes: number, args: object, person = 'otto'): void {
    const command = {
      id: `order-${this.#index}`,
      kind: 'ack',
      person,
      role: 'arx-standby',
      scope: { level: 'deployment', names: [] },
      args,
    };
    this.say(minutes, 'command.applied', {
      command,
      envelope: { ref: '', digest: '' },
      fenceGeneration: 0,
      latencyMs: 1,
    } as never);
  }

  levels(minutes: number): string[] {
    return this.look(minutes).map((r) => r.level);
  }
}
