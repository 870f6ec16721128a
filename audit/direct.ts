import type { DeploymentFile } from '../domain/deployment-file.ts';
import { DIRECT_PAYLOAD_TYPE, type DirectRecord } from '../domain/direct.ts';
import { directRecordSchema } from '../domain/direct.schema.ts';
import type { EntryData, EvidenceRef, Outcome } from '../domain/entry.ts';
import { deploymentId } from '../domain/ids.ts';
import { holdsRole, personById } from '../domain/set/approval.ts';
import {
  canonicalJson,
  ENVELOPE_LIMIT_BYTES,
  envelopeText,
  parseEnvelope,
  signJson,
  verifyEnvelope,
  type EnvelopeSigner,
} from './envelope.ts';
import { keysOf, parseJson } from './statement.ts';

/** Everything for which a record of a stop without Temporal is not entered, and what whoever brings it does next. */
export const DIRECT_PROBLEMS = {
  malformed: {
    sentence: 'The file is not a record of a stop without Temporal in its one spelling.',
    next: 'Give the file as it was left by the stop, unchanged.',
  },
  unsigned: {
    sentence: 'The record is not signed by the person whom it names, and by nobody else.',
    next: 'Give the file as it was left by the stop; if it is that one, ask the person which key they used.',
  },
  unknown_person: {
    sentence: 'The deployment file names nobody like the person in the record.',
    next: 'Check --deployment; else Deployment Lead has the deployment file signed again with that person in it.',
  },
  role_not_held: {
    sentence: 'The person in the record does not hold the role in which they stopped.',
    next: 'Deployment Lead has the deployment file signed again if they did hold it.',
  },
  wrong_deployment: {
    sentence: 'The record is about another deployment.',
    next: 'Say which with --customer and --deployment.',
  },
  wrong_environment: {
    sentence: 'The record is about another environment than the deployment file.',
    next: 'Point to the connections of that environment with --connections FILE.',
  },
  wrong_log: {
    sentence: 'The record is for another log than the one that the deployment file names.',
    next: 'Point to the connections of that log with --connections FILE.',
  },
} as const satisfies Record<string, { sentence: string; next: string }>;

export interface DirectProblem {
  problem: keyof typeof DIRECT_PROBLEMS;
  /** What exactly. */
  detail: string;
}

/** The text of a record's file. Throws where the record would be refused by whoever reads it, too large included. */
export async function signDirectRecord(record: DirectRecord, signer: EnvelopeSigner): Promise<string> {
  const value = directRecordSchema.parse(record);
  const text = envelopeText(await signJson({ payloadType: DIRECT_PAYLOAD_TYPE, value, signers: [signer] }));
  const bytes = Buffer.byteLength(text);
  if (bytes > ENVELOPE_LIMIT_BYTES)
    throw new RangeError(`a record of ${bytes} bytes: at most ${ENVELOPE_LIMIT_BYTES}, else several with part and parts`);
  return text;
}

/** What is claimed decides whose keys are tried; nothing of it is given back before it was verified with them. */
export function readDirectRecord(bytes: Uint8Array, file: DeploymentFile): DirectRecord | DirectProblem {
  const no = (problem: DirectProblem['problem'], detail: string): DirectProblem => ({ problem, detail });
  const envelope = parseEnvelope(bytes);
  if ('problem' in envelope) return no('malformed', envelope.detail);
  if (!Buffer.from(envelopeText(envelope)).equals(bytes)) return no('malformed', 'the envelope is not canonical JSON');
  if (envelope.payloadType !== DIRECT_PAYLOAD_TYPE) return no('malformed', `its payload is ${envelope.payloadType}`);
  const payload = Buffer.from(envelope.payload, 'base64');
  const parsed = directRecordSchema.safeParse(parseJson(payload));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return no('malformed', `${issue?.path.join('.') || 'the payload'}: ${issue?.message ?? 'not as expected'}`);
  }
  const record = parsed.data;
  if (!Buffer.from(canonicalJson(record)).equals(payload)) return no('malformed', 'the payload is not canonical JSON');
  const elsewhere = otherPlace(record, file);
  if (elsewhere) return elsewhere;

  const person = personById(file, record.person);
  if (!person) return no('unknown_person', record.person);
  const verified = verifyEnvelope(envelope, keysOf(file, person.id), DIRECT_PAYLOAD_TYPE);
  if ('problem' in verified) return no('unsigned', `${verified.detail} of ${person.id}`);
  if (envelope.signatures.length !== 1 || verified.unverified > 0)
    return no('unsigned', `${envelope.signatures.length} signatures, ${verified.unverified} of them not by ${person.id}`);
  return holdsRole(person, record.role) ? record : no('role_not_held', `${person.id}, ${record.role}`);
}

function otherPlace(record: DirectRecord, file: DeploymentFile): DirectProblem | undefined {
  const [of, here] = [deploymentId(record), deploymentId(file)];
  if (of !== here) return { problem: 'wrong_deployment', detail: `it is of ${of}, not ${here}` };
  if (record.environment !== file.environment)
    return { problem: 'wrong_environment', detail: `${record.environment}, not ${file.environment}` };
  if (record.logOrigin !== file.logOrigin) return { problem: 'wrong_log', detail: `${record.logOrigin}, not ${file.logOrigin}` };
  return undefined;
}

/** What the log says about a record. `evidence` is the record's file. */
export function adoptedData(record: DirectRecord, evidence: EvidenceRef): EntryData['direct.adopted'] {
  const { commandId, kind, scope, person, role, reason, startedAt, part, parts, intents, outcomes } = record;
  const count = (result: Outcome): number => outcomes.filter((o) => o.result === result).length;
  return {
    ...{ commandId, kind, scope, person, role, reason, startedAt },
    ...(part === undefined || parts === undefined ? {} : { part, parts }),
    intents: intents.length,
    outcomes: { applied: count('applied'), notApplied: count('not-applied'), unknown: count('unknown') },
    record: evidence,
  };
}

/** Made of the file's bytes, so that the same file entered again is the same entry. `deployment`: `acme/q4`. */
export const adoptedId = (deployment: string, { commandId, record }: EntryData['direct.adopted']): string =>
  `${deployment}/direct/${commandId}/${record.digest}`;
