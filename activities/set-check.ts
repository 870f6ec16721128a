import type { FoundApproval } from '../audit/approvals.ts';
import { parseEnvelope } from '../audit/envelope.ts';
import { getEvidence, putJsonEvidence } from '../clients/store/evidence.ts';
import type { NewEntry } from '../domain/entry.ts';
import { FAILURES } from '../domain/failure.ts';
import { placeOf } from '../domain/set/problem.ts';
import type { SetVerdict, VerifiedSet } from '../domain/set/verified-set.ts';
import type { Deployment } from './deployment.ts';

/** The executives' approvals as they lie in the audit bucket; the log says where. */
export async function approvalEnvelopes(d: Deployment): Promise<FoundApproval[]> {
  const view = await d.view();
  const found: FoundApproval[] = [];
  for (const { commandId, person } of view.approvals) {
    const command = view.commands[commandId];
    const bytes = command && (await getEvidence(d.tenant.audit, command.envelope, d.signal));
    const envelope = bytes && parseEnvelope(bytes);
    if (envelope && !('problem' in envelope)) found.push({ envelope, file: `${command?.envelope.ref ?? 'log'} (${person})` });
  }
  return found;
}

/** What is said of a set that is what it should be; `subject` says on which occasion. */
export async function summaryOf(d: Deployment, set: VerifiedSet, subject: string): Promise<NewEntry[]> {
  const { digest, agents, index, signer, version, frozenAt, approvals } = set;
  const evidence = await putJsonEvidence(
    d.tenant.audit,
    d.tenant.auditPrefix,
    { digest, version, frozenAt, signer, approvals, index },
    d.signal,
  );
  return [
    d.entry('set.verified', `${subject}/verified`, {
      manifestSetDigest: digest,
      manifests: index.length,
      agents,
      signer: signer.person,
      approvals: approvals.map((a) => a.person),
    }),
    d.entry('evidence', subject, {
      subject,
      summary: `${index.length} manifests, ${agents} agents, every byte as signed by ${signer.person}`,
      evidence,
    }),
  ];
}

/** The refusal, with the discrepancy report for the Atlas Operator and a task with a name on it. */
export async function setRefused(d: Deployment, verdict: Extract<SetVerdict, { status: 'refused' }>): Promise<NewEntry[]> {
  const report = await putJsonEvidence(
    d.tenant.audit,
    d.tenant.auditPrefix,
    { problems: verdict.problems, omitted: verdict.omitted, report: verdict.report },
    d.signal,
  );
  const [first] = verdict.problems;
  const count = verdict.problems.length + verdict.omitted;
  const sentence =
    `${FAILURES.set_not_verified.sentence} ${count} problem(s); ${first ? `${placeOf(first)}: ${first.rule}` : ''}`.trim();
  return [
    d.entry('set.refused', `set/refused/${report.digest}`, { manifestSetDigest: d.setDigest, problems: count, report }),
    d.entry('task.opened', `task/set/${report.digest}`, {
      taskId: 'set',
      owner: 'atlas-operator',
      code: 'set_not_verified',
      sentence,
      next: FAILURES.set_not_verified.next,
    }),
  ];
}
