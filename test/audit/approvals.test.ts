import { describe, expect, it } from 'vitest';
import { temporarySigner } from '../../clients/keys/local.ts';
import { readEnvelopeFile } from '../../audit/statement.ts';
import type { Command } from '../../domain/command.ts';
import type { DeploymentFile } from '../../domain/deployment-file.ts';
import { approvalKey } from '../../domain/set/limits.ts';
import type { ProblemCode } from '../../domain/set/problem.ts';
import {
  approvalFile,
  codes,
  deploymentFile,
  freeze,
  holder,
  manifests,
  NOW,
  RUNBOOK_DIGEST,
  signerOf,
  verify,
  type Files,
} from './signed-set.ts';

const DAY = 24 * 60 * 60 * 1000;
const cfo = holder('cfo');
const ceo = holder('ceo');

/** What the CFO said instead of the approval that the others gave. */
const wrong: [string, (command: Command) => Command, ProblemCode][] = [
  [
    'is for another set',
    (c) => ({ ...c, saw: { ...c.saw, manifestSetDigest: `sha256:${'1'.repeat(64)}` } }),
    'approval_other_set',
  ],
  ['is for another customer', (c) => ({ ...c, customer: 'contoso' }), 'approval_other_set'],
  ['is for another deployment', (c) => ({ ...c, deployment: 'q2' }), 'approval_other_set'],
  ['is for another environment', (c) => ({ ...c, environment: 'staging' }), 'approval_other_set'],
  ['is for another log', (c) => ({ ...c, logOrigin: 'elsewhere' }), 'approval_other_set'],
  ['saw an older policy', (c) => ({ ...c, saw: { ...c.saw, policyVersion: 0 } }), 'approval_other_set'],
  ['is a sign-off and no approval', (c) => ({ ...c, kind: 'sign' }), 'approval_malformed'],
  ['approves the go-ahead and not the set', (c) => ({ ...c, scope: { level: 'deployment', names: [] } }), 'approval_malformed'],
  ['says neither yes nor no', (c) => ({ ...c, args: {} }), 'approval_malformed'],
  ['is a rejection', (c) => ({ ...c, args: { decision: 'reject' } }), 'approval_rejected'],
  ['is given in a role that the person does not hold', (c) => ({ ...c, role: 'ceo' }), 'approval_role_not_held'],
  ['is given in a role that does not approve', (c) => ({ ...c, role: 'operations-lead' }), 'approval_role_not_held'],
  ['is from a person whom nobody knows', (c) => ({ ...c, person: 'nobody' }), 'approval_signature_invalid'],
  [
    'is more than 14 days old',
    (c) => ({ ...c, issuedAt: new Date(Date.parse(NOW) - 14 * DAY - 1).toISOString() }),
    'approval_expired',
  ],
  ['has run out by its own word', (c) => ({ ...c, expiresAt: new Date(Date.parse(NOW) - 1).toISOString() }), 'approval_expired'],
  ['is dated in the future', (c) => ({ ...c, issuedAt: new Date(Date.parse(NOW) + DAY).toISOString() }), 'approval_in_future'],
];

describe('an approval does not count when it', () => {
  it.each(wrong)('%s', async (_, change, code) => {
    const files = await freeze(manifests(), {
      approvals: { cfo: change },
      approvalSigner: (c) => signerOf(c.person === 'nobody' ? cfo : c.person),
    });
    expect(codes(await verify(files))).toEqual(['approval_missing', code].sort());
  });

  it('is signed with a key of somebody else', async () => {
    const files = await freeze(manifests(), {
      approvalSigner: (c) => (c.role === 'cfo' ? temporarySigner() : signerOf(c.person)),
    });
    expect(codes(await verify(files))).toEqual(['approval_missing', 'approval_signature_invalid']);
  });

  it('is that of the person who started the deployment', async () => {
    const started: DeploymentFile = { ...deploymentFile, startedBy: cfo };
    expect(codes(await verify(await freeze(), { deploymentFile: started }))).toEqual(['approval_by_starter', 'approval_missing']);
  });

  it('saw another runbook than the one in force', async () => {
    expect((await verify(await freeze(), { runbookDigest: RUNBOOK_DIGEST })).status).toBe('verified');
    expect(codes(await verify(await freeze(), { runbookDigest: `sha256:${'8'.repeat(64)}` }))).toEqual([
      'approval_missing',
      'approval_other_set',
    ]);
  });
});

describe('an approval counts', () => {
  it('on the last moment of its fourteenth day', async () => {
    const issuedAt = new Date(Date.parse(NOW) - 14 * DAY).toISOString();
    expect((await verify(await freeze(manifests(), { approvals: { cfo: (c) => ({ ...c, issuedAt }) } }))).status).toBe(
      'verified',
    );
  });

  it('when a clock is two minutes ahead', async () => {
    const issuedAt = new Date(Date.parse(NOW) + 2 * 60 * 1000).toISOString();
    expect((await verify(await freeze(manifests(), { approvals: { cfo: (c) => ({ ...c, issuedAt }) } }))).status).toBe(
      'verified',
    );
  });

  it('for fewer days when the deployment file says so', async () => {
    const strict = { ...deploymentFile, limits: { ...deploymentFile.limits, approvalValidDays: 2 } };
    expect(codes(await verify(await freeze(), { deploymentFile: strict }))).toEqual(['approval_expired', 'approval_missing']);
  });

  it('when it lies in the log and not in the set', async () => {
    const files = await freeze();
    const key = approvalKey(cfo);
    const envelope = readEnvelopeFile(files.get(key) ?? new Uint8Array());
    files.delete(key);
    expect(codes(await verify(files))).toEqual(['approval_missing']);
    const moreApprovals = envelope ? [{ file: 'entry #12', envelope }] : [];
    expect((await verify(files, { moreApprovals })).status).toBe('verified');
    // The same envelope in both places is one approval and no mistake.
    expect((await verify(await freeze(), { moreApprovals })).status).toBe('verified');
  });
});

/** Both roles are the CEO's now, by word of the signed deployment file. */
const twoRoles: DeploymentFile = {
  ...deploymentFile,
  people: deploymentFile.people.map((p) => (p.id === ceo ? { ...p, roles: ['ceo', 'cfo'] } : p)),
};

async function ceoAlsoAsCfo(file: string): Promise<Files> {
  const files = await freeze(manifests(), { approvals: { cfo: (c) => ({ ...c, person: ceo, id: 'approve-again' }) } });
  const second = files.get(approvalKey(cfo)) ?? new Uint8Array();
  files.delete(approvalKey(cfo));
  return files.set(file, second);
}

describe('a person counts once', () => {
  it('though the CEO is CFO too and signs for both', async () => {
    const files = await ceoAlsoAsCfo(approvalKey(cfo));
    expect(codes(await verify(files, { deploymentFile: twoRoles }))).toEqual([
      'approval_misplaced',
      'approval_missing',
      'person_counted_twice',
    ]);
  });

  it('though the second approval comes from the log', async () => {
    const files = await ceoAlsoAsCfo('approvals/elsewhere.dsse.json');
    const envelope = readEnvelopeFile(files.get('approvals/elsewhere.dsse.json') ?? new Uint8Array());
    files.delete('approvals/elsewhere.dsse.json');
    const verdict = await verify(files, {
      deploymentFile: twoRoles,
      moreApprovals: envelope ? [{ file: 'entry #9', envelope }] : [],
    });
    expect(codes(verdict)).toEqual(['approval_missing', 'person_counted_twice']);
  });

  it('by the latest word: a rejection after an approval stands', async () => {
    const files = await freeze();
    const later = (c: Command): Command => ({
      ...c,
      id: 'on-reflection',
      issuedAt: NOW,
      args: { decision: 'reject' },
      reason: 'Too fast.',
    });
    const rejected = await freeze(manifests(), { approvals: { cfo: later } });
    const envelope = readEnvelopeFile(rejected.get(approvalKey(cfo)) ?? new Uint8Array());
    const verdict = await verify(files, { moreApprovals: envelope ? [{ file: 'entry #9', envelope }] : [] });
    expect(codes(verdict)).toEqual(['approval_missing', 'approval_rejected']);
  });

  it('and an approval after a rejection stands as well', async () => {
    const earlier = (c: Command): Command => ({
      ...c,
      id: 'not-yet-please',
      issuedAt: '2026-03-02T09:00:00.000Z',
      args: { decision: 'reject' },
    });
    const rejected = await freeze(manifests(), { approvals: { cfo: earlier } });
    const envelope = readEnvelopeFile(rejected.get(approvalKey(cfo)) ?? new Uint8Array());
    expect((await verify(await freeze(), { moreApprovals: envelope ? [{ file: 'entry #9', envelope }] : [] })).status).toBe(
      'verified',
    );
  });
});

describe('where approvals are only reported', () => {
  it('a set without them is verified and says whose are missing', async () => {
    const files = await freeze();
    files.delete(approvalKey(cfo));
    files.set(approvalKey(ceo), await approvalFile(JSON.parse('{}') as Command, signerOf(ceo)));
    const verdict = await verify(files, { approvals: 'reported' });
    if (verdict.status !== 'verified') throw new Error('refused');
    expect(verdict.set.approvalsMissing).toEqual(['ceo', 'cfo']);
    expect(verdict.set.approvalProblems.map((p) => p.code)).toEqual(['approval_malformed']);
  });
});
