import { addresseeOf, stops } from '../../domain/stop/addressee.ts';
import type { Commands } from '../commands/port.ts';
import type { Breaker } from './breaker.ts';

/** Orders through a breaker. A stop is tried every time; what cannot be read never gets as far as Temporal. */
export const guardedCommands = (commands: Commands, breaker: Breaker): Commands => ({
  handIn(order, signal) {
    const to = addresseeOf(order.envelope);
    if (to === undefined || stops(to)) return commands.handIn(order, signal);
    return breaker.run(() => commands.handIn(order, signal));
  },
});
