/**
 * Every way in which golive can say no. Each has a sentence for the operator and the next thing to do;
 * `retryable` says whether the same call may succeed later without anybody doing anything.
 */
export interface Failure {
  retryable: boolean;
  sentence: string;
  next: string;
}

const retry = (sentence: string, next: string): Failure => ({ retryable: true, sentence, next });
const final = (sentence: string, next: string): Failure => ({ retryable: false, sentence, next });

export const FAILURES = {
  // the world around us
  platform_unreachable: retry('The platform does not answer.', 'golive doctor; work goes on by itself when it answers again.'),
  platform_limited: retry('The platform asked us to slow down.', 'Nothing: the work is paced by its limit.'),
  store_unreachable: retry('The S3 bucket does not answer.', 'golive doctor; ask Connector Standby to look at S3.'),
  recorder_unreachable: retry(
    'The log does not answer, so nothing may be done.',
    'Check the `golive log` process; work waits for it.',
  ),
  notify_unreachable: retry(
    'Slack, Teams or the pager does not answer.',
    'Nothing: what people are told is in the log and is sent when it answers again.',
  ),
  notify_limited: retry('Slack, Teams or the pager asked us to slow down.', 'Nothing: messages are paced by its limit.'),
  notify_refused: final(
    'Slack, Teams or the pager does not take a message.',
    'golive doctor; look at the token, the channel and the webhook in the tenants file.',
  ),
  platform_refused: final(
    'The platform refused a call that should have been right.',
    'golive history --cohort NAME; then golive retry.',
  ),
  platform_reply_invalid: final(
    'The platform answered something that its contract does not allow.',
    'Compare versions with golive doctor.',
  ),
  // authority
  signature_invalid: final(
    'The signature does not verify against a key in the signed deployment file.',
    'Sign again with the key that the deployment file names.',
  ),
  unknown_person: final('The deployment file names no such person.', 'Check --as, or have the deployment file amended.'),
  role_not_held: final('That person does not hold that role.', 'golive status --who shows who does.'),
  role_not_allowed: final('That role may not give this order.', 'golive status --who shows who may.'),
  command_expired: final('The order is older than it said it would be valid.', 'Give it again.'),
  command_not_yet_valid: final(
    'The order is dated in the future.',
    'Correct the clock of the signing machine and give it again.',
  ),
  wrong_deployment: final(
    'The order is for another customer, deployment, environment or log.',
    'Check --customer and --deployment.',
  ),
  wrong_scope: final(
    'The order is about something that this deployment does not have, or that such an order cannot be about.',
    'golive status shows what there is.',
  ),
  stale_binding: final(
    'What the person saw has changed since: set, evidence, policy or runbook.',
    'Look at golive status again and give the order again.',
  ),
  starter_may_not_sign: final(
    'Who started the deployment neither approves nor signs off.',
    'Another person with the role must do it.',
  ),
  person_counted_twice: final('That person has already been counted for this.', 'A quorum needs distinct persons.'),
  already_done: final('That was already decided.', 'golive status shows by whom and when.'),
  wrong_state: final(
    'The deployment is not in a state in which this order means anything.',
    'golive status names the next command.',
  ),
  exit_not_met: final(
    'The gate has exit criteria that are neither met nor waived.',
    'golive status lists them with their owners.',
  ),
  cannot_be_waived: final('This is a hard stop and cannot be waived.', 'Mend the cause; golive status says which.'),
  personal_signature_needed: final(
    'This order needs the own key of the person who gives it; that somebody attests to it is not enough.',
    'Give it with the golive CLI.',
  ),
  delegation_void: final(
    'The delegation under which the order was given was revoked, has run out, or does not cover it.',
    'The principal gives the order, or delegates again: golive delegate.',
  ),
  unknown_delegation: final('There is no such delegation.', 'golive status lists the delegations.'),
  unknown_card: final(
    'The log has no such card for what the order is about.',
    'Click the card that is in the channel now; golive sign does the same without Slack.',
  ),
  unknown_escalation: final('There is no such escalation.', 'golive status lists the escalations.'),
  unknown_incident: final('There is no such incident.', 'golive incident list names them.'),
  stopped: final(
    'A stop stands on it, and no such order passes a stop.',
    'golive status names the stop and what lifts it: golive resume, golive lift or golive promote.',
  ),
  unknown_hold: final('There is no such hold.', 'golive status lists the holds.'),
  release_not_allowed: final('This hold names another role for its release.', 'Ask the role that golive status shows beside it.'),
  not_built: final('This version of golive does not carry out that order yet.', 'See the list of waived rows in the report.'),
  malformed_command: final('The envelope does not hold a command of this version.', 'Use the golive CLI of this version.'),
  authority_missing: final(
    'No applied order in the log allows this side effect.',
    'This run was not started by golive; look at who has access to the namespace.',
  ),
  report_missing: final(
    'The confirmation does not carry the digest of the report that it rests on.',
    'golive status shows how the report is made; give it with --evidence FILE.',
  ),
  // the log and its witness
  witness_gap: final(
    'The witness did not sign the log for longer than it may.',
    'Security Lead finds out why: golive confirm W1.15 --reason "…" explains it.',
  ),
  log_integrity: final(
    'The log is not a continuation of what was signed before.',
    'Go no further on this log: golive verify names what differs; Security Lead and ARX Standby find out why.',
  ),
  // the manifest set
  set_not_verified: final(
    'The manifest set is not what was signed and approved.',
    'Read the discrepancy report; give it to the Atlas Operator.',
  ),
  set_under_approved: final(
    'The manifest set lacks approvals, or they are too old.',
    'golive approve set, by each executive who is missing.',
  ),
  preflight_halted: final(
    'More manifests failed preflight than may be isolated; nothing was created.',
    'Mend the causes listed in status, then golive retry.',
  ),
  preflight_failed: final('The manifest failed its preflight.', 'Mend the cause, then golive retry --cohort NAME.'),
  // preflight causes (what the platform reports per manifest)
  connector_credential_expired: final(
    'A connector that the manifest names has an expired credential.',
    'Connector Standby renews it; then golive retry.',
  ),
  hris_stale: final('A reporting manager cannot be resolved in HRIS.', 'Customer IT syncs HRIS; then golive retry.'),
  connector_not_deployed: final(
    'The manifest names a connector that is not deployed.',
    'Deploy the connector; then golive retry.',
  ),
  audit_bucket_unreachable: final(
    'The platform cannot reach the audit bucket.',
    'Security Lead checks bucket policy; then golive retry.',
  ),
  budget_implausible: final(
    'The budget is not plausible for the number of agents and calls.',
    'Atlas Operator corrects the manifest; a new set must be signed.',
  ),
  // side effects
  fenced: final(
    'A stop or hold came after this work was authorised.',
    'A person must promote again; golive status shows the hold.',
  ),
  precondition_failed: final('The cohort changed after this was authorised.', 'Look at golive status, then promote again.'),
  agent_in_other_deployment: final(
    'The agent belongs to another open deployment.',
    'Atlas Operator removes it from one of the sets.',
  ),
  smoke_failed: final(
    'The smoke sample did not get ALLOW.',
    'Look at the connector and the intercept policy; then golive retry --cohort NAME.',
  ),
  example_mismatch: final(
    'The example request gave output that does not match the declared schema.',
    'Atlas Operator corrects the manifest or the agent; then golive retry.',
  ),
  manager_unresolved: final('An agent has no manager in the HRIS snapshot.', 'Customer IT corrects HRIS; then golive retry.'),
  side_effect_unknown: final(
    'It is not known whether a side effect took place, and it cannot be looked up now.',
    'When the platform answers again, golive reconcile --cohort NAME: what happened is looked up, and the cohort goes on.',
  ),
  not_stable: final(
    'The cohort was not stable at full exposure.',
    'Look at its figures; then golive promote --cohort NAME for a catch-up wave.',
  ),
  over_threshold: final(
    'What is watched is over its threshold, and nobody was stopped by it.',
    'Look at its figures; golive rollback --cohort NAME, or wait until it is well below again.',
  ),
  no_data: final(
    'A live cohort says nothing.',
    'Look at its agents and at the telemetry; golive rollback --cohort NAME when nobody knows why.',
  ),
  watch_blind: final(
    'The watch over the stopping table does not see what it is to watch.',
    'golive doctor; look at the agents yourselves until it answers, and golive halt --all when nobody can.',
  ),
  not_landed: final(
    'After a stop the platform still shows what should have ended.',
    'golive incident list names the incident; look at its figures, then stop it further: golive halt.',
  ),
  // prerequisites
  prerequisite_missing: final(
    'A prerequisite is missing, so the clock does not start.',
    'Mend what status names, then golive clock start.',
  ),
  role_unavailable: final(
    'A role has not confirmed that it is available, so the clock does not start.',
    'golive confirm C4 by that role or its deputy.',
  ),
} as const satisfies Record<string, Failure>;

export type FailureCode = keyof typeof FAILURES;
export const isFailureCode = (code: string | null | undefined): code is FailureCode =>
  code != null && Object.hasOwn(FAILURES, code);
