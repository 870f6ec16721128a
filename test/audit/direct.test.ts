import { describe, expect, it } from 'vitest';
import { readDirectRecord, signDirectRecord } from '../../audit/direct.ts';
import { envelopeText, parseEnvelope, signJson, type Envelope } from '../../audit/envelope.ts';
import { temporarySigner } from '../../clients/keys/local.ts';
import type { DeploymentFile } from '../../domain/deployment-file.ts';
import { DIRECT_PAYLOAD_TYPE, type DirectRecord } from '../../domain/direct.ts';
import { deploymentEntries } from '../support/deployment-entries.ts';
import { directRecord } from '../support/direct-record.ts';

const made = deploymentEntries({ agents: 90, cohorts: 8 }).file;
const signers = new Map(made.people.map((p) => [p.id, temporarySigner()]));
const file: DeploymentFile = {
  ...made,
  people: made.people.map((p) => ({ ...p, keys: [signers.get(p.id)?.publicKey ?? ''] })),
};
const record = directRecord(file);
const signer = signers.get(record.person) ?? temporarySigner();
const other = [...signers.values()].find((s) => s !== signer) ?? temporarySigner();
const cfo = file.people.find((p) => p.roles.includes('cfo'))?.id ?? '';

const signed = (value: unknown, by = [signer], payloadType = DIRECT_PAYLOAD_TYPE): Promise<Envelope> =>
  signJson({ payloadType, value, signers: by });
const text = async (over: object, by = [signer]): Promise<string> => envelopeText(await signed({ ...record, ...over }, by));
const read = (content: string | Uint8Array) => readDirectRecord(Buffer.from(content), file);

describe('a record of a stop without Temporal', () => {
  it('is read back as it was signed, and in parts', async () => {
    expect(read(await signDirectRecord(record, signer))).toEqual(record);
    const part: DirectRecord = { ...record, part: 2, parts: 3 };
    expect(read(await signDirectRecord(part, signer))).toEqual(part);
  });

  const CASES: [string, string, () => Promise<string> | string][] = [
    ['no JSON', 'malformed', () => 'halted!'],
    ['the record without its envelope', 'malformed', () => JSON.stringify(record)],
    ['white space that no signature sees', 'malformed', async () => ` ${await text({})}`],
    [
      'a signed order',
      'malformed',
      async () => envelopeText(await signed(record, [signer], 'application/vnd.golive.command+json')),
    ],
    ['a field that no record has', 'malformed', () => text({ urgent: true })],
    ['an order that raises', 'malformed', () => text({ kind: 'promote' })],
    ['a stop of a gate', 'malformed', () => text({ scope: { level: 'gate', names: ['gate-1'] } })],
    ['a part of an unknown number', 'malformed', () => text({ part: 1 })],
    ['part 3 of 2', 'malformed', () => text({ part: 3, parts: 2 })],
    ['more than 64 KB', 'malformed', () => text({ scope: { level: 'agent', names: Array(2000).fill('a'.repeat(40)) } })],
    ['another deployment', 'wrong_deployment', () => text({ deployment: 'q5' })],
    ['another customer', 'wrong_deployment', () => text({ customer: 'emca' })],
    ['another environment', 'wrong_environment', () => text({ environment: 'staging' })],
    ['another log', 'wrong_log', () => text({ logOrigin: 'elsewhere.example/golive' })],
    ['somebody whom the file does not name', 'unknown_person', () => text({ person: 'mallory' })],
    ["somebody else's key", 'unsigned', () => text({}, [other])],
    ['a key that nobody has', 'unsigned', () => text({}, [temporarySigner()])],
    ['a second signature', 'unsigned', () => text({}, [signer, other])],
    ['a role that the person does not hold', 'role_not_held', () => text({ role: 'cfo' })],
    ['a person in the role of another', 'role_not_held', () => text({ person: cfo }, [signers.get(cfo) ?? other])],
  ];
  it.each(CASES)('is not entered with %s: %s', async (_what, problem, make) => {
    expect(read(await make())).toMatchObject({ problem });
  });

  it('is not entered with one byte changed', async () => {
    const envelope = parseEnvelope(await signDirectRecord(record, signer)) as Envelope;
    const changed = Buffer.from(envelope.payload, 'base64').toString().replace('"applied"', '"unknown"');
    const forged = envelopeText({ ...envelope, payload: Buffer.from(changed).toString('base64') });
    expect(read(forged)).toMatchObject({ problem: 'unsigned' });
  });

  it('is not signed when it is too large for one file, or would not be understood', async () => {
    const scope = { level: 'agent' as const, names: Array<string>(2000).fill('a'.repeat(40)) };
    await expect(signDirectRecord({ ...record, scope }, signer)).rejects.toThrow(/at most 65536/);
    await expect(signDirectRecord({ ...record, part: 4, parts: 3 }, signer)).rejects.toThrow();
  });
});
