import { log } from '@temporalio/activity';
import type { Commands } from '../../clients/commands/port.ts';
import { planHours, ruleMs, scaled } from '../../domain/clock.ts';
import { awaited } from '../../domain/stop/triggers/awaited.ts';
import { causesGone, decide, type Act } from '../../domain/stop/triggers/decide.ts';
import type { Look } from '../../domain/stop/triggers/look.ts';
import { standingOf, type StandingTrigger } from '../../domain/stop/triggers/standing.ts';
import type { DeploymentView } from '../../domain/view.ts';
import { pause } from '../boundary.ts';
import type { WatchActivities } from '../contract/watch.ts';
import { openDeploymentContext, type Deployment } from '../deployment.ts';
import { record } from '../entries.ts';
import type { Ports } from '../ports.ts';
import { Blind, blindness } from './blind.ts';
import { clearedEntries, firedEntries, gone, heldUp, silence, unrecorded } from './entries.ts';
import { Later } from './later.ts';
import { lookAround } from './look.ts';
import { firingId, give, mayOrder, nextResume, stopOf } from './orders.ts';
import { regenerateDrifted } from './regenerate.ts';

/** Plan hours from which and until which the stopping table is watched; what was stopped by then is seen through to its end. */
const FROM = 24;
const UNTIL = 96;
/** The first limit of the table is 60 s from cause to shadow; what is seen within 15 s leaves time for the rest. */
const LONGEST_ROUND_MS = 15_000;
const SHORTEST_ROUND_MS = 1000;
const MINUTE_MS = 60_000;
/** Looking takes at most this part of the time, however many cohorts there are. */
const BUSY = 0.25;
/** The log may be away for longer; the platform is looked at all the same, on what was last known of the log. */
const LOG_ANSWERS_MS = 2000;

type Known = StandingTrigger & { after: number };

/** `commands`: where people's orders are handed in as well. */
export const watchActivities = (ports: Ports, commands: Pick<Commands, 'handIn'>): WatchActivities => ({
  async watchDeployment({ name }) {
    const watch = new Watch(() => openDeploymentContext(ports, name), commands);
    for (;;) {
      const begun = ports.now();
      if (await watch.round()) return;
      const longest = Math.min(LONGEST_ROUND_MS, Math.max(SHORTEST_ROUND_MS, scaled(MINUTE_MS, watch.speed)));
      await pause(Math.max(longest, (ports.now() - begun) / BUSY));
    }
  },
});

/**
 * One watch: everything that decides is read anew each round from the platform and the log. What it keeps is only what is on
 * its way into the log, and for how long a connector was seen up; a worker that takes over starts with neither.
 */
export class Watch {
  readonly #open: () => Promise<Deployment>;
  readonly #commands: Pick<Commands, 'handIn'>;
  #d: Deployment | undefined;
  #view: DeploymentView | undefined;
  #known: Known[] = [];
  readonly #upSince = new Map<string, number>();
  readonly #blind = new Blind();
  readonly #later = new Later(async (entries) => {
    if (this.#d) await record(this.#d.tenant.recorder, entries, this.#d.signal);
  });

  constructor(open: () => Promise<Deployment>, commands: Pick<Commands, 'handIn'>) {
    this.#open = open;
    this.#commands = commands;
  }

  get speed(): number {
    return this.#d?.file.speed ?? 1;
  }

  /** True when it is over. */
  async round(): Promise<boolean> {
    const first = this.#view === undefined;
    const d = (this.#d && (await inTime(this.#open()))) ?? this.#d ?? (await this.#open());
    this.#d = d;
    d.signal.throwIfAborted();
    const view = (this.#view && (await inTime(d.view()))) ?? this.#view ?? (await d.view());
    this.#view = view;
    const plan = planHours(view.clock, d.now());
    if (plan === null || plan < FROM) return false;
    if (first) this.#later.add(() => unrecorded(d, view));
    const past = plan >= UNTIL;
    if (past && !first && awaited(view, standingOf(view, this.#known)).length === 0) {
      await this.#later.flush();
      return this.#later.empty;
    }
    const look = await lookAround(d, view).catch((error: unknown) => {
      d.signal.throwIfAborted();
      log.warn('the platform could not be looked at', { error: error instanceof Error ? error.message : String(error) });
    });
    const unseen = look?.unseen ?? ['the platform'];
    const overdue = this.#blind.after(d, unseen);
    if (look) await this.#act(d, view, look, past);
    // Not on top of what waits already: the same is found again next round.
    if (this.#later.empty) {
      this.#later.add(() => Promise.resolve(blindness(d, view, { unseen, overdue })));
      if (look && !past) this.#later.add(() => Promise.resolve(silence(d, view, look.cohorts)));
      if (look) this.#seenTo(d, view, look);
    }
    void this.#later.flush();
    return false;
  }

  /** `past`: nobody is stopped any more. */
  async #act(d: Deployment, view: DeploymentView, look: Look, past: boolean): Promise<void> {
    this.#known = this.#known.filter((known) => !isRecorded(view, known));
    const standing = standingOf(view, this.#known);
    const planMinutesSince = (wallMs: number) => ((d.now() - wallMs) * this.speed) / MINUTE_MS;
    const acts = decide(look, { standing, limits: d.file.limits, steady: this.#steady(d, look), planMinutesSince });
    for (const act of acts) {
      if (past && act.act === 'fire') continue;
      try {
        if (act.act === 'fire') await this.#fire(d, act, look);
        else if (act.act === 'clear') this.#clear(d, act, view, standing.last(act.row, act.subject));
        else await this.#resume(d, act, view);
      } catch (error) {
        d.signal.throwIfAborted();
        // Seen again next round, under the same name.
        log.warn('an order could not be handed in', {
          act: act.act,
          error: error instanceof Error ? error.message : String(error),
        });
      }
    }
  }

  #seenTo(d: Deployment, view: DeploymentView, look: Look): void {
    this.#later.add(() => regenerateDrifted(d, view, look));
    this.#later.add(() => gone(d, view, look, causesGone(look, standingOf(view, this.#known))));
  }

  /** The order first: nothing that stops somebody waits for the log. */
  async #fire(d: Deployment, fire: Extract<Act, { act: 'fire' }>, look: Look): Promise<void> {
    const { row, subject, cohorts, kind, after } = fire;
    const stop = kind !== null && (await mayOrder(d)) ? firingId(d, fire) : null;
    if (kind !== null && stop !== null) await give(this.#commands, d, stopOf(d, { ...fire, kind }));
    this.#known.push({ row, subject, cohorts, stop, after, index: -1, firedAtMs: d.now(), open: true });
    this.#later.add(() => firedEntries(d, fire, look, stop));
  }

  async #resume(d: Deployment, act: Extract<Act, { act: 'resume' }>, view: DeploymentView): Promise<void> {
    const { order, refused } = nextResume(d, view, act);
    if (order !== null) await give(this.#commands, d, order);
    const told = refused === undefined ? [] : heldUp(d, view, act, refused);
    if (told.length > 0) this.#later.add(() => Promise.resolve(told));
  }

  #clear(d: Deployment, clear: Extract<Act, { act: 'clear' }>, view: DeploymentView, trigger?: StandingTrigger): void {
    if (trigger) this.#known.push({ ...trigger, open: false, after: trigger.index });
    this.#later.add(() => Promise.resolve(clearedEntries(d, view, clear)));
  }

  #steady(d: Deployment, { connectors }: Look): string[] {
    const now = d.now();
    for (const { connector, up } of connectors ?? []) {
      if (!up) this.#upSince.delete(connector);
      else if (!this.#upSince.has(connector)) this.#upSince.set(connector, now);
    }
    const longMs = ruleMs('connector-steady', this.speed);
    return [...this.#upSince].filter(([, since]) => now - since >= longMs).map(([connector]) => connector);
  }
}

/** Does the log say it by now? */
function isRecorded({ triggers }: DeploymentView, { row, subject, open, after }: Known): boolean {
  const trigger = triggers[`${row}/${subject}`];
  if (trigger === undefined) return false;
  return trigger.index > after || (!open && trigger.cleared !== null);
}

/** Undefined when it takes too long or fails: then what was known before has to do. */
async function inTime<T>(read: Promise<T>): Promise<T | undefined> {
  const late = new Promise<undefined>((resolve) => setTimeout(resolve, LOG_ANSWERS_MS, undefined).unref());
  return Promise.race([read.catch(() => undefined), late]);
}
