import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { policyText } from '../../audit/tlog/policy.ts';
import { verifierOf, vkey } from '../../audit/tlog/note.ts';
import { generateKeyFile, loadKeyFile } from '../../clients/keys/local.ts';
import type { CustomerFolder } from './customer.ts';

/** What makes a customer's log verifiable: two keys that are made once per folder, and what an auditor pins of them. */
export interface AuditKeys {
  logKeyFile: string;
  logVkey: string;
  witnessName: string;
  witnessKeyFile: string;
  witnessVkey: string;
  witnessStateFile: string;
  /** The text of the auditor's policy file. */
  policy: string;
}

/** The same folder again has the same keys again: a log goes on only under its own. */
export async function auditKeys(dir: string, { file, rootKeys }: CustomerFolder): Promise<AuditKeys> {
  const { customer, logOrigin } = file;
  const logKeyFile = join(dir, 'log', customer, 'key.pem');
  const witnessDir = join(dir, 'witness', customer);
  const witnessKeyFile = join(witnessDir, 'key.pem');
  const witnessName = `witness.${customer}.example/golive`;
  const log = verifierOf(logOrigin, 'log', (await keyIn(logKeyFile)).publicKey);
  const witness = verifierOf(witnessName, 'witness', (await keyIn(witnessKeyFile)).publicKey);
  return {
    logKeyFile,
    logVkey: vkey(log),
    witnessName,
    witnessKeyFile,
    witnessVkey: vkey(witness),
    witnessStateFile: join(witnessDir, 'state.json'),
    policy: policyText({ log, witnesses: [{ label: 'customer', verifier: witness }], quorum: 'customer', rootKeys }),
  };
}

const keyIn = (path: string) => (existsSync(path) ? loadKeyFile(path) : generateKeyFile(path));

const WITNESS_EVERY_MS = 5 * 60_000;
const LEAST_WITNESS_EVERY_MS = 2_000;

/** Five minutes of plan, and never so often that the machine does nothing else. Wall milliseconds. */
export const witnessEveryMs = (speed: number): number => Math.max(LEAST_WITNESS_EVERY_MS, Math.round(WITNESS_EVERY_MS / speed));
