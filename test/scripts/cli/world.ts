import { createMemoryLog, type MemoryLog } from '../../../clients/recorder/memory.ts';
import { createMemoryStore } from '../../../clients/store/memory.ts';
import type { Store } from '../../../clients/store/port.ts';
import type { EntryData, EntryKind, NewEntry, PlannedCohort } from '../../../domain/entry.ts';
import type { Command } from '../../../domain/command.ts';
import { planHours } from '../../../domain/clock.ts';
import { row } from '../../../domain/runbook/rows.ts';
import { runbookCanonical } from '../../../domain/runbook/canonical.ts';
import { holdsMadeBy } from '../../../domain/authority/record.ts';
import { incidentEntry } from '../../../domain/incident/entries.ts';
import type { DeploymentView } from '../../../domain/view.ts';
import { envelopeText } from '../../../audit/envelope.ts';
import { sha256Digest } from '../../../audit/keys.ts';
import { signDeploymentFile } from '../../../audit/statement.ts';
import { temporarySigner } from '../../../clients/keys/local.ts';
import { stringify } from 'yaml';
import { deploymentFile as base } from '../../audit/signed-set.ts';
import type { DeploymentFile } from '../../../domain/deployment-file.ts';

export const T0 = Date.parse('2026-03-10T08:00:00.000Z');
export const SET = `sha256:${'5'.repeat(64)}`;
export const SPEED = 360;
export const evidence = (n: number) => ({ ref: `evidence/${n}`, digest: `sha256:${n.toString(16).padStart(64, '0')}` });

export const COHORTS: PlannedCohort[] = [
  { id: 'sales-ic-research', group: 'sales-ic', shape: 'research', agents: 40 },
  { id: 'hr-lead-research', group: 'hr-lead', shape: 'research', agents: 20 },
  { id: 'sales-ic-production', group: 'sales-ic', shape: 'production', agents: 30 },
  { id: 'hr-lead-coordination', group: 'hr-lead', shape: 'coordination', agents: 10 },
];

/** A deployment as its log tells it; plan hours become wall times of a clock at speed 360. */
export class World {
  readonly log: MemoryLog = createMemoryLog();
  readonly file: DeploymentFile = { ...structuredClone(base), environment: 'rehearsal', speed: SPEED };
  readonly store: Store = createMemoryStore();
  readonly root = temporarySigner();
  nowMs = T0 - 600_000;
  /** How often somebody started it. */
  starts = 0;
  /** Orders as they came in, before anybody judged them. */
  readonly handedIn: Command[] = [];
  #entries = 0;

  /** Wall time of a plan hour. */
  static at(hours: number): number {
    return T0 + (hours * 3_600_000) / SPEED;
  }

  async add<K extends EntryKind>(
    kind: K,
    data: EntryData[K],
    about: { cohort?: string; agent?: string; actor?: string; id?: string } = {},
  ): Promise<number> {
    const { id = `entry/${this.#entries++}`, actor = 'golive', ...rest } = about;
    const entry = {
      v: 1,
      id: `northwind/q1/${id}`,
      at: new Date(this.nowMs).toISOString(),
      kind,
      customer: 'northwind',
      deployment: 'q1',
      actor,
      ...rest,
      data,
    };
    const [index] = await this.log.add([entry as NewEntry]);
    return index ?? -1;
  }

  async view(): Promise<DeploymentView> {
    const view = await this.log.state({ customer: 'northwind', deployment: 'q1' });
    if (!view) throw new Error('nothing was said yet');
    return view;
  }

  holder(role: DeploymentFile['people'][number]['roles'][number]): string {
    return this.file.people.find((p) => p.roles.includes(role))?.id ?? '';
  }

  /** Opened, verified, planned. */
  async open(cohorts: PlannedCohort[] = COHORTS): Promise<this> {
    await this.add('deployment.opened', {
      environment: 'rehearsal',
      logOrigin: this.file.logOrigin,
      runbook: { version: '1.0.0', digest: sha256Digest(runbookCanonical()) },
      manifestSetDigest: SET,
      deploymentFile: { ...evidence(1), version: 1 },
      speed: SPEED,
      startedBy: this.file.startedBy,
    });
    const agents = cohorts.reduce((sum, c) => sum + c.agents, 0);
    await this.add('set.verified', {
      manifestSetDigest: SET,
      manifests: cohorts.length,
      agents,
      signer: this.holder('atlas-operator'),
      approvals: [],
    });
    await this.add('plan.recorded', { cohorts, managers: 6, plan: evidence(2), forecastMintHours: 0.4 });
    return this;
  }

  /** Rows that are settled, at the plan hour where they are due or the one given. */
  async settle(rows: string[], at?: number, status: EntryData['milestone']['status'] = 'met', reason?: string): Promise<void> {
    for (const id of rows) {
      const { duePlanHours } = row(id);
      const hours = at ?? Math.max(0, duePlanHours);
      const saved = this.nowMs;
      if (at !== undefined || duePlanHours >= 0) this.nowMs = World.at(hours);
      const before = duePlanHours < 0;
      await this.add('milestone', {
        row: id,
        status,
        dueAt: new Date(World.at(duePlanHours)).toISOString(),
        doneAt: new Date(this.nowMs).toISOString(),
        duePlanHours,
        ...(before ? {} : { donePlanHours: hours }),
        ...(reason === undefined ? {} : { reason }),
      });
      this.nowMs = Math.max(saved, this.nowMs);
    }
  }

  /** An order as the engine would record it, without anybody having signed. */
  async order(role: Command['role'], change: Pick<Command, 'kind' | 'scope'> & Partial<Command>): Promise<number> {
    const person = change.person ?? this.holder(role);
    const id = change.id ?? `order-${String(this.#entries++).padStart(4, '0')}`;
    const command = this.#command({ person, role, id, ...change });
    return this.record(command);
  }

  /** What activities write when an order is applied. */
  async record(command: Command): Promise<number> {
    const index = await this.add(
      'command.applied',
      { command, envelope: evidence(3), fenceGeneration: 1, latencyMs: 40 },
      { actor: command.person, id: `command/${command.id}` },
    );
    const { kind, scope, args, role } = command;
    if (kind === 'sign') {
      for (const group of scope.names) {
        await this.add(
          'sign-off',
          {
            group,
            role,
            decision: args.decision ?? 'approve',
            boundTo: command.saw.evidence[group] ?? '',
            commandIndex: index,
            channel: command.attestation?.channel ?? 'cli',
          },
          { actor: command.person },
        );
      }
    }
    if (kind === 'incident') {
      const said = incidentEntry(command, await this.view(), 50);
      if (said !== null) await this.add(said.kind, said.data, { actor: command.person });
    }
    if (kind === 'clock' && args.clock === 'start')
      await this.add('clock.started', { planHours: 0, speed: SPEED, wallAt: new Date(this.nowMs).toISOString() });
    if (kind === 'clock' && args.clock === 'stop')
      await this.add('clock.stopped', {
        planHours: planHours((await this.view()).clock, this.nowMs) ?? 0,
        reason: command.reason,
      });
    for (const h of holdsMadeBy(command)) {
      await this.add(
        'hold.added',
        { holdId: h.id, scope: h.scope, ceiling: h.ceiling, why: h.why, releasedBy: h.releasedBy },
        { actor: command.person },
      );
    }
    return index;
  }

  /** T-0, with the countdown behind it. */
  async start(): Promise<this> {
    for (const role of ['ceo', 'customer-lead', 'cfo', 'security-lead'] as const) {
      await this.order(role, { kind: 'approve', scope: { level: 'set', names: [] }, args: { decision: 'approve' } });
    }
    for (const role of [
      'deployment-lead',
      'customer-lead',
      'security-lead',
      'operations-lead',
      'atlas-operator',
      'arx-standby',
      'connector-standby',
    ] as const) {
      await this.order(role, { kind: 'confirm', scope: { level: 'row', names: ['C4'] }, args: { role } });
    }
    await this.settle(['C1'], undefined, 'waived');
    await this.settle(['C2', 'C3', 'C4']);
    this.nowMs = T0;
    await this.order('deployment-lead', { kind: 'clock', scope: { level: 'deployment', names: [] }, args: { clock: 'start' } });
    await this.settle(['P1', 'P2', 'P3', 'P4', 'P5', 'P6', 'P7'], 0);
    await this.settle(['P8'], 0);
    return this;
  }

  async phase(
    cohorts: string[],
    phase: EntryData['cohort.phase']['phase'],
    more: Partial<EntryData['cohort.phase']> = {},
  ): Promise<void> {
    for (const cohort of cohorts) await this.add('cohort.phase', { phase, ...more }, { cohort });
  }

  async pass(gate: 'gate-1' | 'gate-2' | 'gate-3', at: number): Promise<void> {
    this.nowMs = World.at(at);
    const commandIndex = await this.order('deployment-lead', { kind: 'go', scope: { level: 'gate', names: [gate] } });
    await this.add('gate.passed', { gate, commandIndex, planHours: at, evidence: evidence(7) });
  }

  async groupEvidence(groups: Record<string, string[]>, version = 10): Promise<void> {
    for (const [group, cohorts] of Object.entries(groups)) {
      await this.add('group.evidence', { group, cohorts, agents: cohorts.length * 10, evidence: evidence(version) });
    }
  }

  /** Signs, as each of the roles, for groups on the evidence that lies there. */
  async signAll(roles: Command['role'][], groups: string[], channel: 'cli' | 'slack' = 'cli'): Promise<void> {
    const view = await this.view();
    for (const role of roles) {
      const seen = Object.fromEntries(groups.map((g) => [g, view.groupEvidence[g]?.evidence.digest ?? '']));
      await this.order(role, {
        kind: 'sign',
        scope: { level: 'group', names: groups },
        args: { decision: 'approve' },
        saw: { ...this.#saw(), evidence: seen },
        ...(channel === 'slack' ? { attestation: { channel, team: 'T1', user: 'U1', cards: [] } } : {}),
      });
    }
  }

  /** Puts the signed deployment file where the CLI looks for it. */
  async upload(): Promise<void> {
    const bytes = Buffer.from(stringify(this.file, { aliasDuplicateObjects: false }));
    await this.store.put(`${this.file.deployment}/deployment.yaml`, bytes);
    const signature = envelopeText(await signDeploymentFile(bytes, this.file, [this.root]));
    await this.store.put(`${this.file.deployment}/deployment.dsse.json`, signature);
  }

  #saw(): Command['saw'] {
    return { manifestSetDigest: SET, runbookDigest: sha256Digest(runbookCanonical()), policyVersion: 1, evidence: {} };
  }

  #command(change: Partial<Command> & Pick<Command, 'kind' | 'scope' | 'person' | 'role' | 'id'>): Command {
    return {
      v: 1,
      customer: 'northwind',
      deployment: 'q1',
      environment: 'rehearsal',
      logOrigin: this.file.logOrigin,
      issuedAt: new Date(this.nowMs).toISOString(),
      expiresAt: new Date(this.nowMs + 86_400_000).toISOString(),
      saw: this.#saw(),
      args: {},
      reason: '',
      ...change,
    };
  }
}
