import { beforeAll, describe, expect, it } from 'vitest';
import { draftsOf, entriesOf, type SignedDeployment } from '../../support/signed-deployment.ts';
import { entryBytes, tiledLog } from '../../support/tiled-log.ts';
import { logOf, rulesBroken, smallDeployment, verified } from '../../support/verified.ts';
import { Book, holder, sameIntent } from './book.ts';
import { CASES } from './cases.ts';

let made: SignedDeployment;
beforeAll(async () => {
  made = await smallDeployment();
});

describe('a log that its own writer made wrong', () => {
  it('is verified as long as nothing is wrong', async () => {
    expect(rulesBroken(await verified(await logOf(made)))).toEqual([]);
  });

  it('is verified when what nobody knew was found out before the end', async () => {
    const book = new Book(made);
    const intent = book.of('intent', (e) => e.data.operation === 'mint');
    for (const { entry, cites } of structuredClone(sameIntent(book, intent))) {
      book.insert(book.at('/closed'), { ...entry, id: `${entry.id}/2` }, cites);
      Object.assign(book.of('outcome', (e) => e.id === entry.id).entry.data, { result: 'unknown' });
    }
    expect(rulesBroken(await verified(await logOf(made, book.drafts)))).toEqual([]);
  });

  it.each(CASES)('breaks %s with %s', async (rule, _what, spoil) => {
    const book = new Book(made);
    await spoil(book);
    const verification = await verified(await logOf(made, book.drafts));
    expect(rulesBroken(verification), JSON.stringify(verification.findings, null, 1)).toEqual([rule]);
  });

  it('breaks entry_not_canonical with an entry in another spelling', async () => {
    const entries = entriesOf(made.drafts).map((entry) => ({ at: entry.at, bytes: entryBytes(entry) }));
    const [first] = entries;
    if (first) first.bytes = Buffer.from(JSON.stringify(JSON.parse(first.bytes.toString('utf8')), null, 1));
    const { file, rootKey, evidence } = made;
    const log = await tiledLog(entries, { origin: file.logOrigin, rootKeys: [rootKey], evidence });
    expect(rulesBroken(await verified(log))).toEqual(['entry_not_canonical']);
  });

  it('breaks deployment_file_unverified when the root is not the one that the auditor pinned', async () => {
    const { files, policy } = await logOf(made);
    const other = [...made.signers.values()][0]?.publicKey ?? '';
    expect(rulesBroken(await verified({ files, policy: { ...policy, rootKeys: [other] } }))).toEqual([
      'deployment_file_unverified',
    ]);
  });

  it('breaks flip_unsigned when one person signs in two roles', async () => {
    const cfo = holder(new Book(made), 'cfo');
    const deputy = await smallDeployment({}, (file) => file.people.find((p) => p.id === cfo)?.deputyOf.push('security-lead'));
    const sign = draftsOf(deputy.drafts, 'command.applied').find(
      ({ entry }) => entry.data.command.id === 'order-sign-security-lead',
    );
    if (!sign) throw new Error('nobody signs');
    sign.entry.data.command.person = cfo;
    sign.entry.data.envelope = await deputy.sign(sign.entry.data.command);
    expect(rulesBroken(await verified(await logOf(deputy)))).toEqual(['flip_unsigned']);
  });

  it('is only remarked upon when clocks disagree', async () => {
    const book = new Book(made);
    const { entry } = book.of('cohort.phase', (e) => e.data.phase === 'handed-over');
    entry.at = new Date(Date.parse(entry.at) - 5 * 60_000).toISOString();
    const { total, notices } = await verified(await logOf(made, book.drafts));
    expect([total, notices.length]).toEqual([0, 1]);
  });
});
