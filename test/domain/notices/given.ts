import type { DeploymentFile } from '../../../domain/deployment-file.ts';
import { ATTESTABLE_KINDS } from '../../../domain/command.ts';
import type { EntryData, EntryKind, NewEntry, PlannedCohort } from '../../../domain/entry.ts';
import { emptyView } from '../../../domain/fold/empty.ts';
import { fold } from '../../../domain/fold/fold.ts';
import type { GroupDocument } from '../../../domain/group-document.ts';
import type { Notice } from '../../../domain/notice.ts';
import { noticesDue } from '../../../domain/notices/due.ts';
import type { Told, WaveOwners } from '../../../domain/notices/told.ts';
import { outlookOf } from '../../../domain/outlook.ts';
import type { DeploymentView } from '../../../domain/view.ts';
import { newOffice, NOW, SET } from '../../activities/office/office.ts';

const HOUR_MS = 3_600_000;
const digest = (n: number): string => `sha256:${String(n).padStart(64, '0')}`;
export const COHORTS: PlannedCohort[] = [
  { id: 'sales-ic-a', group: 'sales-ic', shape: 'research', agents: 40 },
  { id: 'sales-ic-b', group: 'sales-ic', shape: 'production', agents: 20 },
  { id: 'hr-lead-a', group: 'hr-lead', shape: 'coordination', agents: 12 },
];
const OWNED: WaveOwners = { cohorts: 1, agents: 40, connectors: ['crm', 'mail'], people: ['on-call@acme.example'], queues: 7 };

/** A deployment's log, written entry by entry at speed 1, and what its people are told by it. */
export class Given {
  readonly view: DeploymentView;
  readonly file: DeploymentFile;
  nowMs = NOW;
  documents: Record<string, GroupDocument> = {};
  owners: Told['owners'] = { research: OWNED, production: OWNED, coordination: { ...OWNED, cohorts: 0 } };
  /** Everything that was made, as the log has it. */
  readonly said: Record<string, Notice> = {};
  #index = 0;

  constructor(file: Partial<DeploymentFile> = {}) {
    const slack = { team: 'T0ACME', channel: 'C0GOLIVE', attestedBy: [], allows: [...ATTESTABLE_KINDS] };
    this.file = newOffice({ file: { slack, ...file } }).d.file;
    this.view = emptyView('acme', 'q4');
  }

  say<K extends EntryKind>(kind: K, data: EntryData[K], about: { actor?: string; cohort?: string } = {}): number {
    const index = this.#index++;
    const at = new Date(this.nowMs).toISOString();
    const base = { v: 1, id: `acme/q4/${index}`, at, kind, customer: 'acme', deployment: 'q4', actor: 'golive', index };
    fold(this.view, { ...base, ...about, data } as NewEntry & { index: number });
    return index;
  }

  open(): this {
    this.say('deployment.opened', {
      ...{ environment: 'rehearsal', logOrigin: 'l', manifestSetDigest: SET, speed: 1, startedBy: 'dan' },
      ...{ runbook: { version: '1', digest: SET }, deploymentFile: { ref: 'd', digest: SET, version: 1 } },
    });
    this.say('set.verified', { manifestSetDigest: SET, manifests: 3, agents: 72, signer: 'lea', approvals: [] });
    this.say('plan.recorded', { cohorts: COHORTS, managers: 5, plan: { ref: 'p', digest: SET }, forecastMintHours: 1 });
    return this;
  }
  start(): this {
    this.say('clock.started', { planHours: 0, speed: 1, wallAt: new Date(this.nowMs).toISOString() });
    return this;
  }
  /** Plan hours after the clock was started, by the world's clock. */
  at(hours: number): this {
    this.nowMs = NOW + hours * HOUR_MS;
    return this;
  }
  settle(row: string, status: EntryData['milestone']['status'] = 'met'): this {
    this.say('milestone', { row, status, dueAt: new Date(this.nowMs).toISOString(), duePlanHours: 0 });
    return this;
  }

  /** The `n`th evidence of a group. */
  evidence(group: string, n: number, change: Partial<GroupDocument['cohorts'][number]> = {}, cohorts = COHORTS): this {
    const members = cohorts.filter((c) => c.group === group);
    const boundTo = digest(n);
    this.documents[boundTo] = {
      ...{ group, manifestSetDigest: SET, policyVersion: 1 },
      cohorts: members.map(({ id, shape, agents }) => ({
        ...{ cohort: id, shape, agents, connectors: ['crm'], shadow: null },
        cost: { budgetDollars: 500, projectedDollarsPerMonth: 120 },
        ...change,
      })),
    };
    const agents = members.reduce((sum, c) => sum + c.agents, 0);
    this.say('group.evidence', { group, cohorts: members.map((c) => c.id), agents, evidence: { ref: 'e', digest: boundTo } });
    return this;
  }
  card(id: string, group: string, n: number, hours = 24): this {
    const expiresAt = new Date(this.nowMs + hours * HOUR_MS).toISOString();
    this.say('card.issued', { card: id, group, boundTo: digest(n), manifestSetDigest: SET, policyVersion: 1, expiresAt });
    return this;
  }
  sign(group: string, n: number, role: 'customer-lead' | 'security-lead' | 'cfo', person: string, no = false): number {
    const decision = no ? 'reject' : 'approve';
    return this.say(
      'sign-off',
      { group, role, decision, boundTo: digest(n), commandIndex: 0, channel: 'slack' },
      { actor: person },
    );
  }

  get told(): Told {
    const { view, file, nowMs, said, documents, owners } = this;
    return { view, file, nowMs, said, documents, owners, setDigest: SET, outlook: outlookOf(view, file, nowMs) };
  }
  /** Makes all that is due, as the log would have it, and answers with it. */
  make(): Record<string, Notice> {
    const made = noticesDue(this.told);
    for (const { key, notice } of made) {
      this.say('notice.made', { key, notice });
      this.said[key] = notice;
    }
    return Object.fromEntries(made.map(({ key, notice }) => [key, notice]));
  }
  sent(key: string): this {
    this.say('notice.sent', { key, adapter: 'slack', revision: 'r', place: { channel: 'C0GOLIVE', ts: `${this.#index}.0` } });
    return this;
  }
}
