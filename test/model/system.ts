import { judge } from '../../domain/authority/judge.ts';
import type { DeploymentStateView, Judgement } from '../../domain/authority/context.ts';
import { holdAdded, holdsReleased, signOffs, type Following, type FollowingKind } from '../../domain/authority/follow.ts';
import { liftedBy, type Lifted } from '../../domain/authority/lifting.ts';
import { promotable } from '../../domain/authority/promotable.ts';
import { holdsMadeBy } from '../../domain/authority/record.ts';
import { isSignedOff } from '../../domain/authority/quorum.ts';
import { livePercentOf, newCohort, transition, type CohortEvent, type CohortState } from '../../domain/cohort.ts';
import type { Command } from '../../domain/command.ts';
import type { EntryData, EntryKind, RecordedEntry } from '../../domain/entry.ts';
import { emptyView } from '../../domain/fold/empty.ts';
import { fold } from '../../domain/fold/fold.ts';
import { lowestMode, type Mode } from '../../domain/mode.ts';
import { rowsOf } from '../../domain/runbook/rows.ts';
import type { RunbookWindow } from '../../domain/runbook/milestone.ts';
import { judgeStop } from '../../domain/stop/judge.ts';
import { holdOfStop } from '../../domain/stop/hold.ts';
import { isStoppingKind, type StoppingKind } from '../../domain/stop/stop.ts';
import { stateViewOf } from '../../domain/state-view.ts';
import type { DeploymentView } from '../../domain/view.ts';
import { GROUPS, NOW, signerOf } from '../domain/authority/given.ts';
import { Ceilings } from './ceilings.ts';
import { COHORTS, FILE, MACHINE_KEY, meant } from './world.ts';

const SET = 'sha256:set';
const RUNBOOK = 'sha256:runbook';
const evidence = (digest: string) => ({ ref: `evidence/${digest}`, digest });

const isStop = (command: Command): command is Command & { kind: StoppingKind } => isStoppingKind(command.kind);

/** What the platform does with a cohort, and under which generation its ramp was authorised. */
export interface AtPlatform {
  mode: Mode;
  percent: number;
  authorised: number | null;
}

/**
 * A deployment made of nothing but the rules: orders are judged, what follows from them is entered as `activities/control`
 * enters it, and everything that is asked next is asked of the fold. Entries are written once by their ids, as by the log.
 */
export class System {
  readonly view: DeploymentView = emptyView('acme', 'q4');
  readonly ceilings = new Ceilings();
  readonly platform: Record<string, AtPlatform> = {};
  readonly #progress: Record<string, CohortState> = {};
  readonly #written = new Set<string>();
  /** Answers in the log, by the order's id. */
  readonly answers = new Map<string, number>();
  hours = 50;
  #index = 0;
  #state: DeploymentStateView | null = null;

  constructor() {
    const cohorts = COHORTS.map((c) => ({ ...c }));
    this.#add('deployment.opened', 'opened', {
      ...{ environment: 'rehearsal', logOrigin: FILE.logOrigin, runbook: { version: '1', digest: RUNBOOK } },
      ...{ manifestSetDigest: SET, deploymentFile: { ...evidence('file'), version: 3 }, speed: 1, startedBy: 'dan' },
    });
    this.#add('plan.recorded', 'plan', { cohorts, managers: 1, plan: evidence('plan'), forecastMintHours: 1 });
    this.#add('clock.started', 'clock', { planHours: 0, speed: 1, wallAt: NOW });
    for (const window of ['countdown', 'provision'] as const) this.settle(window);
    this.#add('gate.passed', 'gate-1', { gate: 'gate-1', commandIndex: 0, planHours: 24, evidence: evidence('gate-1') });
    for (const group of GROUPS) this.showEvidence(group, `sha256:${group}`);
    for (const { id } of COHORTS) {
      this.platform[id] = { mode: 'shadow', percent: 0, authorised: null };
      this.#progress[id] = newCohort();
      for (const type of ['preflight-passed', 'created', 'bound', 'sample-passed', 'credentialled', 'shadow-started'] as const)
        this.happen(id, { type });
    }
  }

  /** Made anew when the log has said something new: a refusal is nothing that later orders are judged by. */
  get state(): DeploymentStateView {
    return (this.#state ??= stateViewOf(this.view, FILE, SET));
  }

  /** As `activities/control` answers an order: the first answer stands. */
  give(command: Command): Judgement['verdict'] {
    const before = this.view.commands[command.id];
    if (before) return before.outcome;
    const state = this.state;
    const signer = command.role === 'machine' ? { machine: MACHINE_KEY } : signerOf(FILE, command.person);
    const ctx = { file: FILE, signer, nowIso: NOW, manifestSetDigest: SET, runbookDigest: RUNBOOK, planHours: this.hours };
    const judgement = isStop(command)
      ? judgeStop(command, { file: FILE, signer })
      : judge(command, { ...ctx, among: this.view, state });
    this.answers.set(command.id, (this.answers.get(command.id) ?? 0) + 1);
    if (judgement.verdict === 'refused') {
      const { id: commandId, kind } = command;
      const { code, sentence } = judgement;
      this.#add('command.refused', `command/${commandId}`, {
        commandId,
        kind,
        code,
        sentence,
        envelope: evidence('e'),
        latencyMs: 1,
      });
      return 'refused';
    }
    if (isStop(command)) this.#stop(command);
    else this.#carryOut(command);
    return 'applied';
  }

  /** A wave's next step for one cohort, under the generation that its promotion was given under. The platform has the last word. */
  raise(cohort: string, percent: number, generation = this.platform[cohort]?.authorised ?? null): boolean {
    const at = this.platform[cohort];
    if (!at || generation === null || percent <= at.percent) return false;
    const over = this.ceilings.over(cohort);
    if (generation < over.generation || over.ceiling !== 'live') return false;
    Object.assign(at, { mode: 'live', percent });
    const raised = { operation: 'raise', key: `${cohort}/raise/${this.#index}`, result: 'applied', intent: 0 } as const;
    this.#add('outcome', `${raised.key}/outcome`, { ...raised, mode: 'live', livePercent: percent }, cohort);
    this.happen(cohort, { type: 'exposed', livePercent: percent });
    if (percent === 100) this.happen(cohort, { type: 'stable' });
    return true;
  }

  /** Something about one cohort, as its workflow takes it and the log says it. */
  happen(cohort: string, event: CohortEvent): void {
    const before = this.#progress[cohort] ?? newCohort();
    const after = transition(before, event);
    if (after === before) return;
    this.#progress[cohort] = after;
    const { phase } = after;
    const because = 'reason' in after ? { reason: after.reason } : {};
    this.#add('cohort.phase', `phase/${cohort}/${this.#index}`, { phase, ...because }, cohort);
  }

  progressOf(cohort: string): Mode {
    return livePercentOf(this.#progress[cohort] ?? newCohort()) > 0 ? 'live' : 'shadow';
  }

  settle(window: RunbookWindow, only?: string): void {
    for (const { id, waivedBecause } of rowsOf(window)) {
      if ((only !== undefined && only !== id) || waivedBecause !== undefined) continue;
      this.#add('milestone', `milestone/${id}`, {
        row: id,
        status: 'met',
        dueAt: NOW,
        doneAt: NOW,
        duePlanHours: 1,
        donePlanHours: 1,
      });
    }
  }

  showEvidence(group: string, digest: string): void {
    const cohorts = COHORTS.filter((c) => c.group === group).map(({ id }) => id);
    this.#add('group.evidence', `evidence/${group}/${this.#index}`, { group, cohorts, agents: 8, evidence: evidence(digest) });
  }

  #add<K extends EntryKind>(kind: K, id: string, data: EntryData[K], cohort?: string, actor = 'golive'): number {
    if (this.#written.has(id)) return -1;
    this.#written.add(id);
    if (kind !== 'command.refused') this.#state = null;
    const at = new Date(Date.parse(NOW) + this.#index).toISOString();
    const entry = { v: 1, id, at, kind, customer: 'acme', deployment: 'q4', actor, data, index: this.#index };
    fold(this.view, { ...entry, ...(cohort === undefined ? {} : { cohort }) } as RecordedEntry);
    return this.#index++;
  }

  #applied(command: Command, fenceGeneration: number): number {
    const data = { command, envelope: evidence('e'), fenceGeneration, latencyMs: 1 };
    return this.#add('command.applied', `command/${command.id}`, data, undefined, command.person);
  }

  /** The fence first, the flips next, the word in the log after. */
  #stop(command: Command & { kind: StoppingKind }): void {
    const hold = holdOfStop(command);
    const stopped = meant(command.scope);
    const generation = this.ceilings.place(command.id, stopped, hold.ceiling);
    this.#lower(stopped, hold.ceiling, command.kind);
    this.#applied(command, generation);
    this.#follows(command, holdAdded(hold));
  }

  /** A pause keeps in mind what it took; any other stop does not. */
  #lower(cohorts: readonly string[], ceiling: Mode, kind: Command['kind']): void {
    for (const id of cohorts) {
      const at = this.platform[id];
      if (!at) continue;
      const mode = lowestMode(at.mode, ceiling);
      Object.assign(at, { mode, percent: mode === 'live' ? at.percent : 0, authorised: null });
      if (kind !== 'pause') this.happen(id, { type: 'stopped', reason: kind });
    }
  }

  /** What is no longer held as low goes back to what it was authorised for: shadow, or as live as it was, never more. */
  #restore(cohorts: readonly string[], generation: number): void {
    for (const id of cohorts) {
      const at = this.platform[id];
      const { ceiling } = this.ceilings.over(id);
      if (!at || at.mode === 'live' || at.mode === 'terminated') continue;
      const percent = ceiling === 'live' ? (this.view.cohorts[id]?.raisedTo ?? 0) : 0;
      const mode = lowestMode(percent > 0 ? 'live' : 'shadow', ceiling);
      Object.assign(at, { mode, percent, authorised: percent > 0 ? generation : at.authorised });
    }
  }

  #carryOut(command: Command): void {
    const { kind, scope } = command;
    const before = this.state;
    const promotedNow = kind === 'promote' ? promotable(before, scope).cohorts : [];
    const lifted = liftedBy(command, before);
    for (const h of holdsMadeBy(command)) this.ceilings.place(h.id, meant(h.scope), h.ceiling);
    for (const { hold, cohorts, agents } of lifted) this.ceilings.lift(hold, cohorts ?? agents);
    const index = this.#applied(command, this.ceilings.generation);
    for (const hold of holdsMadeBy(command)) {
      this.#follows(command, holdAdded(hold));
      for (const cohort of meant(hold.scope)) this.happen(cohort, { type: 'held', reason: hold.why });
    }
    for (const one of lifted) this.#released(one, command);
    if (kind === 'go') this.#pass(scope.names[0] ?? '', index);
    if (kind === 'sign') this.#signOffs(command, index);
    if (kind === 'promote') this.#promoted(promotedNow);
  }

  #pass(gate: string, commandIndex: number): void {
    this.#add('gate.passed', gate, { gate, commandIndex, planHours: this.hours, evidence: evidence('gate') });
  }

  #follows<K extends FollowingKind>({ person }: Command, { kind, subject, data }: Following<K>): void {
    this.#add(kind, subject, data, undefined, person);
  }

  #released(lifted: Lifted, command: Command): void {
    const { hold, cohorts, agents } = lifted;
    const { kind } = command;
    const scope = this.view.holds[hold]?.scope;
    for (const released of holdsReleased(command, [lifted])) this.#follows(command, released);
    const freed = cohorts ?? agents ?? (scope ? meant(scope) : []);
    if (kind === 'resume' || kind === 'lift') this.#restore(freed, this.ceilings.generation);
    for (const cohort of freed) {
      if (this.view.cohorts[cohort]?.holds.length === 0) this.happen(cohort, { type: 'released' });
    }
  }

  #signOffs(command: Command, commandIndex: number): void {
    const { reason } = command;
    for (const signOff of signOffs(command, commandIndex)) {
      const { group, decision } = signOff.data;
      this.#follows(command, signOff);
      const members = COHORTS.filter((c) => c.group === group);
      if (decision === 'reject') for (const c of members) this.happen(c.id, { type: 'rejected', reason });
      else if (isSignedOff(this.state, group)) for (const c of members) this.happen(c.id, { type: 'signed' });
    }
  }

  #promoted(cohorts: readonly string[]): void {
    for (const cohort of cohorts) {
      const at = this.platform[cohort];
      if (at) at.authorised = this.ceilings.generation;
      this.happen(cohort, { type: 'signed' });
      this.happen(cohort, { type: 'promoted' });
    }
  }
}
