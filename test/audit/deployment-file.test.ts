import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { verifyDeploymentFile, type DeploymentFileVerdict, type RootPolicy } from '../../audit/deployment-file.ts';
import { signEnvelope, type Envelope } from '../../audit/envelope.ts';
import { signDeploymentFile } from '../../audit/statement.ts';
import { temporarySigner } from '../../clients/keys/local.ts';
import { parseDeploymentFile } from '../../clients/manifests/parse.ts';
import { ATTESTABLE_KINDS } from '../../domain/command.ts';
import type { DeploymentFile } from '../../domain/deployment-file.ts';
import { STATEMENT_PAYLOAD_TYPE } from '../../domain/set/statement.ts';
import { deploymentFile } from './signed-set.ts';

const root = temporarySigner();
const second = temporarySigner();
const bytesOf = (file: unknown): Uint8Array => Buffer.from(stringify(file, { aliasDuplicateObjects: false }));
const good = bytesOf(deploymentFile);
const sign = (bytes: Uint8Array, signers = [root], predicate: Partial<DeploymentFile> = {}): Promise<Envelope> =>
  signDeploymentFile(bytes, { ...deploymentFile, ...predicate }, signers);
const verify = (bytes: Uint8Array, envelope: Envelope, policy?: RootPolicy): DeploymentFileVerdict =>
  verifyDeploymentFile(bytes, envelope, [root, second], parseDeploymentFile, policy);
const codes = (verdict: DeploymentFileVerdict): string[] =>
  verdict.status === 'verified' ? [] : verdict.problems.map((p) => p.code);

describe('a deployment file', () => {
  it('is verified under the root, and read as it was written', async () => {
    expect(verify(good, await sign(good))).toMatchObject({ status: 'verified', file: deploymentFile, keyIds: [root.keyId] });
  });

  it('is refused after any byte has changed', async () => {
    const envelope = await sign(good);
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), (at, mask) => {
        const flipped = Buffer.from(good);
        flipped.writeUInt8(flipped.readUInt8(at) ^ mask, at);
        return codes(verify(flipped, envelope))[0] === 'deployment_file_changed';
      }),
      { numRuns: 100 },
    );
  });

  it('is never read before its signature has been found right', async () => {
    const envelope = await sign(good, [temporarySigner()]);
    const parse = (): never => {
      throw new Error('parsed');
    };
    expect(codes(verifyDeploymentFile(good, envelope, [root], parse))).toEqual(['deployment_file_unsigned']);
  });
});

describe('the retention of the log in a deployment file', () => {
  const withRetention = (retention: unknown) =>
    parseDeploymentFile(bytesOf({ ...deploymentFile, audit: { ...deploymentFile.audit, retention } }));

  it.each([{ mode: 'none' }, { mode: 'governance', days: 365 }, { mode: 'compliance', days: 3650 }])('may be %j', (retention) => {
    expect(withRetention(retention).file?.audit.retention).toEqual(retention);
  });

  it.each([{ mode: 'governance' }, { mode: 'compliance', days: 0 }, { mode: 'forever', days: 1 }, { days: 30 }])(
    'may not be %j',
    (retention) => {
      expect(withRetention(retention).file).toBeUndefined();
    },
  );
});

const unknownField = { ...deploymentFile, limit: {} };
const loose = { ...deploymentFile, limits: { ...deploymentFile.limits, preflightFailureShare: 0.5 } };
const shared = {
  ...deploymentFile,
  people: deploymentFile.people.map((p, i, all) => (i === 1 ? { ...p, keys: all[0]?.keys ?? [] } : p)),
};

describe('a deployment file is refused when', () => {
  const cases: [string, () => Promise<DeploymentFileVerdict>, string][] = [
    [
      'somebody other than the root signed it',
      async () => verify(good, await sign(good, [temporarySigner()])),
      'deployment_file_unsigned',
    ],
    [
      'a stranger signed it besides the root',
      async () => verify(good, await sign(good, [root, temporarySigner()])),
      'deployment_file_unsigned',
    ],
    [
      'one root key signed where two must',
      async () => verify(good, await sign(good, [root, root]), { threshold: 2 }),
      'deployment_file_unsigned',
    ],
    [
      'the root signed something else',
      async () => verify(good, await signEnvelope({ payloadType: STATEMENT_PAYLOAD_TYPE, payload: good, signers: [root] })),
      'deployment_file_unsigned',
    ],
    [
      'the signature names another version',
      async () => verify(good, await sign(good, [root], { version: 2 })),
      'deployment_file_other',
    ],
    [
      'the signature names another customer',
      async () => verify(good, await sign(good, [root], { customer: 'contoso' })),
      'deployment_file_other',
    ],
    ['a newer version is known', async () => verify(good, await sign(good), { knownVersion: 2 }), 'deployment_file_outdated'],
    ['it has an unknown field', async () => verify(bytesOf(unknownField), await sign(bytesOf(unknownField))), 'unknown_field'],
    ['it loosens a number that protects', async () => verify(bytesOf(loose), await sign(bytesOf(loose))), 'field_invalid'],
    ['two people share a key', async () => verify(bytesOf(shared), await sign(bytesOf(shared))), 'key_shared'],
  ];
  it.each(cases)('%s', async (_, run, code) => {
    expect(codes(await run())).toEqual([code]);
  });

  it('two distinct root keys must sign, and did, it is verified', async () => {
    expect(verify(good, await sign(good, [root, second]), { threshold: 2 }).status).toBe('verified');
  });
});

describe('what a deployment file takes from Slack', () => {
  const attestedBy = [temporarySigner().publicKey];
  const own = deploymentFile.people[0]?.keys ?? [];
  const withSlack = (slack: object) => parseDeploymentFile(bytesOf({ ...deploymentFile, slack }));
  const slack = { team: 'T0ACME', channel: 'C0Q4', attestedBy };

  it('is what may be attested to at all, unless it says less', () => {
    expect(withSlack(slack).file?.slack?.allows).toEqual([...ATTESTABLE_KINDS]);
    expect(withSlack({ ...slack, allows: ['sign'] }).file?.slack?.allows).toEqual(['sign']);
  });

  it.each<[string, object]>([
    ['an order that needs the own key', { ...slack, allows: ['promote'] }],
    ["a person's own key as a gateway's", { ...slack, attestedBy: own }],
    ['no gateway', { ...slack, attestedBy: [] }],
    ['a workspace that is none', { ...slack, team: 'acme' }],
  ])('is never %s', (_, wrong) => {
    expect(withSlack(wrong).problems).not.toEqual([]);
  });
});
