import { beforeAll, describe, expect, it } from 'vitest';
import { adoptedData, adoptedId, signDirectRecord } from '../../../audit/direct.ts';
import { envelopeText, signJson } from '../../../audit/envelope.ts';
import { DIRECT_PAYLOAD_TYPE, type DirectRecord } from '../../../domain/direct.ts';
import type { EntryData, EvidenceRef } from '../../../domain/entry.ts';
import { directRecord } from '../../support/direct-record.ts';
import type { SignedDeployment } from '../../support/signed-deployment.ts';
import { logOf, rulesBroken, smallDeployment, verified } from '../../support/verified.ts';
import { Book } from './book.ts';

let made: SignedDeployment;
beforeAll(async () => {
  made = await smallDeployment();
});

/** The rules that a log breaks in which a stop was entered just before the deployment was closed. */
async function broken(o: {
  record?: Partial<DirectRecord>;
  file?: (record: DirectRecord) => Promise<EvidenceRef>;
  change?: (data: EntryData['direct.adopted']) => void;
  id?: string;
  before?: string;
}): Promise<string[]> {
  const record = directRecord(made.file, o.record);
  const book = new Book(made);
  const data = adoptedData(record, await (o.file ?? signed)(record));
  o.change?.(data);
  const { customer, deployment } = made.file;
  const name = `${customer}/${deployment}`;
  const place = book.at(o.before ?? '/closed');
  const at = book.drafts[place]?.entry.at;
  const id = o.id ?? adoptedId(name, data);
  book.insert(place, { v: 1, id, at, kind: 'direct.adopted', customer, deployment, actor: record.person, data });
  const verification = await verified(await logOf(made, book.drafts));
  return rulesBroken(verification);
}

const signerOf = (person: string) => {
  const signer = made.signers.get(person);
  if (!signer) throw new Error(`nobody is called ${person}`);
  return signer;
};
const signed = async (record: DirectRecord) => made.put(await signDirectRecord(record, signerOf(record.person)));

describe('a stop without Temporal that was entered afterwards', () => {
  it('is verified, also in parts', async () => {
    expect(await broken({})).toEqual([]);
    expect(await broken({ record: { part: 1, parts: 2 } })).toEqual([]);
  });

  it('breaks evidence_missing when its file is not there', async () => {
    const file = async (record: DirectRecord) => {
      const ref = await signed(record);
      made.evidence.delete(ref.digest.slice(7));
      return ref;
    };
    expect(await broken({ file })).toEqual(['evidence_missing']);
  });

  it('breaks direct_record_invalid under the signature of somebody else', async () => {
    const other = made.file.people.find((p) => p.roles.includes('cfo'))?.id ?? '';
    const file = async (record: DirectRecord) => made.put(await signDirectRecord(record, signerOf(other)));
    expect(await broken({ file })).toEqual(['direct_record_invalid']);
  });

  it('breaks direct_record_invalid in a role that the person does not hold, or of another deployment', async () => {
    expect(await broken({ record: { role: 'cfo' } })).toEqual(['direct_record_invalid']);
    expect(await broken({ record: { environment: 'staging' } })).toEqual(['direct_record_invalid']);
  });

  it('breaks direct_record_invalid when the file is something else', async () => {
    expect(await broken({ file: async () => made.put('{}') })).toEqual(['direct_record_invalid']);
    const loose = async (record: DirectRecord) => {
      const value = { ...record, urgent: true };
      const signers = [signerOf(record.person)];
      return made.put(envelopeText(await signJson({ payloadType: DIRECT_PAYLOAD_TYPE, value, signers })));
    };
    expect(await broken({ file: loose })).toEqual(['direct_record_invalid']);
  });

  it.each<[string, (data: EntryData['direct.adopted']) => void]>([
    ['how much was applied', (data) => void (data.outcomes.applied += 1)],
    ['how much was announced', (data) => void (data.intents = 0)],
    ['why', (data) => void (data.reason = 'No reason.')],
    ['what was stopped', (data) => void (data.scope = { level: 'deployment', names: [] })],
    ['something that no record says', (data) => void Object.assign(data, { urgent: true })],
  ])('breaks direct_record_invalid when the entry says otherwise %s', async (_what, change) => {
    expect(await broken({ change })).toEqual(['direct_record_invalid']);
  });

  it('breaks direct_record_invalid under an id under which it could be entered again', async () => {
    const { customer, deployment } = made.file;
    expect(await broken({ id: `${customer}/${deployment}/direct/again` })).toEqual(['direct_record_invalid']);
  });

  it('breaks deployment_file_unverified before the log names a deployment file', async () => {
    expect(await broken({ before: '/file' })).toEqual(['deployment_file_unverified']);
  });
});
