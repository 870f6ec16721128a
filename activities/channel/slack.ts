import type { Channel, Place } from '../../clients/notify/port.ts';
import { isClientError } from '../../clients/error.ts';
import { scaled } from '../../domain/clock.ts';
import type { SlackSection } from '../../domain/deployment-file.ts';
import { deploymentId } from '../../domain/ids.ts';
import { checkKey, checkNotice } from '../../domain/notices/check.ts';
import { current, edited, placeOf, ROOT } from '../../domain/notices/due.ts';
import type { Made, Told } from '../../domain/notices/told.ts';
import type { DeploymentView } from '../../domain/view.ts';
import type { Deployment } from '../deployment.ts';
import { record } from '../entries.ts';
import type { Gatherer } from './gather.ts';
import { revisionOf } from './make.ts';
import { sentEntry, slackMessage, unsent } from './outgoing.ts';

/** Clocks differ: what we posted is looked for from this long before it was made. */
const SKEW_MS = 600_000;
/** The root message shows every change, but not every minute's. */
const ROOT_EVERY = { planMs: 300_000, floorMs: 5_000 } as const;

type Under = { ts: string; broadcast: boolean } | undefined;

/** Posting and editing in one deployment's Slack channel. What it remembers spares work; without it the log is enough. */
export class SlackSide {
  /** Keys that Slack does not have: made by us just now, or looked for in vain. For all others nobody knows. */
  readonly #absent = new Set<string>();
  readonly #found = new Map<string, Place>();
  /** Words that Slack did not take for a message. */
  readonly #refused = new Set<string>();
  readonly #gatherer: Gatherer;

  constructor(gatherer: Gatherer) {
    this.#gatherer = gatherer;
  }

  madeByUs(keys: readonly string[]): void {
    for (const key of keys) this.#absent.add(key);
  }

  /** Sends what was made first and is not sent. False: there is nothing to send. */
  async postNext(d: Deployment, slack: Channel, { channel }: SlackSection, told: Told): Promise<boolean> {
    const { view } = told;
    const [next] = unsent(view, 'slack');
    if (next === undefined) return false;
    const { key, made } = next;
    // What waited for its turn may have been decided meanwhile: it is not shown as if it could still be clicked.
    const notice = current(told).find((c) => c.key === key)?.notice ?? (await this.#gatherer.words(d, made.index));
    const root = placeOf(view, ROOT);
    const under = notice.thread === true && root !== null ? { ts: root.ts, broadcast: notice.broadcast === true } : undefined;
    if (!this.#absent.has(key) && !this.#found.has(key)) await this.#lookUp(d, slack, channel, view);
    const found = this.#found.get(key);
    const place = found ?? (await this.#post(d, slack, channel, { key, notice }, under));
    // Of a message that is found nobody knows the words; it is given those of now.
    const revision = found === undefined ? revisionOf(notice) : 'found';
    await this.#sent(d, view, { key, revision, place });
    return true;
  }

  async #post(d: Deployment, slack: Channel, channel: string, { key, notice }: Made, under: Under): Promise<Place> {
    // Until it has answered, nobody knows.
    this.#absent.delete(key);
    try {
      return await slack.post(channel, slackMessage(d, key, notice), under, d.signal);
    } catch (error) {
      if (isClientError(error, 'notify_limited') || isClientError(error, 'notify_refused')) this.#absent.add(key);
      throw error;
    }
  }

  /** One reading for all that is not sent: beside the root message, and under it. */
  async #lookUp(d: Deployment, slack: Channel, channel: string, view: DeploymentView): Promise<void> {
    const waiting = unsent(view, 'slack');
    const sinceMs = Math.min(...waiting.map((n) => Date.parse(n.made.at))) - SKEW_MS;
    const root = placeOf(view, ROOT);
    const where = { channel, deployment: deploymentId(d.name), sinceMs };
    const beside = await slack.posted(where, d.signal);
    const below = root === null ? [] : await slack.posted({ ...where, under: root.ts }, d.signal);
    for (const [key, place] of [...beside, ...below]) this.#found.set(key, place);
    for (const { key } of waiting) this.#absent.add(key);
  }

  /** Gives the message that needs it most its words of now. False: all say what they should. */
  async editNext(d: Deployment, slack: Channel, told: Told): Promise<boolean> {
    const { view } = told;
    const [next] = this.#differing(told).filter(({ key }) => key !== ROOT || rootIsDue(told));
    if (next === undefined) return false;
    const { key, notice } = next;
    const place = placeOf(view, key);
    if (place === null) return false;
    const revision = revisionOf(notice);
    if (key === checkKey('slack')) await this.#findAgain(d, slack, view, place);
    try {
      await slack.edit(place, slackMessage(d, key, notice), d.signal);
    } catch (error) {
      if (isClientError(error, 'notify_refused')) this.#refused.add(`${key}/${revision}`);
      throw error;
    }
    await this.#sent(d, view, { key, revision, place });
    return true;
  }

  async #sent(d: Deployment, view: DeploymentView, sent: { key: string; revision: string; place: Place }): Promise<void> {
    await record(d.tenant.recorder, [sentEntry(d, view, { ...sent, adapter: 'slack' })], d.signal);
    this.#gatherer.changed();
  }

  allSaid = (told: Told): boolean => unsent(told.view, 'slack').length === 0 && this.#differing(told).length === 0;

  #differing(told: Told): Made[] {
    const { view } = told;
    const check = { key: checkKey('slack'), notice: checkNotice('edited') };
    const all: Made[] = [...edited(told), ...(placeOf(view, check.key) === null ? [] : [check])];
    return all.filter(({ key, notice }) => {
      const revision = revisionOf(notice);
      return view.notices[key]?.sent.slack?.revision !== revision && !this.#refused.has(`${key}/${revision}`);
    });
  }

  /** The delivery check is about exactly this: that a message can be found by what went with it unseen. */
  async #findAgain(d: Deployment, slack: Channel, view: DeploymentView, place: Place): Promise<void> {
    const root = placeOf(view, ROOT);
    const sinceMs = Date.parse(view.notices[checkKey('slack')]?.made?.at ?? '') - SKEW_MS;
    const where = {
      channel: place.channel,
      deployment: deploymentId(d.name),
      sinceMs,
      ...(root === null ? {} : { under: root.ts }),
    };
    const found = (await slack.posted(where, d.signal)).get(checkKey('slack'));
    if (found?.ts !== place.ts) throw new Error('the message of the delivery check cannot be found again by its metadata');
  }
}

function rootIsDue({ view, nowMs, file }: Told): boolean {
  const last = view.notices[ROOT]?.sent.slack;
  if (last === undefined || view.header.closedAt !== null) return true;
  return nowMs - Date.parse(last.at) >= scaled(ROOT_EVERY.planMs, file.speed, ROOT_EVERY.floorMs);
}
