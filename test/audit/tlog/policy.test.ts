import { describe, expect, it } from 'vitest';
import { verifierOf, vkey } from '../../../audit/tlog/note.ts';
import { parsePolicy, policyText, type Policy } from '../../../audit/tlog/policy.ts';
import { temporarySigner } from '../../../clients/keys/local.ts';

const log = verifierOf('log.example', 'log', temporarySigner().publicKey);
const witness = verifierOf('w.example', 'witness', temporarySigner().publicKey);
const root = temporarySigner().publicKey;
const policy: Policy = { log, witnesses: [{ label: 'customer', verifier: witness }], quorum: 'customer', rootKeys: [root] };
const text = policyText(policy);

describe('a policy', () => {
  it('gives back the keys that were written into it', () => {
    expect(parsePolicy(text).policy).toEqual(policy);
    const url = { ...policy, witnesses: [{ label: 'customer', verifier: witness, url: 'https://w.example/' }] };
    expect(parsePolicy(policyText(url)).policy).toEqual(url);
  });

  it('may ask for no witness, but must say so', () => {
    const { quorum: _quorum, ...none } = policy;
    expect(parsePolicy(policyText(none)).policy).toEqual(none);
    expect(parsePolicy(text.replace(/^quorum.*$/m, '')).problem).toContain('quorum');
  });

  it.each([
    ['no log', text.replace(/^log .*$/m, ''), 'exactly one log'],
    ['two logs', `${text}log ${vkey(log)}\n`, 'exactly one log'],
    ['the key of a witness for the log', text.replace(/^log .*$/m, `log ${vkey(witness)}`), 'line 1'],
    ['the key of a log for a witness', text.replace(/^witness .*$/m, `witness customer ${vkey(log)}`), 'line 2'],
    ['a quorum of a witness that it does not name', text.replace('quorum customer', 'quorum other'), 'other'],
    ['a second quorum', `${text}quorum none\n`, 'quorum already'],
    ['a word that nobody knows', `${text}monitor x\n`, 'monitor'],
  ])('with %s is refused, in words', (_what, wrong, words) => expect(parsePolicy(wrong).problem).toContain(words));
});
