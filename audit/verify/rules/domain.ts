import type { RecordedEntry } from '../../../domain/entry.ts';
import type { Found } from '../finding.ts';
import { GAPS_SUBJECT } from '../witness.ts';
import { cites } from './authority.ts';
import { checkSettled, intent, outcome } from './effects.ts';
import { citedIn, readEntry } from './form.ts';
import { applied, checkFollowed, refused, signOff } from './orders.ts';
import { checkAttested, checkTriggers, exitAttested, stopFlipped, stopHold } from './stops.ts';
import { holdAdded, holdReleased } from './releases.ts';
import { newState, type DeploymentState } from './state.ts';

/** An entry may be this much older than one before it: several processes write, each by its own clock. */
const TOLERANCE_MS = 2 * 60_000;

/** Entries under this subject name a deployment file by digest; their evidence is its signature. */
export const DEPLOYMENT_FILE_SUBJECT = 'deployment-file:';

/** Reads every entry once, in order, and keeps only what later ones are judged by. */
export class DomainRules {
  readonly deployments = new Map<string, DeploymentState>();
  /** Digest (hex) of every document that an entry cites, and the first entry that does. */
  readonly cited = new Map<string, number>();
  readonly byKind: Record<string, number> = {};
  #lastAtMs = 0;
  readonly #ids = new Set<string>();
  readonly #found: Found;
  readonly #deploymentFile: (state: DeploymentState, index: number, digest: string, signature: string) => Promise<void>;

  /** `deploymentFile` reads and verifies the file that an entry names, before the next entry is looked at. */
  constructor(
    found: Found,
    deploymentFile: (state: DeploymentState, index: number, digest: string, signature: string) => Promise<void>,
  ) {
    this.#found = found;
    this.#deploymentFile = deploymentFile;
  }

  entry(index: number, bytes: Uint8Array): Promise<void> | undefined {
    const entry = readEntry(index, bytes, this.#found);
    if (!entry) return undefined;
    if (this.#ids.has(entry.id)) this.#found.finding('id_repeated', entry.id, { index });
    this.#ids.add(entry.id);
    this.byKind[entry.kind] = (this.byKind[entry.kind] ?? 0) + 1;
    const state = this.#stateOf(entry);
    this.#time(entry, state);
    return this.#apply(state, entry);
  }

  /** What can only be said when all entries were read. */
  end(): void {
    for (const state of this.deployments.values()) {
      checkSettled({ found: this.#found, state });
      checkFollowed({ found: this.#found, state });
      checkTriggers({ found: this.#found, state });
      checkAttested({ found: this.#found, state });
    }
  }

  #stateOf({ customer, deployment }: RecordedEntry): DeploymentState {
    const name = `${customer}/${deployment}`;
    let state = this.deployments.get(name);
    if (!state) this.deployments.set(name, (state = newState(name)));
    return state;
  }

  #time({ at, index, id }: RecordedEntry, state: DeploymentState): void {
    const ms = Date.parse(at);
    const last = this.#lastAtMs;
    if (ms < last - TOLERANCE_MS) {
      const behind = Math.round((last - ms) / 1000);
      this.#found.notice(`Entry ${index} (${id}) is dated ${behind} s before an entry that stands before it.`, { index });
    }
    this.#lastAtMs = Math.max(last, ms);
    state.lastAtMs = Math.max(state.lastAtMs, ms);
  }

  #apply(state: DeploymentState, entry: RecordedEntry): Promise<void> | undefined {
    const context = { found: this.#found, state };
    const cite = ({ digest }: { digest: string }): void => {
      const hex = digest.replace(/^sha256:/, '');
      if (!this.cited.has(hex)) this.cited.set(hex, entry.index);
    };
    // Of these there are very many; what they cite stands in one place.
    if (entry.kind === 'outcome' || entry.kind === 'intent') {
      if (entry.data.items) cite(entry.data.items);
      return void (entry.kind === 'outcome' ? outcome(context, entry) : intent(context, entry));
    }
    citedIn(entry.data, cite);
    switch (entry.kind) {
      case 'deployment.opened':
        state.opened ??= { index: entry.index, data: entry.data };
        return undefined;
      case 'clock.started':
        state.clockStartedMs ??= Date.parse(entry.at);
        return void state.followed.add(entry.id);
      case 'clock.stopped':
      case 'clock.rebaselined':
        return void state.followed.add(entry.id);
      case 'plan.recorded':
        for (const { id, group, shape } of entry.data.cohorts) state.cohorts.set(id, { group, shape });
        return undefined;
      case 'command.applied':
        return void applied(context, entry);
      case 'command.refused':
        return void refused(context, entry);
      case 'direct.adopted':
        return void state.adopted.push(entry);
      case 'gate.passed':
      case 'wave.started':
        return void cites(context, entry);
      case 'hold.added':
        stopHold({ ...context, all: this.deployments }, entry);
        holdAdded(context, entry);
        return void state.followed.add(`hold ${entry.data.holdId}`);
      case 'stop.flipped':
        stopFlipped({ ...context, all: this.deployments }, entry);
        return void state.followed.add(`flips ${entry.data.stop}`);
      case 'trigger.fired':
        if (entry.data.stop !== null) state.fired.set(entry.data.stop, entry.data);
        return undefined;
      case 'exit.attested':
        return void exitAttested(context, entry);
      case 'hold.released':
        holdReleased(context, entry);
        return void state.followed.add(`release ${entry.data.holdId}`);
      case 'group.evidence': {
        const { group, cohorts, evidence } = entry.data;
        state.groupEvidence.set(group, { digest: evidence.digest, cohorts: new Set(cohorts) });
        return void state.shown.add(`${group} ${evidence.digest}`);
      }
      case 'card.issued':
        state.cards[entry.data.card] ??= { ...entry.data, index: entry.index, at: entry.at };
        return undefined;
      case 'sign-off':
        return void signOff(context, entry);
      case 'evidence': {
        const { subject, evidence } = entry.data;
        if (subject === GAPS_SUBJECT) state.gapLists.add(evidence.digest);
        if (!subject.startsWith(DEPLOYMENT_FILE_SUBJECT)) return undefined;
        return this.#deploymentFile(state, entry.index, subject.slice(DEPLOYMENT_FILE_SUBJECT.length), evidence.digest);
      }
      case 'deployment.closed':
        state.closed ??= entry.index;
        state.closedAtMs ??= Date.parse(entry.at);
        return undefined;
      default:
        return undefined;
    }
  }
}
