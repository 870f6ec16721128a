import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { DEPLOYMENT_FILE_NAME, DEPLOYMENT_SIGNATURE_NAME, verifyDeploymentFile } from '../../../audit/deployment-file.ts';
import { publicKey } from '../../../audit/keys.ts';
import { readEnvelopeFile } from '../../../audit/statement.ts';
import { verifySet } from '../../../audit/verify-set.ts';
import { folderSource } from '../../../clients/manifests/folder.ts';
import { parseDeploymentFile } from '../../../clients/manifests/parse.ts';
import { storeSource } from '../../../clients/manifests/store.ts';
import type { DeploymentFile } from '../../../domain/deployment-file.ts';
import { problem, type Problem } from '../../../domain/set/problem.ts';
import type { SetSource } from '../../../domain/set/source.ts';
import type { SetVerdict, VerifiedSet } from '../../../domain/set/verified-set.ts';
import { usage, type CliIo } from '../io.ts';
import type { Session } from '../session.ts';

export type Checked =
  | { status: 'verified'; set: VerifiedSet; file: DeploymentFile; notes: string[] }
  | { status: 'refused'; problems: Problem[]; omitted: number; notes: string[] };

/** The set as it lies in the bucket, byte for byte against what was signed. Approvals are told, not asked for. */
export async function checkStored(session: Session): Promise<Checked> {
  const { file } = await session.file();
  return checked(storeSource(await session.systems.manifests(), file.manifestSet.prefix), file, session.io, []);
}

/**
 * A set in a folder, before its upload: `DIR/set`, or the set's own folder, with the deployment file in it or beside it.
 * Without a root from the connections file the one beside it is taken, and that is said: it proves nothing about who made it.
 */
export async function checkFolder(folder: string, rootKeys: readonly string[] | undefined, io: CliIo): Promise<Checked> {
  const at = resolve(folder);
  const found = (await filesIn(at)) ?? (await filesIn(dirname(at)));
  if (!found)
    throw usage(
      `There is no ${DEPLOYMENT_FILE_NAME} with its signature in ${folder} or beside it.`,
      'It says whose keys may have signed the set.',
    );
  const roots = rootKeys ?? (await rootBeside(found.dir));
  const notes =
    rootKeys === undefined
      ? [`No connections file: checked against ${join(found.dir, 'root.pub')}, which whoever made the folder may have made too.`]
      : [];
  const envelope = readEnvelopeFile(found.signature);
  if (!envelope)
    return { status: 'refused', problems: [problem('deployment_file_unsigned', DEPLOYMENT_SIGNATURE_NAME)], omitted: 0, notes };
  const read = verifyDeploymentFile(found.bytes, envelope, roots.map(publicKey), (bytes) => parseDeploymentFile(bytes));
  if (read.status === 'refused') return { ...read, omitted: 0, notes };
  const set = found.dir === at ? join(at, 'set') : at;
  return checked(folderSource(set), read.file, io, notes);
}

async function checked(source: SetSource, file: DeploymentFile, io: CliIo, notes: string[]): Promise<Checked> {
  const verdict: SetVerdict = await verifySet(source, {
    deploymentFile: file,
    at: new Date(io.now()).toISOString(),
    approvals: 'reported',
    signal: io.signal,
  });
  return verdict.status === 'verified'
    ? { ...verdict, file, notes }
    : { status: 'refused', problems: verdict.problems, omitted: verdict.omitted, notes };
}

async function filesIn(dir: string): Promise<{ dir: string; bytes: Uint8Array; signature: Uint8Array } | undefined> {
  const read = (name: string) => readFile(join(dir, name)).catch(() => undefined);
  const [bytes, signature] = await Promise.all([read(DEPLOYMENT_FILE_NAME), read(DEPLOYMENT_SIGNATURE_NAME)]);
  return bytes && signature ? { dir, bytes, signature } : undefined;
}

async function rootBeside(dir: string): Promise<string[]> {
  const text = await readFile(join(dir, 'root.pub'), 'utf8').catch(() => undefined);
  if (text === undefined)
    throw usage(
      'There is no root key to check the signatures against.',
      'Give --connections FILE with rootKeys, or put root.pub beside the deployment file.',
    );
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
