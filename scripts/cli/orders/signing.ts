import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Envelope } from '../../../audit/envelope.ts';
import { parseJson, readEnvelopeFile } from '../../../audit/statement.ts';
import { loadKeyFile } from '../../../clients/keys/local.ts';
import type { Command, CommandKind } from '../../../domain/command.ts';
import { commandSchema } from '../../../domain/command.schema.ts';
import { usage } from '../io.ts';
import { keysFolder, type Session } from '../session.ts';

/** Sorts by time, is unique without asking anybody, and says what it is. @example 20260301t080000123-go-9f3c2a1b */
export const orderId = (nowMs: number, kind: CommandKind): string =>
  `${new Date(nowMs)
    .toISOString()
    .replace(/[-:.Z]/g, '')
    .toLowerCase()}-${kind}-${randomBytes(5).toString('hex')}`;

export async function signerFrom(path: string) {
  try {
    return await loadKeyFile(path);
  } catch (error) {
    const absent = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    throw usage(
      absent ? `There is no key file ${path}.` : error instanceof Error ? error.message : String(error),
      'Point to your key with --key FILE.',
    );
  }
}

export async function defaultKey(session: Session, person: string): Promise<string> {
  const folder = keysFolder(session, (await session.name()).deployment);
  if (folder === undefined) throw usage('No key to sign with.', 'Give --key FILE, or a keysDir in the connections file.');
  return join(folder, `${person}.pem`);
}

/** The same bytes again: an order has one id, and is answered once. */
export async function signedBefore(path: string, kind: CommandKind): Promise<{ envelope: Envelope; command: Command }> {
  const bytes = await readFile(path).catch(() => undefined);
  const envelope = bytes && readEnvelopeFile(bytes);
  const payload = envelope && commandSchema.safeParse(parseJson(Buffer.from(envelope.payload, 'base64')));
  if (!envelope || !payload?.success)
    throw usage(`${path} does not hold a signed order.`, 'Give the order anew, without --envelope.');
  if (payload.data.kind !== kind)
    throw usage(
      `${path} holds an order to ${payload.data.kind}, not to ${kind}.`,
      `golive ${payload.data.kind} --envelope ${path}`,
    );
  return { envelope, command: payload.data };
}

/** Signed, so nothing secret; kept so that the very same order can be handed in again. */
export async function keepEnvelope(id: string, text: string): Promise<string> {
  const path = join(tmpdir(), `golive-${id}.dsse.json`);
  await writeFile(path, text, { mode: 0o600 });
  return path;
}
