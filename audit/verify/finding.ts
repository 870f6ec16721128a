/** Everything that can be wrong with a log, what it means, and what whoever finds it does next. */
export const RULES = {
  checkpoint_missing: {
    sentence: 'The log has no checkpoint.',
    next: 'Copy the whole folder again; if the bucket has none either, its version history shows who deleted it.',
  },
  checkpoint_unreadable: {
    sentence: 'A checkpoint is not a signed note in its one spelling.',
    next: 'Compare it with the version history of the bucket and with the copy of your own.',
  },
  checkpoint_unsigned: {
    sentence: "A checkpoint does not carry the log's signature.",
    next: 'Check that the policy is for this log; if it is, treat the checkpoint as forged.',
  },
  checkpoint_not_cosigned: {
    sentence: 'The checkpoint does not carry the line of the witness that the policy asks for.',
    next: 'If the witness is away now, verify again when it has signed; a line that is there and wrong is a forgery.',
  },
  checkpoint_misnamed: {
    sentence: 'A copy of a checkpoint does not lie under its size and time.',
    next: 'Somebody moved or replaced it: compare it with the version history of the bucket.',
  },
  checkpoint_not_kept: {
    sentence: 'The checkpoint has no copy of its own under log/checkpoints.',
    next: 'Copy the folder again; if the copy is missing in the bucket too, its version history shows who deleted it.',
  },
  root_differs: {
    sentence: 'The root of the entries is not the root that was signed.',
    next: 'Entries were changed together with their tiles; compare with an earlier copy of the log.',
  },
  forked: {
    sentence: 'A signed checkpoint is about other entries than those that are here.',
    next: 'Somebody with the key of the log has two histories. Keep both checkpoints; they are the proof.',
  },
  rewound: {
    sentence: 'A signed checkpoint is about more entries than the log has now.',
    next: 'Entries were taken away after they were signed. Keep that checkpoint; it is the proof.',
  },
  since_unverified: {
    sentence: 'The earlier checkpoint is not one of this log.',
    next: 'Give a checkpoint that you saved from this log, or the policy that belongs to it.',
  },
  tile_missing: { sentence: 'A tile of hashes is missing.', next: 'Copy the folder again, or restore it from a backup.' },
  tile_differs: {
    sentence: 'A tile does not hold the hashes of the entries.',
    next: 'Compare it with the version history of the bucket.',
  },
  bundle_missing: {
    sentence: 'A bundle of entries is missing.',
    next: 'Copy the folder again, or restore it from a backup.',
  },
  bundle_unreadable: {
    sentence: 'A bundle does not hold whole entries, as many as it should.',
    next: 'Copy the folder again; then compare it with the version history of the bucket.',
  },
  bundle_differs: {
    sentence: 'A bundle holds other entries than those that were hashed.',
    next: 'An entry was changed, added or left out; the version history of the bucket shows when.',
  },
  file_extra: {
    sentence: 'There is a file that no log of this size has.',
    next: 'If the log was running while it was copied, copy it again; else find out who put it there.',
  },
  overwritten: {
    sentence: 'An object that never changes was replaced by other bytes.',
    next: "The bucket's own access log shows who did it; the earlier version is still there.",
  },
  deleted: {
    sentence: 'An object that is kept for ever was deleted.',
    next: "The bucket's own access log shows who did it; the earlier version is still there.",
  },
  version_backwards: {
    sentence: 'A later version of the checkpoint is about fewer entries than an earlier one.',
    next: 'The log was taken back and extended again; the earlier version is the proof.',
  },
  witness_gap: {
    sentence: 'The witness did not sign for longer than it may be silent.',
    next: 'The Security Lead explains it: golive confirm W1.15 with a reason that says "witness-gap" and the time named here.',
  },
  evidence_missing: {
    sentence: 'A document that an entry cites is not there.',
    next: 'Copy the evidence folder again, or restore it from a backup.',
  },
  evidence_differs: {
    sentence: 'A document is not the one that its name says.',
    next: 'Compare it with the version history of the bucket.',
  },
  entry_malformed: {
    sentence: 'An entry is not one that this version knows.',
    next: 'Verify with the version of golive that wrote it; else whoever holds the key of the log wrote something else.',
  },
  entry_not_canonical: {
    sentence: 'An entry is not in the one spelling that entries have.',
    next: 'Something else than golive wrote it; find out what held the key of the log.',
  },
  id_repeated: {
    sentence: 'Two entries have the same id.',
    next: 'The log takes each id once, so something else wrote the second one.',
  },
  outcome_without_intent: {
    sentence: 'An outcome cites no earlier intent that it could be the outcome of.',
    next: "Compare with the platform's own journal: it may have been called without a word in the log before.",
  },
  intent_without_outcome: {
    sentence: 'The deployment is closed, and nobody knows what became of a call to the platform.',
    next: 'Look its key up at the platform, and have the answer recorded.',
  },
  authority_missing: {
    sentence: 'A call to the platform rests on no order that allows it.',
    next: 'Compare with the platform: the call may have been made without authority.',
  },
  go_ahead_unapproved: {
    sentence: 'The go-ahead was given without the four approvals of the manifest set.',
    next: 'What was created and minted under it had no authority; the Security Lead decides what is taken back.',
  },
  flip_unsigned: {
    sentence: 'Agents went live without the sign-off of three executives on the evidence that was in force.',
    next: 'Take the cohort back to shadow until it is signed for.',
  },
  sign_off_unfounded: {
    sentence: 'A sign-off is not what the order that it cites says.',
    next: 'It does not count; ask the person to sign again.',
  },
  command_expired: {
    sentence: 'An order was applied outside of the time for which it was given.',
    next: 'Ask the person whether they still wanted it, and have it ordered again.',
  },
  command_answered_twice: {
    sentence: 'An order has more than one answer.',
    next: 'The first one counts; find out what wrote the second one.',
  },
  command_unanswered: {
    sentence: 'An order was applied, and what it makes did not follow.',
    next: 'Check at the platform that it is in force; then order it again.',
  },
  envelope_invalid: {
    sentence: 'An order is not what the person signed.',
    next: 'Treat what rests on it as done without authority.',
  },
  signer_unknown: {
    sentence: 'An order was applied for somebody who may not give it.',
    next: 'Treat what rests on it as done without authority.',
  },
  stop_unfounded: {
    sentence: 'A stop, or the ceiling that it leaves behind, is not what an applied order says.',
    next: "Compare with the platform's own journal what was stopped, and who has the key of the log.",
  },
  trigger_missing: {
    sentence: 'The engine stopped by itself, and the log names nothing that made it.',
    next: "Compare with the platform's figures of that time; were they normal, somebody has the engine's key: have it taken out of the deployment file.",
  },
  attestation_invalid: {
    sentence: 'An exit attestation is not signed by the engine, or not about the termination that the log has.',
    next: 'Ask the platform itself what those agents did and what of theirs still stands; the document shows nothing.',
  },
  release_unfounded: {
    sentence: 'A hold or a stop ended, and no order that may end it says so.',
    next: 'Stop it again: golive halt; then find out who has the key of the log.',
  },
  raised_under_stop: {
    sentence: 'Agents rose above the ceiling of a stop that stood.',
    next: "Stop them again, and compare with the platform's own journal what let them pass.",
  },
  direct_record_invalid: {
    sentence: 'A stop without Temporal that was entered afterwards is not what a person who may stop has signed.',
    next: "Compare with the platform's own journal what was stopped, and ask the person for the file that the stop left.",
  },
  deployment_file_unverified: {
    sentence: 'The deployment file is not there, or not signed under the root that the policy names.',
    next: 'Nobody can say whose keys count without it. Check the root key in the policy; then restore the file.',
  },
} as const satisfies Record<string, { sentence: string; next: string }>;

export type Rule = keyof typeof RULES;

export interface Finding {
  rule: Rule;
  /** What exactly, by name. */
  detail: string;
  /** Position of the entry. */
  index?: number;
  /** Path from the folder that was verified. */
  file?: string;
}

/** What a reader should know and what is nobody's fault. */
export interface Notice {
  text: string;
  index?: number;
  file?: string;
}

export interface Found {
  finding(rule: Rule, detail: string, where?: { index?: number; file?: string }): void;
  notice(text: string, where?: { index?: number; file?: string }): void;
}

/** Keeps the first of each rule and counts the rest: a log that is wrong from its first byte has a hundred thousand findings. */
export class Findings implements Found {
  readonly findings: Finding[] = [];
  readonly notices: Notice[] = [];
  readonly counts: Partial<Record<Rule, number>> = {};
  readonly #keep: number;

  constructor(keep = 50) {
    this.#keep = keep;
  }

  get total(): number {
    return Object.values(this.counts).reduce((sum, n) => sum + n, 0);
  }

  finding(rule: Rule, detail: string, where: { index?: number; file?: string } = {}): void {
    const count = (this.counts[rule] ?? 0) + 1;
    this.counts[rule] = count;
    if (count <= this.#keep) this.findings.push({ rule, detail, ...where });
  }

  /** Takes over what somebody else found. */
  add(others: Findings): void {
    for (const finding of others.findings) this.findings.push(finding);
    for (const notice of others.notices) this.notices.push(notice);
    for (const [rule, count] of Object.entries(others.counts) as [Rule, number][])
      this.counts[rule] = (this.counts[rule] ?? 0) + count;
  }

  notice(text: string, where: { index?: number; file?: string } = {}): void {
    if (this.notices.length < this.#keep) this.notices.push({ text, ...where });
  }
}
