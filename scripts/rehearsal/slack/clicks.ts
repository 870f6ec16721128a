import { clickId } from '../../../audit/click.ts';
import type { RecordedEntry } from '../../../domain/entry.ts';
import type { Delivery } from './control.ts';

/** One thing that Slack sent and that is an order, with the id under which the log answers it. */
export interface Clicked {
  id: string;
  delivery: Delivery;
}

/** What people sent off to sign. */
export function signatures(deliveries: readonly Delivery[], deployment: string, entries: readonly RecordedEntry[]): Clicked[] {
  const groups = new Map(entries.flatMap((e) => (e.kind === 'card.issued' ? [[e.data.card, e.data.group] as const] : [])));
  return deliveries.flatMap((delivery) => {
    const { kind, what, forged, team, user, view } = delivery;
    if (kind !== 'view_submission' || what !== 'golive.sign' || forged) return [];
    const { cards, decision } = JSON.parse(delivery.value) as { cards: string[]; decision: 'approve' | 'reject' };
    const scope = { level: 'group' as const, names: cards.map((card) => groups.get(card) ?? '') };
    const id = clickId({ team, user, deployment, kind: 'sign', cards, scope, args: { decision }, click: view ?? '' });
    return [{ id, delivery }];
  });
}

/** Taken: answered with 200 in time, and not with words that ask for another click. */
export const wasTaken = ({ delivery: { acked, body } }: Clicked): boolean =>
  acked && !body.includes('"response_action":"errors"');
