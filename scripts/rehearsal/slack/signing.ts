import { setTimeout as sleep } from 'node:timers/promises';
import { ACTION_IDS } from '../../../clients/notify/slack/actions.ts';
import { planHours } from '../../../domain/clock.ts';
import type { DeploymentFile } from '../../../domain/deployment-file.ts';
import { parseButtonValue } from '../../../domain/notice.ts';
import type { Role } from '../../../domain/roles.ts';
import { personById } from '../../../domain/set/approval.ts';
import { stateViewOf } from '../../../domain/state-view.ts';
import type { DeploymentView } from '../../../domain/view.ts';
import { manifestSetDigestOf, type Waiting } from '../../../domain/waiting.ts';
import { groupsToSign } from '../../../domain/waiting/sign.ts';
import { liveButtons, SlackIsAway, type Acted, type SlackControl, type SlackView } from './control.ts';

/**
 * Plan hours from which executives do not go from card to card any more, but sign for all that is left, and from which who
 * still waits for Slack takes the command line: it is an equal way. Earlier where time runs so fast that a hand needs longer.
 */
const ALL_AT_ONCE = { fromHours: 45, leastMs: 15_000 };
const WITHOUT_SLACK = { fromHours: 46.5, leastMs: 6_000 };
const REVIEWED_HOURS = 38;
const DUE_HOURS = 48;
/** Who wants to see each card however little time there is; the others do where they have a minute for it. */
const THOROUGH: Role = 'customer-lead';
const A_MINUTE_MS = 60_000;
/** How often somebody sends the same modal off again when it says "not recorded", or when nothing came back. */
const ATTEMPTS = 5;
const AGAIN_MS = 800;
const HOUR_MS = 3_600_000;
/** Every so many submits Slack delivers twice. */
const TWICE_EVERY = 4;

export interface SlackSigner {
  /** True: done what can be done there now. False: this is for the command line. */
  sign(waiting: Waiting, person: string, view: DeploymentView): Promise<boolean>;
}

/** How executives sign in Slack: they click the card, type what the card says, and click again when it was not recorded. */
export function slackSigner(options: {
  control: SlackControl;
  file: DeploymentFile;
  say: (line: string) => void;
  signal: AbortSignal;
  /** Everybody goes from card to card, however late it is. */
  patient?: boolean;
}): SlackSigner {
  const { control, file, say, signal, patient = false } = options;
  let submits = 0;
  const from = ({ fromHours, leastMs }: typeof ALL_AT_ONCE): number =>
    Math.min(fromHours, DUE_HOURS - (leastMs * file.speed) / HOUR_MS);
  const reached = (moment: typeof ALL_AT_ONCE, view: DeploymentView): boolean =>
    !patient && (planHours(view.clock, Date.now()) ?? 0) >= from(moment);
  const unhurried = ((ALL_AT_ONCE.fromHours - REVIEWED_HOURS) * HOUR_MS) / file.speed >= A_MINUTE_MS;

  const stillAsks = async ({ id }: SlackView): Promise<boolean> =>
    (await control.openViews()).some((view) => view.id === id && asks(view));

  /** The modal that the click opened, typed into and sent off until it was taken. False: nobody answered, so click again. */
  const stepUp = async (user: string, opened: Acted, digest: string): Promise<boolean> => {
    const [question] = opened.views;
    if (question === undefined) return opened.acked && opened.answers.some((a) => a.body !== '');
    if (!asks(question)) return true;
    const values = { deployment: file.deployment, digest: digest.replace('sha256:', '').slice(0, 8) };
    for (let attempt = 0; attempt < ATTEMPTS && !signal.aborted; attempt++) {
      const duplicates = ++submits % TWICE_EVERY === 0 ? 1 : 0;
      await control.act({ type: 'submit', user, view: question.id, values, duplicates });
      if (!(await stillAsks(question))) return true;
      await sleep(AGAIN_MS, undefined, { signal }).catch(() => undefined);
      // It may have been told meanwhile, though nothing came back in time.
      if (!(await stillAsks(question))) return true;
    }
    return false;
  };

  /** Card by card, as they lie in the channel. */
  const byCard = async (user: string, waiting: Waiting, view: DeploymentView): Promise<void> => {
    const groups = groupsToSign(view, stateViewOf(view, file, manifestSetDigestOf(view)), waiting.role);
    for (const message of await control.messages()) {
      const button = liveButtons(message).find((b) => b.action_id === ACTION_IDS['sign-approve']);
      const card = view.cards[parseButtonValue(button?.value ?? '')?.id ?? ''];
      if (button?.action_id === undefined || card === undefined || !groups.includes(card.group)) continue;
      const { channel, ts } = message;
      const clicked = await control.act({ type: 'click', user, channel, ts, action_id: button.action_id });
      if (!(await stepUp(user, clicked, card.manifestSetDigest))) return say(`${user} has to click ${card.group} again`);
      if (signal.aborted || reached(ALL_AT_ONCE, view)) return;
    }
  };

  const allAtOnce = async (user: string, view: DeploymentView): Promise<void> => {
    const channel = file.slack?.channel ?? '';
    const asked = await control.act({ type: 'command', user, command: '/golive', text: `${file.deployment} sign`, channel });
    if (!(await stepUp(user, asked, manifestSetDigestOf(view)))) say(`${user} has to say /golive sign again`);
  };

  return {
    async sign(waiting, person, view) {
      const user = personById(file, person)?.slack;
      if (user === undefined || !waiting.id.startsWith('sign/')) return false;
      try {
        if ((!patient && !unhurried && waiting.role !== THOROUGH) || reached(ALL_AT_ONCE, view)) await allAtOnce(user, view);
        else await byCard(user, waiting, view);
        return true;
      } catch (error) {
        if (!(error instanceof SlackIsAway)) throw error;
        return !reached(WITHOUT_SLACK, view);
      }
    },
  };
}

/** A view that still has a field asks; one that has none tells. */
const asks = (view: SlackView): boolean => view.blocks.some((block) => block.type === 'input');
