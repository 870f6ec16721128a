import { COMMAND_PAYLOAD_TYPE, type Command } from '../domain/command.ts';
import { commandSchema } from '../domain/command.schema.ts';
import type { DeploymentFile } from '../domain/deployment-file.ts';
import { CLOCK_SKEW_MS } from '../domain/runbook/time-rules.ts';
import { approvalValidUntil, holdsRole, isApprovingRole, personById, type Approval } from '../domain/set/approval.ts';
import { problem, type Problem, type ProblemCode, type ProblemPlace } from '../domain/set/problem.ts';
import { envelopeDigest, verifyEnvelope, type Envelope } from './envelope.ts';
import { keysOf, parseJson } from './statement.ts';

/** An approval as it was found: in the set under `approvals/`, or in the log under the name of its entry. */
export interface FoundApproval {
  file: string;
  envelope: Envelope;
  /** Whose approval it should be by the place where it lies. */
  person?: string;
}

export interface ApprovalContext {
  deploymentFile: DeploymentFile;
  manifestSetDigest: string;
  /** ISO 8601: the moment at which the approvals must be valid. */
  at: string;
  /** Digest of the runbook in force; not compared when absent. */
  runbookDigest?: string;
}

/**
 * Which approvals count, and why the others do not. A person counts once, whatever the number of his roles, keys and
 * envelopes. Who gave his approval again is taken by his latest word: an approval may follow a rejection, or the reverse.
 */
export function countApprovals(
  found: readonly FoundApproval[],
  context: ApprovalContext,
): { approvals: Approval[]; problems: Problem[] } {
  const approvals: Approval[] = [];
  const problems: Problem[] = [];
  for (const judged of latestWords(found.map((one) => judgeApproval(one, context)))) {
    if (judged.problem) problems.push(judged.problem);
    const { approval } = judged;
    if (!approval) continue;
    const other = approvals.find((counted) => counted.person === approval.person);
    if (other)
      problems.push(
        problem('person_counted_twice', judged.file, { found: `${approval.person} as ${other.role} and as ${approval.role}` }),
      );
    else if (!approvals.some((counted) => counted.role === approval.role)) approvals.push(approval);
  }
  return { approvals, problems };
}

interface Judged {
  file: string;
  /** Who spoke for which role and when; only of commands whose signature and binding are right. */
  word?: { speaker: string; at: number };
  approval?: Approval;
  problem?: Problem;
}

/** Leaves out every word that the same person replaced by a later one in the same role. */
function latestWords(all: readonly Judged[]): Judged[] {
  return all.filter(
    ({ word }, i) =>
      !word ||
      !all.some(
        (other, j) => other.word?.speaker === word.speaker && (other.word.at > word.at || (other.word.at === word.at && j < i)),
      ),
  );
}

function judgeApproval({ file, envelope, person: expected }: FoundApproval, context: ApprovalContext): Judged {
  const { deploymentFile: deployment, at } = context;
  const refuse = (code: ProblemCode, place: ProblemPlace = {}): Judged => ({ file, problem: problem(code, file, place) });

  // Who claims to have signed decides whose keys are tried; nothing else is believed before one of them verifies.
  const claimed = parseApproval(Buffer.from(envelope.payload, 'base64'));
  if (!claimed) return refuse('approval_malformed');
  const person = personById(deployment, claimed.person);
  const verified = verifyEnvelope(envelope, keysOf(deployment, claimed.person), COMMAND_PAYLOAD_TYPE);
  if (!person || 'problem' in verified || verified.unverified > 0)
    return refuse('approval_signature_invalid', { found: claimed.person });
  const command = parseApproval(verified.payload);
  if (!command) return refuse('approval_malformed');

  const unbound = bindingProblem(command, context);
  if (unbound) return refuse('approval_other_set', unbound);
  const { role } = command;
  if (!isApprovingRole(role) || !holdsRole(person, role))
    return refuse('approval_role_not_held', { found: `${person.id} as ${role}` });
  if (person.id === deployment.startedBy) return refuse('approval_by_starter', { found: person.id });

  const word = { speaker: `${person.id} as ${role}`, at: Date.parse(command.issuedAt) };
  if (command.args.decision === 'reject')
    return { ...refuse('approval_rejected', { found: `${person.id}: ${command.reason}` }), word };
  if (Date.parse(command.issuedAt) > Date.parse(at) + CLOCK_SKEW_MS)
    return refuse('approval_in_future', { found: command.issuedAt, signed: `now is ${at}` });
  const validUntil = approvalValidUntil(command.issuedAt, command.expiresAt, deployment.limits.approvalValidDays);
  if (Date.parse(validUntil) < Date.parse(at))
    return { ...refuse('approval_expired', { found: `valid until ${validUntil}`, signed: `now is ${at}` }), word };
  const approval = {
    person: person.id,
    role,
    commandId: command.id,
    issuedAt: command.issuedAt,
    validUntil,
    envelope: envelopeDigest(envelope),
  };
  if (expected !== undefined && expected !== person.id)
    return { ...refuse('approval_misplaced', { found: person.id, signed: expected }), word, approval };
  return { file, word, approval };
}

/** An approval of a set and no other order: a go-ahead by the same person says nothing about the manifests. */
function parseApproval(payload: Uint8Array): Command | undefined {
  const { data: command } = commandSchema.safeParse(parseJson(payload));
  const isOne =
    command?.kind === 'approve' && command.scope.level === 'set' && command.args.decision !== undefined && isOwn(command);
  return isOne ? command : undefined;
}

/** Executives approve the set with their own keys and in roles of their own: nobody attests to it, and nobody does it for them. */
const isOwn = ({ attestation, delegation }: Command): boolean => attestation === undefined && delegation === undefined;

/** The first thing that the person saw and that is not so here. */
function bindingProblem(command: Command, context: ApprovalContext): ProblemPlace | undefined {
  const { deploymentFile: file, manifestSetDigest, runbookDigest } = context;
  const bound: [string, string, string][] = [
    ['manifest set', command.saw.manifestSetDigest, manifestSetDigest],
    ['customer', command.customer, file.customer],
    ['deployment', command.deployment, file.deployment],
    ['environment', command.environment, file.environment],
    ['log', command.logOrigin, file.logOrigin],
    ['policy version', String(command.saw.policyVersion), String(file.version)],
    ['runbook', command.saw.runbookDigest, runbookDigest ?? command.saw.runbookDigest],
  ];
  const other = bound.find(([, saw, is]) => saw !== is);
  return other && { detail: `(${other[0]})`, found: other[1], signed: other[2] };
}
