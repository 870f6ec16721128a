import { ACTION_IDS } from '../../../clients/notify/slack/actions.ts';
import type { DeploymentFile } from '../../../domain/deployment-file.ts';
import { parseButtonValue } from '../../../domain/notice.ts';
import type { DeploymentView, EscalationView } from '../../../domain/view.ts';
import { liveButtons, SlackIsAway, type SlackControl } from './control.ts';

/** How long somebody takes to see that they were told, wall milliseconds. */
const SEEN_AFTER_MS = 3000;

/** Tasks that nobody took on since somebody was told. What is only asked for is left alone: whoever is asked is about to act. */
export const toTakeOn = (view: DeploymentView, nowMs: number): EscalationView[] =>
  Object.values(view.escalations).filter(({ about, acknowledged, closed, raised }) => {
    const [first] = raised;
    const seen = first !== undefined && nowMs - Date.parse(first.at) >= SEEN_AFTER_MS;
    return about.startsWith('task/') && acknowledged === null && closed === null && seen;
  });

/** The Deployment Lead takes it on, by the button under the message that told of it. */
export async function takeOn(control: SlackControl, file: DeploymentFile, { escalation }: EscalationView): Promise<void> {
  const user = file.people.find((p) => p.roles.includes('deployment-lead'))?.slack;
  try {
    for (const message of user === undefined ? [] : await control.messages()) {
      const button = liveButtons(message).find((b) => b.action_id === ACTION_IDS.ack);
      if (user === undefined || button?.action_id === undefined || parseButtonValue(button.value ?? '')?.id !== escalation)
        continue;
      const { channel, ts } = message;
      await control.act({ type: 'click', user, channel, ts, action_id: button.action_id, patienceMs: 0 });
      return;
    }
  } catch (error) {
    if (!(error instanceof SlackIsAway)) throw error;
  }
}
