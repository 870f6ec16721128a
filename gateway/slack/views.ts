import type { KnownBlock, ModalView } from '@slack/types';
import { list, plural } from '../../domain/describe/words.ts';
import type { DeploymentFile, Person } from '../../domain/deployment-file.ts';
import type { CardView } from '../../domain/view.ts';
import type { Decision } from './cards.ts';
import type { Facts } from './customer.ts';
import type { HandOverHidden, ReleaseHidden, SignHidden } from './hidden.ts';

export const CALLBACKS = {
  sign: 'golive.sign',
  release: 'golive.release',
  handOver: 'golive.hand-over',
  told: 'golive.told',
} as const;

/** First characters of the set's digest that have to be typed. */
export const DIGEST_CHARACTERS = 8;

const plain = (text: string, most: number) => ({ type: 'plain_text' as const, text: text.slice(0, most), emoji: false });
const said = (text: string): KnownBlock => ({ type: 'section', text: plain(text, 3000) });

const field = (id: string, label: string, hint?: string, multiline = false): KnownBlock => ({
  type: 'input',
  block_id: id,
  label: plain(label, 2000),
  ...(hint === undefined ? {} : { hint: plain(hint, 2000) }),
  element: { type: 'plain_text_input', action_id: id, multiline, max_length: multiline ? 1500 : 100 },
});

/** Nothing moves forward by a click alone: who signs types what they are signing for. */
const stepUp = (): KnownBlock[] => [
  field('deployment', 'Name of the deployment', 'as it stands on the card'),
  field(
    'digest',
    `First ${DIGEST_CHARACTERS} characters of the manifest set's digest`,
    'as they stand on the card, after sha256:',
  ),
];

const modal = (options: {
  title: string;
  submit?: string;
  callback: string;
  hidden?: unknown;
  blocks: KnownBlock[];
}): ModalView => ({
  type: 'modal',
  callback_id: options.callback,
  title: plain(options.title, 24),
  close: plain('Close', 24),
  ...(options.submit === undefined ? {} : { submit: plain(options.submit, 24) }),
  private_metadata: options.hidden === undefined ? '' : JSON.stringify(options.hidden),
  blocks: options.blocks,
});

export const toldView = (text: string, title = 'golive'): ModalView =>
  modal({ title, callback: CALLBACKS.told, blocks: [said(text)] });

export function signView({ view, file }: Facts, cards: readonly CardView[], decision: Decision, left = 0): ModalView {
  const groups = cards.map(({ group }) => group);
  const agents = groups.reduce((sum, group) => sum + (view.groupEvidence[group]?.agents ?? 0), 0);
  const reject = decision === 'reject';
  const hidden: SignHidden = { deployment: file.deployment, cards: cards.map(({ card }) => card), decision };
  const what = `${reject ? 'You reject' : 'You sign off'} ${plural(groups.length, 'cohort group')} with ${plural(agents, 'agent')} of ${file.customer}: ${list(groups, 60)}.`;
  const rest = left > 0 ? ` ${plural(left, 'more group')} can be signed afterwards.` : '';
  return modal({
    title: reject ? 'Reject' : 'Sign off',
    submit: reject ? 'Reject' : 'Sign off',
    callback: CALLBACKS.sign,
    hidden,
    blocks: [said(`${what}${rest}`), ...stepUp(), ...(reject ? [field('reason', 'Why', 'It stands in the log.', true)] : [])],
  });
}

export const releaseView = ({ view, file }: Facts, hold: string): ModalView =>
  modal({
    title: 'Release a hold',
    submit: 'Release',
    callback: CALLBACKS.release,
    hidden: { deployment: file.deployment, hold } satisfies ReleaseHidden,
    blocks: [
      said(`You take back hold ${hold}: ${view.holds[hold]?.why ?? 'the log does not know it'}`),
      ...stepUp(),
      field('reason', 'Why', 'It stands in the log.', true),
    ],
  });

export const handOverView = (file: DeploymentFile, escalation: string, what: string, from: Person): ModalView =>
  modal({
    title: 'Hand over',
    submit: 'Hand over',
    callback: CALLBACKS.handOver,
    hidden: { deployment: file.deployment, escalation } satisfies HandOverHidden,
    blocks: [
      said(`Who takes this on: ${what}`),
      {
        type: 'input',
        block_id: 'person',
        label: plain('Person', 2000),
        element: {
          type: 'static_select',
          action_id: 'person',
          options: file.people
            .filter(({ id }) => id !== from.id)
            .slice(0, 100)
            .map(({ id, name }) => ({ text: plain(`${name} (${id})`, 75), value: id })),
        },
      },
    ],
  });
