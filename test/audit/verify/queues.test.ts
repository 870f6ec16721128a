import { beforeAll, describe, expect, it } from 'vitest';
import type { NewEntry } from '../../../domain/entry.ts';
import type { Draft, SignedDeployment } from '../../support/signed-deployment.ts';
import { logOf, rulesBroken, smallDeployment, verified } from '../../support/verified.ts';
import { Book } from './book.ts';

let made: SignedDeployment;
beforeAll(async () => {
  made = await smallDeployment();
});

const ALLOWED = (command: { kind: string; scope: { names: string[] } }): boolean =>
  command.kind === 'go' && command.scope.names.includes('gate-1');

/** The queue drill in one call: what is asked of whom lies beside the log, and so does what became of it. */
function drilled(spoil: (parts: { intent: Draft; outcome: Draft }, book: Book) => void = () => undefined): Book {
  const book = new Book(made);
  const go = book.of('command.applied', (e) => ALLOWED(e.data.command)).entry;
  const { v, at, customer, deployment, actor } = go;
  const key = `${customer}/${deployment}/*/0123456789abcdef/drill/1`;
  const items = (what: string) => ({ ...made.put(what), count: 2 });
  const entry = (kind: 'intent' | 'outcome', data: object): NewEntry =>
    ({
      ...{ v, at, customer, deployment, actor, kind },
      id: `${key}/${kind}`,
      data: { operation: 'drill', key, ...data },
    }) as NewEntry;
  const intent: Draft = { entry: entry('intent', { agents: [], items: items('two questions') }), cites: { authority: go.id } };
  const outcome: Draft = {
    entry: entry('outcome', { result: 'applied', items: items('two answers') }),
    cites: { intent: intent.entry.id },
  };
  spoil({ intent, outcome }, book);
  const after = book.drafts.findIndex((d) => d.entry.id === go.id) + 1;
  book.drafts.splice(after, 0, intent, outcome);
  return book;
}

const broken = async (book: Book) => rulesBroken(await verified(await logOf(made, book.drafts)));
const dataOf = ({ entry }: Draft) => entry.data as unknown as Record<string, unknown>;

describe('writes to queues in a log', () => {
  it("are verified under gate 1's go, as long as what was done and what came of it lies beside", async () => {
    expect(await broken(drilled())).toEqual([]);
  });

  it.each(['intent', 'outcome'] as const)('break evidence_missing when the items of the %s are gone', async (which) => {
    const gone = { ref: `evidence/${'2'.repeat(64)}`, digest: `sha256:${'2'.repeat(64)}`, count: 2 };
    expect(await broken(drilled((parts) => void (dataOf(parts[which])['items'] = gone)))).toEqual(['evidence_missing']);
  });

  it('break authority_missing when they rest on the go-ahead alone', async () => {
    const book = drilled(({ intent }, b) => {
      const goAhead = b.of(
        'command.applied',
        ({ data: { command: c } }) => c.kind === 'approve' && c.scope.level === 'deployment',
      );
      intent.cites.authority = goAhead.entry.id;
    });
    expect(await broken(book)).toEqual(['authority_missing']);
  });

  it('break intent_without_outcome when nobody says what became of them', async () => {
    const book = drilled();
    book.remove((e) => e.kind === 'outcome' && e.data.operation === 'drill');
    expect(await broken(book)).toEqual(['intent_without_outcome']);
  });
});
