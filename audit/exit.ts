import { EXIT_PAYLOAD_TYPE, type ExitAttestation } from '../domain/stop/exit.ts';
import { exitAttestationSchema } from '../domain/stop/exit.schema.ts';
import { canonicalJson, envelopeText, parseEnvelope, signJson, verifyEnvelope, type EnvelopeSigner } from './envelope.ts';
import { publicKey } from './keys.ts';
import { parseJson } from './statement.ts';

/** The text of an exit attestation's file. Throws where whoever reads it would refuse it. */
export async function signExit(attestation: ExitAttestation, signer: EnvelopeSigner): Promise<string> {
  const value = exitAttestationSchema.parse(attestation);
  return envelopeText(await signJson({ payloadType: EXIT_PAYLOAD_TYPE, value, signers: [signer] }));
}

/** What a file attests, if one of the given keys signed it and nobody else; or why it attests nothing. */
export function readExit(bytes: Uint8Array, keys: readonly string[]): ExitAttestation | string {
  const envelope = parseEnvelope(bytes);
  if ('problem' in envelope) return envelope.detail;
  const verified = verifyEnvelope(envelope, keys.map(publicKey), EXIT_PAYLOAD_TYPE);
  if ('problem' in verified) return `${verified.detail} of the engine`;
  if (envelope.signatures.length !== 1 || verified.unverified > 0) return 'it is signed by somebody else as well';
  const parsed = exitAttestationSchema.safeParse(parseJson(verified.payload));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return `${issue?.path.join('.') || 'the payload'}: ${issue?.message ?? 'not as expected'}`;
  }
  return Buffer.from(canonicalJson(parsed.data)).equals(verified.payload) ? parsed.data : 'the payload is not canonical JSON';
}
