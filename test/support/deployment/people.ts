import type { EscalationLevel } from '../../../domain/notices/entries.ts';
import type { Role } from '../../../domain/roles.ts';
import { evidenceOf, type Script } from './script.ts';

/** What passes among people beside the way itself: who was asked twice, who stood in, who was told, whose queue was slow. */
export function amongPeople(script: Script, groups: readonly string[]): void {
  channel(script, groups);
  escalated(script);
  delegated(script);
  drill(script);
  script.evidence(66.05, 'accept:W3.13', 'the hand-over pack: 5 cohorts not live, 1 hold, 2 watch items');
  script.say(45.1, 'gateway/refused', 'gateway.refused', {
    from: script.wall(45),
    to: script.wall(45.01),
    counts: { signature_invalid: 12, unknown_user: 3, replayed: 1 },
  });
}

function channel(script: Script, groups: readonly string[]): void {
  const tell = (hours: number, key: string, title: string, sent: boolean): void => {
    script.say(hours, `notice/${key}`, 'notice.made', { key, notice: { title, tone: 'info', lines: ['as planned'] } });
    if (sent) script.say(hours + 0.01, `notice/${key}/sent`, 'notice.sent', { key, adapter: 'slack', revision: 'sha256:1' });
  };
  tell(0.02, 'root', 'acme/q4', true);
  for (let hour = 1; hour <= 12; hour++) tell(hour, `status/${hour}`, `T+${hour}`, hour !== 12);
  for (const group of groups)
    script.say(42, `card/${group}`, 'card.issued', {
      ...{
        card: `card-${group}`,
        group,
        boundTo: script.cast.setDigest.replace(/.{8}$/, group.length.toString(16).padStart(8, '0')),
      },
      ...{ manifestSetDigest: script.cast.setDigest, policyVersion: 1, expiresAt: script.wall(66) },
    });
}

/** One that was done after the second level, and one that was handed over. */
function escalated(script: Script): void {
  const raise = (hours: number, about: string, owner: Role, what: string, since: number, level: EscalationLevel): void =>
    script.say(hours, `escalation/${about}/${level}`, 'escalation.raised', {
      ...{ escalation: `${about}/1`, about, what, owner, level, since: script.wall(since) },
      told: [script.cast.person(owner), script.cast.person(level === 'on-call' ? 'arx-standby' : 'deployment-lead')],
    });
  raise(46.25, 'sign/cfo', 'cfo', 'sign 18 cohort groups', 41, 'on-call');
  raise(46.5, 'sign/cfo', 'cfo', 'sign 18 cohort groups', 41, 'deployment-lead');
  script.say(46.6, 'escalation/sign/cfo/closed', 'escalation.closed', {
    escalation: 'sign/cfo/1',
    how: `${script.cast.person('cfo')} did it, entry #12`,
  });
  raise(68.25, 'confirm-W3.15/cfo', 'cfo', 'confirm the deliverable schedule', 66, 'on-call');
  const handOver = { escalation: 'confirm-W3.15/cfo/1', handTo: script.cast.person('ceo') };
  script.order(68.4, 'ack-1', 'ack', 'arx-standby', { level: 'deployment', names: [] }, { args: handOver });
}

function delegated(script: Script): void {
  const { until, role } = { until: script.wall(60), role: 'security-lead' as const };
  const [to] = script.cast.file.people.filter((p) => p.deputyOf.includes('operations-lead'));
  const delegation = { to: to?.id ?? '', role, mode: 'act' as const, kinds: ['sign' as const], until };
  const deployment = { level: 'deployment' as const, names: [] };
  script.order(40.5, 'delegate-1', 'delegate', role, deployment, { args: { delegation } });
  script.order(50, 'revoke-1', 'revoke', role, deployment, { args: { delegationId: 'delegate-1' } });
}

function drill(script: Script): void {
  const slow = Array.from({ length: 9 }, (_, n) => ({
    manager: `manager-${n}`,
    decidedBy: n < 8 ? `manager-${100 + n}` : null,
    hours: n < 8 ? 4.5 + n / 4 : null,
  }));
  script.say(40, 'drill', 'drill.measured', {
    figures: {
      ...{ stage: 'decided', designated: 'manager-99', asked: 120, notAsked: 0, inTime: 110, passedOn: 10 },
      ...{ undecided: 0, silent: 0, slowCount: 9, slow },
    },
    evidence: evidenceOf('drill'),
  });
}
