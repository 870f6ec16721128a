import { isStoppingKind, type StoppingKind } from './stop.ts';

/** Where an order wants to go, by its own unverified word; whether it may is decided where the power is. */
export interface Addressee {
  id: string;
  customer: string;
  deployment: string;
  kind: string;
  /** Beginning of its first signature. Nobody can make it up beforehand, so nobody takes the place of an order by its id alone. */
  mark: string;
}

/** An order that stops goes to a workflow of its own, whoever carries it. */
export const stops = (to: Addressee): to is Addressee & { kind: StoppingKind } => isStoppingKind(to.kind);

/** Reads the address from the text of an envelope; undefined when there is none. Runs in workflows too: no Node, no zod. */
export function addresseeOf(envelope: string): Addressee | undefined {
  try {
    const { payload, signatures } = JSON.parse(envelope) as { payload?: unknown; signatures?: unknown };
    if (typeof payload !== 'string') return undefined;
    const order = JSON.parse(new TextDecoder().decode(bytesOf(payload))) as Partial<Record<keyof Addressee, unknown>> | null;
    const { id, customer, deployment, kind } = order ?? {};
    const named = [id, customer, deployment, kind].every((word) => typeof word === 'string' && word !== '' && word.length <= 256);
    return named ? ({ id, customer, deployment, kind, mark: markOf(signatures) } as Addressee) : undefined;
  } catch {
    return undefined;
  }
}

function markOf(signatures: unknown): string {
  const [first] = Array.isArray(signatures) ? (signatures as ({ sig?: unknown } | null)[]) : [];
  const letters = typeof first?.sig === 'string' ? first.sig.replace(/[^A-Za-z0-9]/g, '').slice(0, 22) : '';
  return letters === '' ? 'unsigned' : letters;
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Base64 without `atob`, which workflows do not have. */
function bytesOf(base64: string): Uint8Array {
  const text = base64.replace(/=+$/, '');
  const bytes = new Uint8Array(Math.floor((text.length * 6) / 8));
  let bits = 0;
  let held = 0;
  let at = 0;
  for (const letter of text) {
    const value = ALPHABET.indexOf(letter);
    if (value < 0) throw new Error('not base64');
    held = ((held << 6) | value) & 0xffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes[at++] = (held >> bits) & 0xff;
  }
  return bytes;
}
