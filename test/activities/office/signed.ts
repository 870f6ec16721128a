import type { temporarySigner } from '../../../clients/keys/local.ts';
import { GATEWAY, inSlack, type Office } from './office.ts';

/** One cohort of one group, the evidence that lies before its executives, and what was shown to them before. */
export const COHORT = { cohort: 'sales-ic-research', group: 'sales-ic', shape: 'research' };
export const EVIDENCE = { ref: 'evidence/1', digest: `sha256:${'1'.repeat(64)}` };
export const OLDER = { ref: 'evidence/0', digest: `sha256:${'0'.repeat(64)}` };

/** A sign-off and the order that it rests on, as they stand in the log. */
export async function signed(
  o: Office,
  person: string,
  role: 'customer-lead' | 'security-lead' | 'cfo',
  change: {
    boundTo?: string;
    decision?: 'approve' | 'reject';
    signer?: ReturnType<typeof temporarySigner>;
    slack?: boolean;
    delegation?: string;
  } = {},
): Promise<void> {
  const { boundTo = EVIDENCE.digest, decision = 'approve', slack = false, delegation } = change;
  const signer = change.signer ?? (slack ? GATEWAY : undefined);
  const order = o.draft(person, role, 'sign', { scope: { level: 'group', names: [COHORT.group] }, args: { decision } });
  const own = {
    ...{ ...order, saw: { ...order.saw, evidence: { [COHORT.group]: boundTo } } },
    ...(delegation === undefined ? {} : { delegation }),
  };
  const command = slack ? inSlack(own, { cards: ['card-1'] }) : own;
  const commandIndex = await o.applied(command, signer ? { signer } : {});
  await o.write(
    'sign-off',
    `sign-off/${command.id}`,
    { group: COHORT.group, role, decision, boundTo, commandIndex, channel: slack ? 'slack' : 'cli' },
    person,
  );
}
export const shown = (o: Office, cohorts = [COHORT.cohort], evidence = EVIDENCE) =>
  o.write('group.evidence', `evidence/${evidence.digest}/${cohorts.join()}`, {
    group: COHORT.group,
    cohorts,
    agents: 60,
    evidence,
  });
export const promote = (o: Office, level: 'wave' | 'group' | 'cohort' | 'agent', name: string) =>
  o.draft('lea', 'deployment-lead', 'promote', { scope: { level, names: [name] } });
