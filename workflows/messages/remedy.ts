import type { RemedyRef } from '../../activities/contract/remedy.ts';
import type { CommandKind } from '../../domain/command.ts';

/** An order that mends, by its place in the log; the kind says which steps, and nothing is done that the order does not allow. */
export interface RemedyInput extends RemedyRef {
  kind: CommandKind;
}
