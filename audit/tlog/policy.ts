import { parseVkey, vkey, type Verifier } from './note.ts';

/** What an auditor pins: C2SP tlog-policy (`log`, `witness`, `quorum`), and the roots of the customer's deployment files. */
export interface Policy {
  log: Verifier;
  witnesses: { label: string; verifier: Verifier; url?: string }[];
  /** Label that must have cosigned; undefined: none has to. */
  quorum?: string;
  /** `ed25519:…`, in comment lines of the form `# golive-root <key>`, so that other tools read the same file. */
  rootKeys: string[];
}

const ROOT = /^#\s*golive-root\s+(ed25519:[A-Za-z0-9+/]{43}=)\s*$/;

/** Reads a policy file; says in words what is wrong with it. */
export function parsePolicy(text: string): { policy: Policy; problem?: undefined } | { policy?: undefined; problem: string } {
  const logs: Verifier[] = [];
  const witnesses: Policy['witnesses'] = [];
  const rootKeys: string[] = [];
  let quorum: string | undefined;
  for (const [i, line] of text.split('\n').entries()) {
    const root = ROOT.exec(line)?.[1];
    if (root !== undefined) rootKeys.push(root);
    const [word, ...rest] = line.trim().split(/\s+/);
    if (!word || word.startsWith('#')) continue;
    const bad = (why: string): { problem: string } => ({ problem: `line ${i + 1}: ${why}` });
    if (word === 'log') {
      const verifier = parseVkey(rest[0] ?? '');
      if (verifier?.type !== 'log') return bad('log <vkey of an Ed25519 log key> is expected');
      logs.push(verifier);
    } else if (word === 'witness') {
      const [label, key, url] = rest;
      const verifier = parseVkey(key ?? '');
      if (label === undefined || verifier?.type !== 'witness') return bad('witness <label> <vkey of a witness key> is expected');
      witnesses.push({ label, verifier, ...(url === undefined ? {} : { url }) });
    } else if (word === 'quorum') {
      if (quorum !== undefined) return bad('there is a quorum already');
      quorum = rest[0];
    } else return bad(`${word} is not understood: log, witness and quorum are`);
  }
  const [log, ...more] = logs;
  if (log === undefined || more.length > 0) return { problem: `exactly one log is expected, there are ${logs.length}` };
  if (quorum === undefined) return { problem: 'a quorum line is missing (quorum <label of a witness>, or quorum none)' };
  if (quorum !== 'none' && !witnesses.some((w) => w.label === quorum)) return { problem: `no witness is called ${quorum}` };
  return { policy: { log, witnesses, rootKeys, ...(quorum === 'none' ? {} : { quorum }) } };
}

export function policyText({ log, witnesses, quorum, rootKeys }: Policy): string {
  return [
    `log ${vkey(log)}`,
    ...witnesses.map((w) => ['witness', w.label, vkey(w.verifier), ...(w.url === undefined ? [] : [w.url])].join(' ')),
    `quorum ${quorum ?? 'none'}`,
    ...rootKeys.map((key) => `# golive-root ${key}`),
    '',
  ].join('\n');
}
