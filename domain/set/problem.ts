/** What a manifest set, or the deployment file beside it, can be refused for: the rule broken and what to do now. */
export interface ProblemRule {
  rule: string;
  next: string;
}

const resign = 'Atlas Operator corrects the file and signs a new set; the executives approve that one.';
const restore = 'Put back the bytes that were signed, or have the Atlas Operator sign the set as it is now.';
const approveAgain = 'That executive runs golive approve set.';
const amend = 'Deployment Lead has the deployment file corrected and signed again under the root.';

export const PROBLEMS = {
  // layout
  key_not_canonical: {
    rule: 'A key has lower-case letters, digits, dots, dashes and single slashes only, and no part that begins with a dot.',
    next: restore,
  },
  too_many_files: { rule: 'A set has at most 1,000 files.', next: resign },
  set_too_large: { rule: 'A set has at most 64 MiB.', next: resign },
  file_too_large: { rule: 'A manifest has at most 4 MiB, the index 1 MiB, an envelope 64 KiB.', next: resign },
  file_missing: { rule: 'Every file that was signed is there.', next: restore },
  file_extra: { rule: 'Nothing is in the set that was not signed.', next: restore },
  file_changed: { rule: 'Every file has the bytes that were signed.', next: restore },
  file_swapped: { rule: 'Every file lies under the key under which it was signed.', next: restore },
  // index and signature
  index_malformed: { rule: 'The index (index.json) is a manifest index in canonical JSON, sorted by key.', next: restore },
  set_unsigned: {
    rule: 'The set is signed by the Atlas Operator (set.dsse.json).',
    next: 'Atlas Operator freezes and signs the set.',
  },
  set_signature_malformed: {
    rule: 'The signature (set.dsse.json) is a DSSE envelope with a manifest-set statement, kept in canonical JSON.',
    next: restore,
  },
  set_signature_invalid: {
    rule: 'Every signature on the set verifies against a key in the signed deployment file.',
    next: restore,
  },
  set_signer_not_allowed: {
    rule: 'The set is signed by a person who is Atlas Operator in the deployment file.',
    next: 'Atlas Operator signs the set.',
  },
  set_index_differs: { rule: 'The index is the one that was signed.', next: restore },
  set_wrong_deployment: {
    rule: 'The set was signed for this customer and deployment.',
    next: 'Check the bucket and prefix in the deployment file.',
  },
  set_outdated: { rule: 'The set is not older than the one that is known.', next: 'Upload the newest signed set.' },
  set_frozen_in_future: {
    rule: 'The set was frozen before now.',
    next: 'Check the clock of the machine that signed and of this one.',
  },
  set_counts_differ: { rule: 'The set has as many manifests and agents as its signer said.', next: resign },
  // approvals
  approval_missing: { rule: 'CEO, CHRO, CFO and CISO have each approved exactly this set.', next: approveAgain },
  approval_malformed: {
    rule: 'An approval is a DSSE envelope with an approve command, kept in canonical JSON.',
    next: approveAgain,
  },
  approval_misplaced: { rule: 'An approval lies under the name of the person who gave it.', next: approveAgain },
  approval_signature_invalid: { rule: 'An approval is signed with a key of the person who gives it.', next: approveAgain },
  approval_role_not_held: {
    rule: 'Who approves holds the role for which the approval counts.',
    next: 'golive status --who shows who does.',
  },
  approval_other_set: {
    rule: 'An approval is for exactly this set, deployment, environment, log and policy version.',
    next: approveAgain,
  },
  approval_expired: {
    rule: 'An approval is not older than the deployment file allows, nor than it says itself.',
    next: approveAgain,
  },
  approval_in_future: {
    rule: 'An approval was given before now.',
    next: 'Correct the clock of the signing machine and approve again.',
  },
  approval_rejected: {
    rule: 'No executive has rejected the set.',
    next: 'Talk to that executive; a corrected set needs new approvals.',
  },
  approval_by_starter: {
    rule: 'Who started the deployment does not approve it.',
    next: 'Another person with the role must approve.',
  },
  person_counted_twice: {
    rule: 'Each approval comes from another person.',
    next: 'Another person must approve for the second role.',
  },
  // text of a manifest
  not_utf8: { rule: 'A manifest is UTF-8 text.', next: resign },
  yaml_syntax: { rule: 'A manifest is one document in YAML 1.2.', next: resign },
  yaml_alias: { rule: 'A manifest says everything in full: no aliases and anchors.', next: resign },
  yaml_merge_key: { rule: 'A manifest says everything in full: no merge keys.', next: resign },
  yaml_tag: { rule: 'A manifest has no tags.', next: resign },
  yaml_directive: { rule: 'A manifest has no YAML directives.', next: resign },
  yaml_too_deep: { rule: 'A manifest is nested at most 32 deep.', next: resign },
  yaml_too_long: { rule: 'A manifest has at most 120,000 words and signs, and no text longer than 64 KiB.', next: resign },
  key_not_text: { rule: 'A field name is one plain text.', next: resign },
  duplicate_key: { rule: 'A field stands in a manifest once.', next: resign },
  forbidden_key: { rule: 'No field is called __proto__, constructor or prototype.', next: resign },
  // content of a manifest
  unknown_field: { rule: 'A manifest has only the fields of golive/v1.', next: resign },
  field_missing: { rule: 'A manifest has all required fields.', next: resign },
  field_invalid: { rule: 'Every field has a value that golive/v1 allows.', next: resign },
  name_differs_from_key: { rule: 'A manifest lies in manifests/<its name>.yaml.', next: resign },
  agents_differ: { rule: 'A manifest has as many agents as the index says.', next: resign },
  agent_twice: { rule: 'An agent stands in a manifest once.', next: resign },
  agent_in_two_manifests: { rule: 'An agent belongs to one manifest.', next: resign },
  // the deployment file
  deployment_file_malformed: {
    rule: 'The deployment file is YAML with the fields of golive/v1, each with a value that is allowed.',
    next: amend,
  },
  deployment_file_unsigned: { rule: 'The deployment file is signed under the root that workers and auditors pin.', next: amend },
  deployment_file_changed: { rule: 'The deployment file has the bytes that were signed.', next: amend },
  deployment_file_other: { rule: 'The signature is for this customer, deployment and version.', next: amend },
  deployment_file_outdated: {
    rule: 'The deployment file is not older than the one that is known.',
    next: 'Use the newest deployment file.',
  },
  key_shared: { rule: 'A key belongs to one person.', next: amend },
} as const satisfies Record<string, ProblemRule>;

export type ProblemCode = keyof typeof PROBLEMS;

/** One reason for a refusal, with where it is and what was found instead of what was signed. */
export interface Problem extends ProblemRule {
  code: ProblemCode;
  /** Key in the set, or name of the file. */
  file: string;
  line?: number;
  column?: number;
  found?: string;
  signed?: string;
}

export interface ProblemPlace {
  line?: number;
  column?: number;
  /** The part of the rule that matters here: a field and what it must be. */
  detail?: string;
  found?: string;
  signed?: string;
}

export function problem(code: ProblemCode, file: string, place: ProblemPlace = {}): Problem {
  const { rule, next } = PROBLEMS[code];
  const { detail, found, signed, line, column } = place;
  return {
    code,
    rule: detail === undefined ? rule : `${rule} ${printable(detail)}`,
    file: printable(file),
    ...(line === undefined ? {} : { line }),
    ...(column === undefined ? {} : { column }),
    ...(found === undefined ? {} : { found: printable(found) }),
    ...(signed === undefined ? {} : { signed: printable(signed) }),
    next,
  };
}

/** `manifests/a.yaml:12:3` — the form that editors and terminals make clickable. */
export const placeOf = (p: Problem): string => [p.file, p.line, p.column].filter((part) => part !== undefined).join(':');

/** What a stranger wrote goes to an operator's terminal: short, and without a character that could act on it. */
function printable(text: string): string {
  const short = text.length > 160 ? `${text.slice(0, 157)}...` : text;
  return short.replace(/[^\x20-\x7e]/gu, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`);
}
