import { sha256Digest } from '../../../audit/keys.ts';
import { envelopeText, signJson } from '../../../audit/envelope.ts';
import { loadKeyFile } from '../../../clients/keys/local.ts';
import { COMMAND_PAYLOAD_TYPE, type Command } from '../../../domain/command.ts';
import { runbookCanonical } from '../../../domain/runbook/canonical.ts';
import type { TestCustomer } from './customer.ts';

let made = 0;

/** An order as the command line would draft it now, but for what a test wants otherwise. */
export function order(of: TestCustomer, over: Pick<Command, 'kind' | 'person' | 'role'> & Partial<Command>): Command {
  const now = Date.now();
  const { file, generated, name } = of;
  return {
    v: 1,
    id: `test-${now}-${++made}`,
    ...name,
    environment: file.environment,
    logOrigin: file.logOrigin,
    scope: { level: 'deployment', names: [] },
    issuedAt: new Date(now).toISOString(),
    expiresAt: new Date(now + 3_600_000).toISOString(),
    saw: {
      manifestSetDigest: generated.manifestSetDigest,
      runbookDigest: sha256Digest(runbookCanonical()),
      policyVersion: file.version,
      evidence: {},
    },
    args: {},
    reason: 'a test',
    ...over,
  };
}

/** The text of its envelope, signed with a key file: the person's own, unless another is given. */
export async function signed(of: TestCustomer, command: Command, keyFile?: string): Promise<string> {
  const signer = await loadKeyFile(keyFile ?? of.generated.paths.keys[command.person] ?? '');
  return envelopeText(await signJson({ payloadType: COMMAND_PAYLOAD_TYPE, value: command, signers: [signer] }));
}
