import { keep } from '../../../activities/channel/keep.ts';
import { putJsonEvidence } from '../../../clients/store/evidence.ts';
import { slackChannel } from '../../../clients/notify/slack/channel.ts';
import type { Notify } from '../../../clients/notify/port.ts';
import { ATTESTABLE_KINDS } from '../../../domain/command.ts';
import type { DeploymentFile } from '../../../domain/deployment-file.ts';
import type { PlannedCohort, RecordedEntry } from '../../../domain/entry.ts';
import type { GroupDocument } from '../../../domain/group-document.ts';
import type { Role } from '../../../domain/roles.ts';
import { newOffice, NOW, SET, type Office } from '../office/office.ts';
import { WORKSPACE, type RunningSlack } from '../../rehearsal/slack/running-slack.ts';
import { until } from '../../support/stack/until.ts';

export const CHANNEL = WORKSPACE.channels[0]?.id ?? '';
export const SPEED = 1440;
const COHORTS: PlannedCohort[] = [
  { id: 'sales-ic-a', group: 'sales-ic', shape: 'research', agents: 40 },
  { id: 'sales-ic-b', group: 'sales-ic', shape: 'production', agents: 20 },
  { id: 'hr-lead-a', group: 'hr-lead', shape: 'coordination', agents: 12 },
];

/** A message as Slack shows it. */
export interface Shown {
  ts: string;
  text: string;
  thread_ts?: string;
  broadcast?: boolean;
  blocks?: { type: string; elements?: { action_id?: string; value?: string }[] }[];
  metadata?: { event_payload: { key: string } };
}
export const keyOf = (m: Shown): string => m.metadata?.event_payload.key ?? '';
export const buttonsOf = (m: Shown): string[] =>
  (m.blocks ?? []).filter((b) => b.type === 'actions').flatMap((b) => (b.elements ?? []).map((e) => e.action_id ?? ''));

/** One deployment whose people are told: the log and the bucket in memory, Slack in a process of its own. */
export class Channelled {
  readonly office: Office;
  readonly slack: RunningSlack;
  #controller: AbortController | undefined;
  #kept: Promise<unknown> = Promise.resolve();
  readonly warnings: string[] = [];

  constructor(slack: RunningSlack, file: Partial<DeploymentFile> = {}, notify: Notify = {}) {
    this.slack = slack;
    const section = { team: WORKSPACE.id, channel: CHANNEL, attestedBy: [], allows: [...ATTESTABLE_KINDS] };
    this.office = newOffice({ file: { slack: section, speed: SPEED, ...file } });
    const { d } = this.office;
    d.file.people = d.file.people.map((p) => ({ ...p, slack: `U0${p.id.toUpperCase()}` }));
    d.tenant.notify = { slack: slackChannel({ botToken: WORKSPACE.botToken, apiUrl: slack.apiUrl }), ...notify };
  }

  /** Starts telling, as a worker would that was given the activity. */
  keep(): void {
    const controller = new AbortController();
    this.#controller = controller;
    const { d } = this.office;
    this.#kept = keep({
      open: async () => ({ ...d, signal: controller.signal }),
      signal: controller.signal,
      warn: (what, error) => void this.warnings.push(`${what}: ${String(error)}`),
    }).catch((error: unknown) => {
      if (!controller.signal.aborted) throw error;
    });
  }
  /** As a worker dies: whatever it was at is not finished. */
  async die(): Promise<void> {
    this.#controller?.abort();
    await this.#kept;
  }
  /** It returns by itself: all is told. */
  ended = (): Promise<unknown> => this.#kept;

  at(planHours: number): void {
    this.office.setNow(NOW + (planHours * 3_600_000) / SPEED);
  }

  async open(): Promise<void> {
    const { office } = this;
    const ref = { ref: 'x', digest: SET };
    await office.write('deployment.opened', 'opened', {
      ...{
        environment: 'rehearsal',
        logOrigin: 'log.acme.example/golive',
        manifestSetDigest: SET,
        speed: SPEED,
        startedBy: 'dan',
      },
      ...{ runbook: { version: '1', digest: SET }, deploymentFile: { ...ref, version: 1 } },
    });
    await office.write('set.verified', 'set', { manifestSetDigest: SET, manifests: 3, agents: 72, signer: 'lea', approvals: [] });
    await office.write('plan.recorded', 'plan', { cohorts: COHORTS, managers: 5, plan: ref, forecastMintHours: 1 });
  }
  async start(): Promise<void> {
    this.at(0);
    await this.office.write('clock.started', 'clock', { planHours: 0, speed: SPEED, wallAt: new Date(NOW).toISOString() });
  }

  /** The evidence of a group; `dollars` changes it. */
  async evidence(group: string, dollars = 100): Promise<void> {
    const { office } = this;
    const { d } = office;
    const cohorts = COHORTS.filter((c) => c.group === group);
    const document: GroupDocument = {
      ...{ group, manifestSetDigest: SET, policyVersion: 1 },
      cohorts: cohorts.map(({ id, shape, agents }) => ({
        ...{ cohort: id, shape, agents, connectors: [], shadow: null },
        cost: { budgetDollars: 500, projectedDollarsPerMonth: dollars },
      })),
    };
    const evidence = await putJsonEvidence(d.tenant.audit, '', document);
    const agents = cohorts.reduce((sum, c) => sum + c.agents, 0);
    await office.write('group.evidence', `evidence/${group}/${dollars}`, {
      group,
      cohorts: cohorts.map((c) => c.id),
      agents,
      evidence,
    });
  }
  async reviewed(): Promise<void> {
    await this.office.write('milestone', 'milestone/W2.08', {
      ...{ row: 'W2.08', status: 'met', dueAt: '2026-03-06T13:00:00.000Z', duePlanHours: 42 },
    });
  }

  async sign(role: Role, person: string, group: string): Promise<number> {
    const boundTo = (await this.office.d.view()).groupEvidence[group]?.evidence.digest ?? '';
    const data = { group, role, decision: 'approve', boundTo, commandIndex: 0, channel: 'slack' } as const;
    return this.office.write('sign-off', `sign-off/${group}/${role}`, data, person);
  }

  async messages(): Promise<Shown[]> {
    return this.slack.look<Shown[]>(`/control/messages?channel=${CHANNEL}`);
  }
  /** Keys of what is in the channel, in the order in which it came there. */
  keys = async (): Promise<string[]> => (await this.messages()).sort((a, b) => Number(a.ts) - Number(b.ts)).map(keyOf);
  shown = async (key: string): Promise<Shown | undefined> => (await this.messages()).find((m) => keyOf(m) === key);

  entries = (kind: RecordedEntry['kind']): RecordedEntry[] => this.office.log.all.filter((e) => e.kind === kind);
  made = (): string[] => this.entries('notice.made').map((e) => (e.data as { key: string }).key);

  until<T>(what: string, ask: () => Promise<T | null | undefined | false>): Promise<T> {
    return until(what, ask, 40_000).catch(async (error: unknown) => {
      throw new Error(`${String(error)}\n${[...this.warnings, ...(await this.keys())].join('\n')}`);
    });
  }
}
