import { Context } from '@temporalio/activity';
import { signExit } from '../../audit/exit.ts';
import { putEvidence } from '../../clients/store/evidence.ts';
import type { Signer } from '../../clients/keys/port.ts';
import type { NewEntry } from '../../domain/entry.ts';
import { FAILURES } from '../../domain/failure.ts';
import { isGone, type ExitAttestation } from '../../domain/stop/exit.ts';
import { refused } from '../boundary.ts';
import { manifestOf, type Deployment } from '../deployment.ts';
import { record } from '../entries.ts';
import { bulkWrite } from '../side-effect.ts';
import { each, nameOf, stoppedBy, subjectOf, type Stopped, type StoppedSubject } from './stopped.ts';

const WHO = 'deployment-lead';

/** Terminate = revoke + halt + attestation. The platform has ended them; here their credentials go, and what they were is signed. */
export async function attest(d: Deployment, id: string): Promise<{ documents: number }> {
  const stopped = await stoppedBy(d, id);
  if (stopped.command.kind !== 'terminate') throw refused('wrong_state', `${id} is a ${stopped.command.kind}; nobody left.`);
  const known = new Set((await d.tenant.platform.cohorts(d.name.deployment, d.signal)).map((c) => c.cohort));
  // Who never came to the platform has nothing to leave there; the fence keeps them from coming.
  const subjects = stopped.subjects.filter((s) => known.has(s.cohort));
  const signer = await d.tenant.machine?.();
  const attempt = Context.current().info.attempt;
  const attested = await each(subjects, async (subject) => {
    await revoke(d, stopped, subject, attempt);
    return signer === undefined ? [] : attestationOf(d, stopped, subject, signer);
  });
  if (signer === undefined) {
    await record(d.tenant.recorder, [unsigned(d, id)], d.signal);
    return { documents: 0 };
  }
  await record(d.tenant.recorder, attested.flat(), d.signal);
  return { documents: subjects.length };
}

async function revoke(d: Deployment, { id, index }: Stopped, { cohort, agent }: StoppedSubject, attempt: number): Promise<void> {
  const { agents } = await manifestOf(d, cohort);
  await bulkWrite(d, attempt, {
    ...{ operation: 'revoke', cohort, part: agent ?? `exit-${id}`, generation: index, authority: index, round: '' },
    agents: agents.filter((a) => agent === undefined || a.id === agent),
    call: (items) =>
      d.tenant.platform.revoke(
        {
          deployment: d.name.deployment,
          cohort,
          items: items.slice(0, 1000).map(({ key, agent: one }) => ({ key, agent: one })),
        },
        d.signal,
      ),
  });
}

async function attestationOf(d: Deployment, stopped: Stopped, subject: StoppedSubject, signer: Signer): Promise<NewEntry[]> {
  const { id, index, command, envelope } = stopped;
  const exits = await d.tenant.platform.exits(d.name.deployment, subjectOf(subject), d.signal);
  const { cohort, agent, agents, did, revoked, remains, at } = exits;
  const { customer, deployment, environment, logOrigin } = d.file;
  const value: ExitAttestation = {
    ...{ v: 1, customer, deployment, environment, logOrigin, stop: id },
    order: { index, person: command.person, reason: command.reason, envelope },
    subject: { cohort, agent, agents },
    ...{ did, revoked, remains, at },
  };
  const kept = { contentType: 'application/json', signal: d.signal };
  const evidence = await putEvidence(d.tenant.audit, d.tenant.auditPrefix, await signExit(value, signer), kept);
  const name = nameOf(subject);
  const about = { cohort, ...(agent === null ? {} : { agent }) };
  const entry = d.entry('exit.attested', `stop/${id}/exit/${name}`, { stop: id, subject: name, agents, evidence }, about);
  return isGone(value) ? [entry] : [entry, ...stillThere(d, stopped, name, value)];
}

const unsigned = (d: Deployment, id: string): NewEntry =>
  d.entry('task.opened', `task/exit/${id}`, {
    ...{ taskId: `exit/${id}`, owner: WHO, code: 'authority_missing' },
    sentence: `Whoever was terminated by ${id} has no exit attestation: there is no key of the engine to sign it with.`,
    next: 'Name machineKey in the tenants file, and its public half in the deployment file.',
  });

/** Attested as it is; and somebody has to see to the rest. */
function stillThere(d: Deployment, { id }: Stopped, name: string, { subject, remains }: ExitAttestation): NewEntry[] {
  const what = `${remains.notTerminated} not terminated, ${remains.validCredentials} with a valid credential`;
  const data = {
    ...({ taskId: `exit/${id}/${name}`, owner: WHO, code: 'not_landed', next: FAILURES.not_landed.next } as const),
    sentence: `${name} was terminated and is not gone: ${what}.`,
  };
  return [d.entry('task.opened', `task/exit/${id}/${name}`, data, { cohort: subject.cohort })];
}
