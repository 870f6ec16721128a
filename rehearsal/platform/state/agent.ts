import { shortHash } from '../hash.ts';
import { lower, rank } from '../types.ts';
import type { Lifecycle, Mode, Verdict } from '../types.ts';
import type { Snapshot } from './hris.ts';

/** Where an agent belongs; one object for all agents of a cohort. */
export interface Home {
  deployment: string;
  cohort: string;
  /** customer/deployment/cohort */
  path: string;
}

export class Agent {
  readonly name: string;
  readonly home: Home;
  /** Counted from 0 in its cohort, in the order of creation. */
  readonly number: number;
  managerEmail: string;
  snapshot: Snapshot | null = null;
  lifecycle: Lifecycle = 'provisioning';
  mode: Mode;
  /** What somebody ordered for this agent alone; its cohort's flips never lift it above that. */
  own: Mode = 'live';
  version: number | null = null;
  fingerprint = '';
  /** When its last credential was taken away. */
  revokedAt: number | null = null;
  smoke: Verdict | null = null;
  /** Wall times at which it went live and ceased to be, in turn; both belong to it. An odd number of them: it is live now. */
  readonly live: number[] = [];

  constructor(name: string, number: number, home: Home, managerEmail: string, mode: Mode) {
    this.name = name;
    this.number = number;
    this.home = home;
    this.managerEmail = managerEmail;
    this.mode = mode;
  }

  get agentId(): string {
    return `agt_${shortHash(`${this.home.path}/${this.name}`)}`;
  }
  get vaultRef(): string {
    return `vault://${this.home.path}/${this.name}`;
  }
  get hasCredential(): boolean {
    return this.version !== null && this.revokedAt === null;
  }
  /** Makes calls, if its mode lets it. */
  get works(): boolean {
    return this.lifecycle === 'running' && this.hasCredential;
  }
  get isLive(): boolean {
    return this.works && this.mode === 'live';
  }

  /** Keeps `live` up; to be called after each change of what `isLive` rests on. */
  noteLive(at: number): void {
    if (this.isLive !== (this.live.length % 2 === 1)) this.live.push(at);
  }

  /** The mode that a flip of its cohort gives this agent. It rises no further than fences allow and falls without asking them. */
  modeAfter(cohortWants: Mode, ceiling: Mode, mayRise: boolean): Mode {
    if (this.lifecycle === 'terminated') return 'terminated';
    const wanted = lower(cohortWants, this.own);
    if (rank(wanted) <= rank(this.mode)) return wanted;
    if (!mayRise) return this.mode;
    const allowed = lower(wanted, ceiling);
    return rank(allowed) > rank(this.mode) ? allowed : this.mode;
  }
}
