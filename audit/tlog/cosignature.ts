import { linesOf, verifierOf, verifyBytes, type Note, type NoteSignature, type NoteSigner, type Verifier } from './note.ts';

const TIME_BYTES = 8;

/** C2SP cosignature/v1: the largest consistent tree that this witness has seen of the log, as of a time in whole Unix seconds. */
const cosignedText = (text: string, unixSeconds: bigint): Uint8Array =>
  Buffer.from(`cosignature/v1\ntime ${unixSeconds}\n${text}`);

export async function cosign(text: string, name: string, signer: NoteSigner, unixSeconds: number): Promise<NoteSignature> {
  const { keyId } = verifierOf(name, 'witness', signer.publicKey);
  const time = Buffer.alloc(TIME_BYTES);
  time.writeBigUInt64BE(BigInt(unixSeconds));
  const signature = await signer.sign(cosignedText(text, BigInt(unixSeconds)));
  return { name, keyId, bytes: Buffer.concat([time, signature]) };
}

/** When a witness cosigned the note, in Unix seconds: its latest line; undefined without one, or when any of its lines is bad. */
export function cosignedAt(note: Note, witness: Verifier): number | undefined {
  const times: number[] = [];
  for (const { bytes } of linesOf(note, witness)) {
    const time = timeIn(note.text, bytes, witness);
    if (time === undefined) return undefined;
    times.push(time);
  }
  return times.length === 0 ? undefined : Math.max(...times);
}

function timeIn(text: string, bytes: Buffer, witness: Verifier): number | undefined {
  if (bytes.length !== TIME_BYTES + 64) return undefined;
  const seconds = bytes.readBigUInt64BE(0);
  const holds = verifyBytes(witness, cosignedText(text, seconds), bytes.subarray(TIME_BYTES));
  return holds && seconds <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(seconds) : undefined;
}
