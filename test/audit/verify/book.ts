import type { Command } from '../../../domain/command.ts';
import type { EntryKind, EntryOf, NewEntry } from '../../../domain/entry.ts';
import { draftsOf, type Draft, type SignedDeployment } from '../../support/signed-deployment.ts';

/** A log to be broken: found again by the end of an id, changed in place, kept in order. */
export class Book {
  readonly drafts: Draft[];
  readonly made: SignedDeployment;

  constructor(made: SignedDeployment) {
    this.made = made;
    this.drafts = structuredClone(made.drafts);
  }

  at(end: string): number {
    const found = this.drafts.findIndex(({ entry }) => entry.id.endsWith(end));
    if (found < 0) throw new Error(`there is no entry …${end}`);
    return found;
  }

  of<K extends EntryKind>(kind: K, where: (entry: EntryOf<K>) => boolean = () => true): Draft & { entry: EntryOf<K> } {
    const found = draftsOf(this.drafts, kind).find(({ entry }) => where(entry));
    if (!found) throw new Error(`there is no ${kind} like that`);
    return found;
  }

  remove(where: (entry: NewEntry) => boolean): void {
    this.drafts.splice(0, this.drafts.length, ...this.drafts.filter(({ entry }) => !where(entry)));
  }

  insert(before: number, entry: object, cites: Draft['cites'] = {}): void {
    this.drafts.splice(before, 0, { entry: entry as NewEntry, cites });
  }

  /** Changes an applied order, which its person signs again. */
  async order(id: string, change: (command: Command) => void, signer?: string): Promise<Command> {
    const draft = this.of('command.applied', (e) => e.data.command.id === `order-${id}`);
    change(draft.entry.data.command);
    draft.entry.data.envelope = await this.made.sign(
      draft.entry.data.command,
      this.made.signers.get(signer ?? draft.entry.data.command.person),
    );
    return draft.entry.data.command;
  }
}

export const holder = ({ made }: Book, role: Command['role']): string =>
  made.file.people.find((p) => p.roles.includes(role))?.id ?? '';
export const sameIntent = (book: Book, { entry }: Draft) => book.drafts.filter((d) => d.cites.intent === entry.id);

/** The group for which one executive did not sign, so that nothing of it went live. */
export function unsignedGroup(book: Book): string {
  const [signedBy] = draftsOf(book.drafts, 'sign-off')
    .filter(({ entry }) => entry.data.role === 'cfo')
    .slice(0, 1);
  const groups = (role: string) =>
    draftsOf(book.drafts, 'sign-off')
      .filter(({ entry }) => entry.data.role === role)
      .map(({ entry }) => entry.data.group);
  const left = groups('customer-lead').find((group) => !groups('cfo').includes(group));
  if (!left || !signedBy) throw new Error('every group is signed');
  return left;
}
